"""The loyalty system: an HTTP API with expiring tokens, cursor pagination and a rate limit, run as a process of its own."""
