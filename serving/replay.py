"""The year once more, in a warehouse of its own: the loyalty system until a month's end, a snapshot of it, the next month."""

import os
import time
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingestion import console, settings
from ingestion.errors import UserError
from ingestion.grocer import clock
from serving.database import opened
from serving.interrupts import held_back
from serving.locks import only_one

SNAPSHOTS = ("snap_loyalty__household_profiles", "snap_loyalty__household_profiles_by_columns")
DBT = (
    *("--quiet", "build", "--target", "local", "--select", "+resource_type:snapshot"),
    *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
)


@dataclass(frozen=True)
class Month:
    """A month end that was replayed, and how many rows each of `SNAPSHOTS` held then."""

    day: date
    rows: tuple[int, ...]


def folder(households: int | None, months: int) -> Path:
    """The replay's own warehouse: one for each number of households and each step, because neither can change half-way."""
    return settings.warehouse() / "replay" / f"households-{households or 'all'}-months-{months}"


def month_ends(until: date, months: int) -> list[date]:
    """The last days of every so many months, up to and including `until`."""
    year = clock.FIRST_DAY.year
    days = [date(year, month, monthrange(year, month)[1]) for month in range(months, 13, months)]
    return [day for day in days if day <= until]


def replay(until: date, households: int | None = None, months: int = 1) -> list[Month]:
    """Load and snapshot at every so many months' ends that no earlier call has completed; gives what was done now.

    A call after a kill goes on at the month that was cut short, and a month done twice leaves what one time leaves. UserError when a replay
    is running in the same warehouse, when no month ends by `until`, and for whatever a load or dbt cannot do.
    """
    days = month_ends(until, months)
    if not days:
        raise UserError(f"No step of {months} months ends by {until}: choose --until {month_ends(clock.LAST_DAY, months)[0]} or later.")
    place = folder(households, months)
    with _warehouse(place), only_one("replay"):
        with held_back():  # seconds of imports
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager

            from ingestion import pipelines
            from serving.build import parsed, run_dbt
        done_until = _done_until(place)
        done = []
        manifest = None
        for position, day in enumerate(days, start=1):
            if done_until and day <= done_until:
                continue
            begun = time.monotonic()
            pipelines.load(day, households, only_loyalty=True)
            manifest = manifest or parsed("local")
            failed = run_dbt([*DBT], manifest)
            DuckDBConnectionManager.close_all_connections()  # dbt keeps its file and raw open, and the next load writes raw
            if failed:
                raise UserError(
                    f"dbt could not take the snapshots of {day}: see {place / 'logs' / 'dbt.log'}, then run the same command again."
                )
            done.append(Month(day, _rows(place)))
            _record(place, day)
            console.stderr().print(f"{day}, {position} of {len(days)}: {time.monotonic() - begun:.1f} s")
        return done


@contextmanager
def _warehouse(place: Path) -> Iterator[None]:
    """Point this process's commands at the replay's warehouse, dbt's artifacts beside it, so that the user's own stay as they are."""
    ours = {"AISLE_WAREHOUSE": place.absolute(), "DBT_TARGET_PATH": place.absolute() / "target", "DBT_LOG_PATH": place.absolute() / "logs"}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update({name: str(value) for name, value in ours.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _done_until(place: Path) -> date | None:
    """The last month end that is complete. Raw's clock does not tell: it moves before the snapshot is taken."""
    file = place / "replayed_until"
    try:
        return date.fromisoformat(file.read_text()) if file.exists() else None
    except ValueError:
        raise UserError(f"{file} holds no date: remove {place} and run the same command again.") from None


def _record(place: Path, day: date) -> None:
    written = place / "replayed_until.new"
    written.write_text(str(day))
    written.replace(place / "replayed_until")


def _rows(place: Path) -> tuple[int, ...]:
    with opened(place / "aisle.duckdb", f"remove {place} and run the same command again", read_only=True) as connection:
        return tuple(connection.execute(f"select count(*) from snapshots.{name}").fetchone()[0] for name in SNAPSHOTS)
