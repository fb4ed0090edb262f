"""DuckDB's scanners of other databases, loaded from their packages in the lock: nothing is downloaded."""

from importlib.util import find_spec
from pathlib import Path

import duckdb

from ingestion.errors import UserError


def load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension (`sqlite_scanner`, `postgres_scanner`); UserError when its package is missing or of another version."""
    package = find_spec(f"duckdb_extension_{name}")
    folder = Path(package.submodule_search_locations[0]) if package and package.submodule_search_locations else Path()
    file = folder / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not file.is_file():
        raise UserError(f"DuckDB's extension {name} {duckdb.__version__} is not installed: remove .venv and run `make install`.")
    connection.execute(f"load {literal(file)}")


def literal(value: object) -> str:
    """`value` as an SQL string, for the statements that take no parameters (ATTACH, COPY, LOAD)."""
    return "'" + str(value).replace("'", "''") + "'"
