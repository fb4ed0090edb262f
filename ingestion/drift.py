"""`python -m ingestion diff`: the sources' columns now against their contracts, before anything is loaded."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date

from ingestion import pipelines
from ingestion.failures import unwrapped
from ingestion.grocer import state, systems
from ingestion.grocer.systems import Grocer
from ingestion.schemas import Contract, Drift, contracts, renamed

CONSEQUENCES = {
    "freeze": "the load stops",
    "evolve": "raw takes it",
    "discard_row": "rows where it does not fit are left out",
    "discard_value": "values that do not fit are left out",
}


@dataclass(frozen=True)
class Line:
    """One column: the type that was promised, the one that the source has now, whether they agree, and what a load would do."""

    resource: str
    column: str
    promised: str | None
    found: str | None
    state: str
    consequence: str = ""


def diff(until: date, households: int | None) -> list[Line]:
    """Every column of every resource; nothing is loaded. A grocer that is there keeps its clock, a new one begins as for a load.

    UserError for a system that cannot be read.
    """
    with standing(until, households) as grocer:
        return [line for system in pipelines.systems_of(grocer) for line in of_system(system)]


def standing(until: date, households: int | None) -> AbstractContextManager[Grocer]:
    """The grocer where it stands: the one that runs, or started at the clock that it had, and only without one at this clock."""
    if grocer := systems.running():
        return nullcontext(grocer)
    if before := state.read():
        until, households = before.until, before.households
    return pipelines.running(until, households)


def of_system(system: pipelines.System) -> Iterator[Line]:
    """The lines of a system; a resource that has no rows or no file yet tells nothing of its columns, a table that is gone has none."""
    with unwrapped(system.name):
        now = system.columns_now()
    for name, contract in contracts(system.name).items():
        if now.get(name):
            yield from of_resource(contract, now[name])
        else:
            yield Line(contract.name, "", None, None, *(("gone", CONSEQUENCES["freeze"]) if name in now else ("no rows yet",)))


def of_resource(contract: Contract, found: Mapping[str, str]) -> Iterator[Line]:
    """The promised columns in their order, then the new ones."""
    drifts = {drift.column: drift for drift in contract.drifts(found)}
    names = renamed(list(drifts.values()))
    for column in contract.columns:
        if drift := drifts.get(column.name):
            yield _drifted(contract, drift, names)
        else:
            yield Line(contract.name, column.name, column.type, column.type, "ok")
    yield from (_drifted(contract, drift, names) for drift in drifts.values() if drift.promised is None)


def _drifted(contract: Contract, drift: Drift, names: Mapping[str, str]) -> Line:
    kind = "new" if drift.promised is None else "gone" if drift.found is None else "retyped"
    if drift.column in names:
        kind += f", perhaps renamed to {names[drift.column]}"
    consequence = "raw has null from now on" if drift.found is None and drift.mode == "evolve" else CONSEQUENCES[drift.mode]
    if drift.promised is None and drift.mode == "discard_value":
        consequence = "it is left out"
    return Line(contract.name, drift.column, drift.promised, drift.found, kind, consequence)
