"""What raw.duckdb says about itself: its format and the clock of the last complete load."""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ingestion import settings
from ingestion.errors import UserError
from serving.database import opened

FORMAT = 1
RELOAD = "load it anew with `make reset load`"


@dataclass(frozen=True)
class Clock:
    """The last complete load: the grocer's day, the number of households (None: all), the moment of the load (naive UTC)."""

    as_of_date: date
    households: int | None
    loaded_at: datetime


def read_clock() -> Clock:
    """The clock of raw; UserError when raw is missing, being loaded, never completely loaded, or of another format."""
    path = settings.raw_file()
    if not path.is_file():
        raise UserError(f"There is no raw data at {path}: load it first with `make load` (or `make demo`).")
    with opened(path, RELOAD, name="raw") as connection:
        _check_format(connection)
        try:
            row = connection.execute("select as_of_date, households, loaded_at from raw_meta.clock").fetchone()
        except duckdb.CatalogException:
            row = None
    if row is None:
        raise UserError(f"No load into {path} has been completed: run `make load`, which goes on from what is there.")
    return Clock(*row)


def _check_format(connection: duckdb.DuckDBPyConnection) -> None:
    path = settings.raw_file()
    try:
        row = connection.execute("select version from raw_meta.format").fetchone()
    except duckdb.CatalogException:
        row = None
    version = row[0] if row else 0
    if version < FORMAT:
        raise UserError(
            f"{path} was made by an older Aisle, or its first load is incomplete: run `make load`, or start anew: `make reset load`."
        )
    if version > FORMAT:
        raise UserError(
            f"{path} has format {version} of a newer Aisle, this one reads {FORMAT}: update Aisle, or start anew: `make reset load`."
        )
