"""This machine: the versions that have to fit together."""

import sys
from importlib.metadata import PackageNotFoundError, version

import duckdb

from ingestion import extensions
from ingestion.doctor import Patient, Trouble
from ingestion.errors import UserError

OLDEST_PYTHON = (3, 11)
EXTENSIONS = ("sqlite_scanner", "postgres_scanner")


def patient() -> Patient:
    return Patient("machine", {"version": versions})


def versions() -> str:
    """Python, DuckDB and its extensions, dlt."""
    if sys.version_info < OLDEST_PYTHON:
        raise Trouble("version-mismatch", f"This is Python {sys.version.split()[0]}: Aisle needs 3.11, `make install PYTHON=python3.11`.")
    try:
        with duckdb.connect() as connection:
            for name in EXTENSIONS:
                extensions.load(connection, name)
        dlt = version("dlt")
    except (UserError, duckdb.Error, PackageNotFoundError) as error:
        raise Trouble("version-mismatch", f"{str(error).splitlines()[0].rstrip('.')}: remove .venv and run `make install`.") from None
    return f"Python {sys.version.split()[0]}, DuckDB {duckdb.__version__}, dlt {dlt}"
