"""Where the local Athena lies on disk, and the names that its users meet."""

import os
from pathlib import Path

from ingestion import settings

HOST = "127.0.0.1"
REGION = "us-east-1"
WORKGROUP = "aisle"
SCHEMA = "aisle"
RAW, DATA, RESULTS = BUCKETS = ("aisle-raw", "aisle-data", "aisle-results")
COMMAND = "python -m infra.local_athena"
HEALTH_PATH = "/_local_athena"  # no bucket can have this name


def folder() -> Path:
    """State, logs and Trino's configuration: inside the warehouse, so that two clones never meet."""
    return settings.warehouse() / "local_athena"


def results() -> Path:
    """What queries gave, while their executions are known."""
    return folder() / "results"


def cache() -> Path:
    """What is installed, shared by all clones: `AISLE_CACHE`, else `XDG_CACHE_HOME`/aisle, else ~/.cache/aisle."""
    if named := os.environ.get("AISLE_CACHE"):
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aisle"
