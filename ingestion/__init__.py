"""Ingestion: the grocer's systems, run locally, and their way into raw."""
