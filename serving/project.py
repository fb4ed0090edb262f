"""The dbt project on disk: where it lies and whether its files are those of an earlier build."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingestion import settings

PARTS = ("dbt_project.yml", "models", "seeds", "snapshots", "macros", "tests/data", "profiles")


def folder() -> Path:
    """The project's folder: `DBT_PROJECT_DIR`, as dbt has it (default: the repository)."""
    return settings.ROOT / os.environ.get("DBT_PROJECT_DIR", "")


def target_folder() -> Path:
    """Where dbt leaves its artifacts: `DBT_TARGET_PATH`, relative to the project (default `target`)."""
    return folder() / os.environ.get("DBT_TARGET_PATH", "target")


def fingerprint() -> str:
    """SHA-256 over names and contents of all files that make a build what it is."""
    digest = hashlib.sha256()
    for path in _paths():
        if path.is_file():
            digest.update(f"{path.relative_to(folder())}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def changed_since(moment: datetime) -> bool:
    """Whether a file was written, added or removed after `moment` (naive UTC)."""
    limit = moment.replace(tzinfo=UTC).timestamp()
    return any(path.stat().st_mtime > limit for path in _paths())


def _paths() -> Iterator[Path]:
    """The project's files and folders, hidden ones and caches left out, in a fixed order."""
    for part in PARTS:
        path = folder() / part
        if path.exists():
            yield path
            yield from sorted(inner for inner in path.rglob("*") if not inner.name.startswith((".", "__pycache__")))
