"""Athena's query service: its API, its statements on Trino, its limits and its results."""
