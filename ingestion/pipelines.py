"""Which source lands where: resume what a killed load left, fetch what is new, compare with the sources, keep the history of it."""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import dlt
import pyarrow as pa
from dlt.common.pipeline import LoadInfo
from dlt.extract import DltSource
from dlt.pipeline.helpers import pipeline_drop

from ingestion import raw_meta, settings
from ingestion.console import Steps
from ingestion.destinations import TARGETS
from ingestion.errors import UserError, causes
from ingestion.failures import unwrapped
from ingestion.grocer import clock, systems
from ingestion.grocer.systems import Grocer
from ingestion.raw_meta import Clock, Raw, ResourceLoad, Run, SourceTotal
from ingestion.schemas import contracts
from ingestion.sources import Days, loyalty, pos, promotions

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Result:
    """One resource after a load."""

    resource: str
    rows_in_source: int
    rows_in_raw: int
    rows_loaded: int
    rows_deleted: int
    seconds: float


@dataclass(frozen=True)
class System:
    """A source system: its dlt source (of some days only, if `Days` are given), and how it is asked for its totals and its columns.

    Within `snapshot` source, totals and keys are as of one moment. `keys` are those of mutable tables: other rows are deleted from raw.
    """

    name: str
    source: Callable[..., DltSource]
    totals: Callable[[], dict[str, SourceTotal]]
    snapshot: Callable[[], AbstractContextManager[object]] = nullcontext
    keys: Callable[[], dict[str, pa.Table]] = dict
    columns_now: Callable[[], dict[str, dict[str, str]]] = dict


def systems_of(grocer: Grocer, raw: Raw | None = None) -> list[System]:
    """The three systems, reached as the grocer says, or as dlt's configuration does (environment: SOURCES__POS__TILL_URL, …).

    With `raw` what the till and the feed of events have committed late is looked for as well.
    """
    api = (
        given("loyalty.base_url", grocer.loyalty_url),
        given("loyalty.client_id", grocer.client_id),
        given("loyalty.client_secret", grocer.client_secret),
    )
    raw_keys = raw.keys if raw else None
    drops = given("promotions.drops", grocer.drops)
    return [
        of_till(given("pos.till_url", grocer.till_url), raw),
        System(
            "loyalty",
            partial(loyalty.loyalty, *api, raw_keys=raw_keys),
            partial(loyalty.source_totals, *api),
            columns_now=partial(loyalty.columns_now, *api),
        ),
        System(
            "promotions",
            partial(promotions.promotions, drops),
            partial(promotions.source_totals, drops),
            columns_now=partial(promotions.columns_now, drops),
        ),
    ]


def of_till(url: str, raw: Raw | None = None) -> System:
    """The till at a URL."""
    till = pos.Till(url, raw.keys if raw else None)
    return System("pos", partial(pos.pos, till), till.totals, till.snapshot, till.keys, till.columns_now)


def given(name: str, default: str) -> str:
    """A source's setting from the environment or a secrets file of the user's own, else the default."""
    return dlt.secrets.get(f"sources.{name}") or default


def load(until: date, households: int | None, to: str = "duckdb", *, only_loyalty: bool = False) -> list[Result]:
    """Bring raw on a target (of `TARGETS`) to the end of `until`, the grocer's systems started if they do not run; one result a resource.

    With `only_loyalty` raw is the loyalty system's and no build of all models is possible on it: a replay of the profiles needs no more.

    UserError for whatever the user can mend; raw's clock and totals then stay as they were.
    """
    with opened(to) as raw:
        raw_meta.check_forward(raw, until, households)
        with running(until, households, only_loyalty=only_loyalty) as grocer, noted(raw, "load", until) as history:
            chosen = [system for system in systems_of(grocer, raw) if system.name == "loyalty" or not only_loyalty]
            return _load(raw, grocer, chosen, history)


def backfill(since: date, until: date, to: str = "duckdb", chosen: Sequence[str] = ()) -> list[Result]:
    """Fetch some local days again, of all resources or those `chosen`: what raw lacks of them comes in, what changed is brought up to date.

    Cursors stay where they are. UserError when nothing was loaded yet, for days after raw's clock, and as `load`.
    """
    names = known(chosen)
    with opened(to) as raw:
        held = clock_of(raw)
        if not since <= until <= held.as_of_date:
            raise UserError(f"Raw holds days until {held.as_of_date}: give --from and --to in order, and not after it.")
        days = Days(clock.midnight(since), clock.cutoff(until))
        with noted(raw, f"backfill --from {since} --to {until}", held.as_of_date) as history:
            return _again(raw, held, [(names, days)], history)


def replay(load_id: str, to: str = "duckdb") -> list[Result]:
    """Fetch again what one load brought, by the range of moments that the history keeps of each of its resources; as `backfill`.

    UserError when the history does not know the load.
    """
    with opened(to) as raw:
        held, brought = clock_of(raw), [load for load in raw.loads() if load.load_id == load_id]
        if not brought:
            raise UserError(f"No load {load_id} is in the history: `python -m ingestion status` lists the newest ones.")
        whole = Days(clock.midnight(clock.FIRST_DAY), held.as_of)
        ranges = [((load.resource,), Days(load.first_at, load.last_at + MOMENT) if load.first_at else whole) for load in brought]
        with noted(raw, f"replay {load_id}", held.as_of_date) as history:
            return _again(raw, held, ranges, history)


def reset(resource: str, to: str = "duckdb") -> None:
    """Forget a resource: its rows and its cursor. Raw has no clock then, and nothing is built from it, until a load has fetched it anew.

    UserError for an unknown resource, and as `load`.
    """
    ((system, _, name),) = [name.partition(".") for name in known([resource])]
    with opened(to) as raw, noted(raw, f"reset {resource}"), unwrapped(system):
        raw.forget_clock()
        pipeline = raw.pipeline(system)
        resumed(raw, pipeline, system, "")
        raw.sweep(system)
        pipeline_drop(pipeline, resources=[name], state_paths=[name])()
        raw.drop(resource)


def _load(raw: Raw, grocer: Grocer, chosen: Sequence[System], history: "History") -> list[Result]:
    totals: dict[str, SourceTotal] = {}
    with Steps() as steps:
        for system in chosen:
            with steps.step(f"{system.name} to raw_{system.name}"), unwrapped(system.name):
                totals |= run(raw, system, history)
    return _complete(raw, Clock(grocer.cutoff, grocer.until, grocer.households, now()), totals, history)


def _again(raw: Raw, held: Clock, ranges: Sequence[tuple[Sequence[str], Days]], history: "History") -> list[Result]:
    totals: dict[str, SourceTotal] = {}
    with running(held.as_of_date, held.households) as grocer, Steps() as steps:
        for system in systems_of(grocer, raw):
            mine = [(here, days) for names, days in ranges if (here := [name for name in names if name.startswith(f"{system.name}.")])]
            with steps.step(f"{system.name} to raw_{system.name}"), unwrapped(system.name):
                for names, days in mine:
                    run(raw, system, history, days, [name.partition(".")[2] for name in names])
                raw.pipeline(system.name).sync_destination()  # files that were taken are known from its state
                with system.snapshot():
                    totals |= totals_of(system)
    return _complete(raw, replace(held, loaded_at=now()), totals, history)


def _complete(raw: Raw, stand: Clock, totals: dict[str, SourceTotal], history: "History") -> list[Result]:
    """Compare raw with what its sources said, and let its clock be seen."""
    counts = raw.counts(totals)
    raw_meta.reconcile(totals, counts, raw.anew)
    raw.record(stand, totals)
    results = []
    for resource, total in totals.items():
        loads = [load for load in history.loads if load.resource == resource]
        done = (sum(load.rows_loaded for load in loads), sum(load.rows_deleted for load in loads), sum(load.seconds for load in loads))
        results.append(Result(resource, total.rows, counts[resource], *done))
    return results


def run(
    raw: Raw, system: System, history: "History | None" = None, days: Days | None = None, names: Sequence[str] = ()
) -> dict[str, SourceTotal]:
    """Finish what an earlier load left, then fetch and load what is new, or some `days` of the resources `names`; gives the totals.

    What it did is added to `history`. Totals and keys are the source's at the moment that was fetched.
    """
    loads = history.loads if history else []
    run_id = history.run_id if history else ""
    pipeline = raw.pipeline(system.name)
    loads += resumed(raw, pipeline, system.name, run_id)
    raw.sweep(system.name)
    with system.snapshot():
        source = system.source(days=days) if days else system.source()
        source = source.with_resources(*names) if names else source
        pipeline.extract(source)
        totals, keys = totals_of(system), system.keys()
    pipeline.normalize()
    info = pipeline.load()
    brought = measured(run_id, source, pipeline, info)
    for name, kept in keys.items():
        resource = f"{system.name}.{name}"
        if name in brought and raw.counts([resource])[resource] != totals[resource].rows:
            brought[name] = replace(brought[name], rows_deleted=raw.keep(resource, kept))
    loads += brought.values()
    return totals


def totals_of(system: System) -> dict[str, SourceTotal]:
    """What a system holds of each of its resources, by `system.resource`."""
    return {f"{system.name}.{resource}": total for resource, total in system.totals().items()}


def resume(pipeline: dlt.Pipeline) -> Iterator[LoadInfo]:
    """Load what an earlier, killed load has fetched; the cursors are raw's then."""
    forget_normalized(pipeline)
    while pipeline.has_pending_data:
        yield pipeline.run()
    pipeline.sync_destination()  # raw knows them on another machine, too, and when a kill came before the cursor was saved here


def forget_normalized(pipeline: dlt.Pipeline) -> None:
    """Remove packages that a kill left both extracted and normalized: dlt would stop at them in every later run (dlt#4446)."""
    extracted = pipeline._get_normalize_storage().extracted_packages
    for load_id in set(pipeline.list_extracted_load_packages()) & set(pipeline.list_normalized_load_packages()):
        extracted.delete_package(load_id)


def resumed(raw: Raw, pipeline: dlt.Pipeline, system: str, run_id: str) -> list[ResourceLoad]:
    """The part that `resume` has in the history."""
    return [
        ResourceLoad(run_id, f"{system}.{table}", load_id, raw.brought(f"{system}.{table}", load_id))
        for info in resume(pipeline)
        if info
        for load_id in info.loads_ids
        for table in sorted({job.job_file_info.table_name for package in info.load_packages for job in package.jobs["completed_jobs"]})
        if f"{system}.{table}" in known(())
    ]


def measured(run_id: str, source: DltSource, pipeline: dlt.Pipeline, info: LoadInfo | None) -> dict[str, ResourceLoad]:
    """What each selected resource brought, by name: from the resources' own counts and dlt's metrics."""
    rows = pipeline.last_trace.last_normalize_info.row_counts
    found: dict[str, ResourceLoad] = {}
    spans = loading_seconds(info)
    for name, resource in source.selected_resources.items():
        told = resource.custom_metrics
        found[name] = ResourceLoad(
            run_id,
            f"{source.name}.{name}",
            info.loads_ids[0] if info and rows.get(name) else None,
            rows.get(name, 0),
            rows_rejected=int(told.get("rejected", 0)),
            bytes_loaded=int(told.get("bytes", 0)),
            retries=int(told.get("retries", 0)),
            seconds=told.get("seconds", 0.0) + spans.get(name, 0.0),
            first_at=told.get("first_at"),
            last_at=told.get("last_at"),
        )
    return found


def loading_seconds(info: LoadInfo | None) -> dict[str, float]:
    """Seconds from the first beginning to the last end of each table's jobs."""
    spans: dict[str, list[datetime]] = {}
    for package in info.metrics.values() if info else ():
        for job in package[0]["job_metrics"].values():
            if job.finished_at:
                spans.setdefault(job.table_name, []).extend((job.started_at, job.finished_at))
    return {table: (max(moments) - min(moments)).total_seconds() for table, moments in spans.items()}


def known(chosen: Sequence[str]) -> list[str]:
    """The resources (`system.resource`) that were chosen, all of them without a choice; UserError for one that there is not."""
    every = [contract.name for system in ("pos", "loyalty", "promotions") for contract in contracts(system).values()]
    if unknown := [name for name in chosen if name not in every]:
        raise UserError(f"There is no resource {unknown[0]}: choose of {', '.join(every)}.")
    return list(chosen or every)


def clock_of(raw: Raw) -> Clock:
    """Where raw stands; UserError before its first complete load."""
    if held := raw.clock():
        return held
    raise UserError("No load has been completed yet: run `python -m ingestion load` first.")


def now() -> datetime:
    """This moment, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class History:
    """A run while it goes on, and what it has done so far."""

    run_id: str
    loads: list[ResourceLoad] = field(default_factory=list)


@contextmanager
def noted(raw: Raw, command: str, until: date | None = None) -> Iterator[History]:
    """A run that the history shows from its beginning, so that one which is killed is seen too."""
    begun = Run(f"{now():%Y%m%dT%H%M%S%f}", command, until, now())
    history = History(begun.run_id)
    raw.note(begun)
    try:
        yield history
    except BaseException as error:
        told = next((str(cause) for cause in causes(error) if isinstance(cause, UserError)), type(error).__name__)
        with suppress(Exception):  # what went wrong is what is told, not that it could not be noted on a full disk
            raw.note(replace(begun, ended_at=now(), outcome="failed", error=told), history.loads)
        raise
    raw.note(replace(begun, ended_at=now(), outcome="completed"), history.loads)


@contextmanager
def opened(to: str) -> Iterator[Raw]:
    """Raw on a target, for this process alone; UserError when another load has it."""
    settings.dlt_folder().mkdir(parents=True, exist_ok=True)
    with only_load():
        shutil.rmtree(settings.scratch_folder())
        with TARGETS[to].opened() as raw:
            yield raw


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
