"""What raw knows of itself, whichever engine holds it: its format, the clock that it stands at, what the sources said they held then."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from ingestion.errors import UserError

if TYPE_CHECKING:
    import dlt
    import pyarrow as pa

# (resource, key column, cursor column, since) to the keys that raw holds beyond `since`, as a table of one column.
RawKeys = Callable[[str, str, str, Any], "pa.Table"]
FORMAT = 1
LOAD_ID = "_dlt_load_id"


@dataclass(frozen=True)
class Clock:
    """Where the sources stood: naive UTC cutoff, local day, number of households (None: all), and when they were loaded (naive UTC)."""

    as_of: datetime
    as_of_date: date
    households: int | None
    loaded_at: datetime


@dataclass(frozen=True)
class SourceTotal:
    """What a source says it holds of one resource; the amounts, in dollars, are the till's four in its order."""

    rows: int
    amounts: tuple[Decimal | None, ...] = (None,) * 4


@dataclass(frozen=True)
class Run:
    """A command that changed raw, or tried to; moments are naive UTC.

    `outcome` is `started` until it ends, and stays so when it is killed; then `completed` or `failed`, with the sentence that was told.
    """

    run_id: str
    command: str
    as_of_date: date | None
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = "started"
    error: str | None = None


@dataclass(frozen=True)
class ResourceLoad:
    """What a run did to one resource. `first_at` and `last_at` (naive UTC) are the range of what it fetched, where rows have a moment."""

    run_id: str
    resource: str
    load_id: str | None
    rows_loaded: int
    rows_deleted: int = 0
    rows_rejected: int = 0
    bytes_loaded: int = 0
    retries: int = 0
    seconds: float = 0.0
    first_at: datetime | None = None
    last_at: datetime | None = None


# The run history's tables: their columns are the fields above.
RUNS, LOADS = "runs", "loads"


@dataclass(frozen=True)
class State:
    """Raw after its last complete load: rows of each resource in its source then, and in raw now; and the newest runs.

    Without a clock raw is not whole: the first load has not ended yet, or a resource was reset.
    """

    clock: Clock | None
    totals: dict[str, int]
    counts: dict[str, int]
    runs: list[Run]
    loads: list[ResourceLoad]


class Raw(Protocol):
    """Raw on one engine, open for a load."""

    anew: str  # how a user starts anew, for the end of a sentence

    def pipeline(self, system: str) -> "dlt.Pipeline":
        """The pipeline that lands a system in `raw_<system>`, exactly once."""

    def sweep(self, system: str) -> None:
        """Remove what loads left that never completed and that nothing will resume; only when dlt has nothing pending."""

    def clock(self) -> Clock | None:
        """The clock of the last complete load; None before the first."""

    def counts(self, resources: Iterable[str]) -> dict[str, int]:
        """Rows of each resource (`pos.transactions`, …) in raw now; 0 for a table that is not there."""

    def keys(self, resource: str, key: str, cursor: str, since: Any) -> "pa.Table":
        """As `RawKeys` says; the table is there."""

    def keep(self, resource: str, keys: "pa.Table") -> int:
        """Delete the rows of a mutable resource whose key (the table's one column) is not among `keys`; gives how many."""

    def brought(self, resource: str, load_id: str) -> int:
        """How many of a resource's rows a load brought that are there still."""

    def drop(self, resource: str) -> None:
        """Forget what the engine keeps of a resource whose table dlt has dropped."""

    def note(self, run: Run, loads: Sequence[ResourceLoad] = ()) -> None:
        """Write a run into the history, in place of what was noted of it before."""

    def runs(self) -> list[Run]:
        """The history, newest first."""

    def loads(self) -> list[ResourceLoad]:
        """What the runs of the history did, a resource each."""

    def forget_clock(self) -> None:
        """Take clock and totals away until the next complete load: raw is not whole."""

    def record(self, now: Clock, totals: Mapping[str, SourceTotal]) -> None:
        """Replace clock and source totals at once: a reader sees the old pair or the new one."""


def check_format(version: int, place: object, anew: str) -> None:
    """UserError when raw at `place` has another format than this version of Aisle writes; 0 is one that tells none."""
    if version < FORMAT:
        raise UserError(f"{place} was made by an older version of Aisle (format {version}, now {FORMAT}): {anew}.")
    if version > FORMAT:
        raise UserError(f"{place} was made by a newer version of Aisle (format {version}, here {FORMAT}): update Aisle, or {anew}.")


def check_forward(raw: Raw, until: date, households: int | None) -> None:
    """UserError when raw already holds a later day or other households: it only ever grows."""
    last = raw.clock()
    if last and last.households != households:
        held = "all households" if last.households is None else f"the first {last.households} households"
        raise UserError(f"Raw holds {held}: load the same ones again, or {raw.anew}.")
    if last and last.as_of_date > until:
        raise UserError(f"Raw already stands at {last.as_of_date}, after {until}: choose a later day, or {raw.anew}.")


def reconcile(totals: Mapping[str, SourceTotal], counts: Mapping[str, int], anew: str) -> None:
    """UserError that names each resource whose rows in raw are not as many as in its source, or more if its contract discards rows."""
    wrong = [
        f"{resource} has {total.rows:,} rows in its source and {counts[resource]:,} in raw"
        for resource, total in totals.items()
        if counts[resource] not in allowed(resource, total.rows)
    ]
    if wrong:
        raise UserError(
            f"Raw does not hold what the sources hold: {'; '.join(wrong)}. Its clock was not moved: "
            f"see whether `python -m ingestion backfill` brings what is missing, or {anew}."
        )


def allowed(resource: str, rows: int) -> range:
    """How many rows raw may hold of a resource with `rows` in its source."""
    from ingestion.schemas import contracts  # Arrow takes a moment to import: readers of raw do without it

    source, _, name = resource.partition(".")
    return range(0 if contracts(source)[name].discards_rows else rows, rows + 1)
