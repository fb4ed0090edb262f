"""What is added to moto, or mended in it, so that Trino and Athena's clients can work with it."""
