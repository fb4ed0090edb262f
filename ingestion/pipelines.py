"""Which source lands where: resume what a killed load left, fetch what is new, compare with the sources, report."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import dlt
from dlt.extract import DltSource

from ingestion import raw_meta, settings
from ingestion.console import Steps
from ingestion.destinations import TARGETS
from ingestion.errors import UserError
from ingestion.failures import unwrapped
from ingestion.grocer import systems
from ingestion.grocer.systems import Grocer
from ingestion.raw_meta import Clock, Raw, SourceTotal
from ingestion.sources import loyalty, pos, promotions


@dataclass(frozen=True)
class Result:
    """One resource after a load."""

    resource: str
    rows_in_source: int
    rows_in_raw: int
    seconds: float


@dataclass(frozen=True)
class System:
    """A source system: its dlt source, and how it is asked for its totals and for its columns with their types."""

    name: str
    source: Callable[[], DltSource]
    totals: Callable[[], dict[str, SourceTotal]]
    columns_now: Callable[[], dict[str, dict[str, str]]] = dict


def systems_of(grocer: Grocer) -> list[System]:
    """The three systems, reached as the grocer says, or as dlt's configuration does (environment: SOURCES__POS__TILL_URL, …)."""
    till_url = given("pos.till_url", grocer.till_url)
    api = (
        given("loyalty.base_url", grocer.loyalty_url),
        given("loyalty.client_id", grocer.client_id),
        given("loyalty.client_secret", grocer.client_secret),
    )
    drops = given("promotions.drops", grocer.drops)
    return [
        System("pos", lambda: pos.pos(till_url), lambda: pos.source_totals(till_url), lambda: pos.columns_now(till_url)),
        System("loyalty", lambda: loyalty.loyalty(*api), lambda: loyalty.source_totals(*api), lambda: loyalty.columns_now(*api)),
        System(
            "promotions",
            lambda: promotions.promotions(drops),
            lambda: promotions.source_totals(drops),
            lambda: promotions.columns_now(drops),
        ),
    ]


def given(name: str, default: str) -> str:
    """A source's setting from the environment or a secrets file of the user's own, else the default."""
    return dlt.secrets.get(f"sources.{name}") or default


def load(until: date, households: int | None, to: str = "duckdb", *, only_loyalty: bool = False) -> list[Result]:
    """Bring raw on a target (of `TARGETS`) to the end of `until`, the grocer's systems started if they do not run; one result a resource.

    With `only_loyalty` raw is the loyalty system's and no build of all models is possible on it: a replay of the profiles needs no more.

    UserError for whatever the user can mend; raw's clock and totals then stay as they were.
    """
    settings.dlt_folder().mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(only_load())
        raw = stack.enter_context(TARGETS[to].opened())
        raw_meta.check_forward(raw, until, households)
        grocer = stack.enter_context(running(until, households, only_loyalty=only_loyalty))
        return _load(raw, grocer, [system for system in systems_of(grocer) if system.name == "loyalty" or not only_loyalty])


def _load(raw: Raw, grocer: Grocer, chosen: list[System]) -> list[Result]:
    seconds: dict[str, float] = {}
    totals: dict[str, SourceTotal] = {}
    with Steps() as steps:
        for system in chosen:
            with steps.step(f"{system.name} to raw_{system.name}"), unwrapped(system.name):
                seconds |= run(raw, system)
                totals |= {f"{system.name}.{resource}": total for resource, total in system.totals().items()}
    counts = raw.counts(totals)
    raw_meta.reconcile(totals, counts, raw.anew)
    raw.record(Clock(grocer.cutoff, grocer.until, grocer.households, datetime.now(UTC).replace(tzinfo=None)), totals)
    return [Result(resource, total.rows, counts[resource], seconds.get(resource, 0.0)) for resource, total in totals.items()]


def run(raw: Raw, system: System) -> dict[str, float]:
    """Finish what an earlier load left, then fetch and load what is new; gives seconds by resource."""
    pipeline = raw.pipeline(system.name)
    while pipeline.has_pending_data:
        pipeline.run()
        pipeline.sync_destination()  # a kill between the package and the cursor left the cursor behind; raw has it now
    raw.sweep(system.name)
    source = system.source()
    pipeline.run(source)
    return timings(pipeline, source)


def timings(pipeline: dlt.Pipeline, source: DltSource) -> dict[str, float]:
    """Seconds that each resource took to fetch and to load, from dlt's own metrics."""
    seconds = {name: resource.custom_metrics.get("seconds", 0.0) for name, resource in source.resources.items()}
    for package in pipeline.last_trace.last_load_info.metrics.values():
        spans: dict[str, list[datetime]] = {}
        for job in package[0]["job_metrics"].values():
            if job.table_name in seconds and job.finished_at:
                spans.setdefault(job.table_name, []).extend((job.started_at, job.finished_at))
        for table, moments in spans.items():
            seconds[table] += (max(moments) - min(moments)).total_seconds()
    return {f"{source.name}.{name}": value for name, value in seconds.items()}


@contextmanager
def running(until: date, households: int | None, *, only_loyalty: bool = False) -> Iterator[Grocer]:
    """The grocer's systems at that clock, moved forward if needed; stopped in the end when they were started here."""
    ran_before = systems.running() is not None
    grocer = systems.up(until, households, only_loyalty=only_loyalty)
    try:
        yield grocer
    finally:
        if not ran_before:
            systems.down()


@contextmanager
def only_load() -> Iterator[None]:
    """The right to load into this warehouse; UserError when another load has it."""
    with (settings.warehouse() / ".load.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"Another load into {settings.warehouse()} is running: wait until it has ended, then load again.") from None
        yield
