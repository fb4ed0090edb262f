"""Where things lie on disk. Each function reads the environment when it is called, so that a test may move the warehouse."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def warehouse() -> Path:
    """The folder of everything that is generated: `AISLE_WAREHOUSE`, relative to the project's root (default `warehouse`)."""
    return ROOT / os.environ.get("AISLE_WAREHOUSE", "warehouse")


def raw_file() -> Path:
    """What dlt writes and dbt attaches read-only."""
    return warehouse() / "raw.duckdb"


TARGETS = ("local", "dev")  # dbt's targets that are DuckDB files of the warehouse


def built_file(target: str = "local") -> Path:
    """What dbt builds; views hold the catalog's name, so the stem is always `aisle`."""
    return warehouse() / ("dev/aisle.duckdb" if target == "dev" else "aisle.duckdb")


def served_file() -> Path:
    """The last green build, published for readers."""
    return warehouse() / "served" / "aisle.duckdb"


def dlt_folder(target: str = "") -> Path:
    """dlt's own state, a folder for DuckDB's and one a further target: inside the warehouse, or two clones would share cursors."""
    return warehouse() / (f"dlt_{target}" if target else "dlt")


def scratch_folder() -> Path:
    """Where a load keeps files on their way, on the disk of raw; what a killed one left there the next one removes."""
    (folder := dlt_folder() / "scratch").mkdir(parents=True, exist_ok=True)
    return folder


def grocer_folder() -> Path:
    """The grocer's systems: till, drops, state."""
    return warehouse() / "grocer"
