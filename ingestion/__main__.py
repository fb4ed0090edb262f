"""Load what is new from the grocer's systems into raw, see what raw holds, mend it, run the systems alone."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingestion import console, errors
from ingestion.destinations import TARGETS
from ingestion.grocer import cli, clock

if TYPE_CHECKING:
    from ingestion.pipelines import Result
    from ingestion.raw_meta import ResourceLoad, Run

EXAMPLES = """examples:
  python -m ingestion load                       all that the year holds
  python -m ingestion load --until 2017-06-30    half a year; a later date adds the rest
  python -m ingestion load --households 100      the first 100 households, in a warehouse of their own
  python -m ingestion load --to athena           to Amazon Athena, or the local one (python -m infra.local_athena up)
  python -m ingestion status                     what raw holds, and the newest runs; --to athena: there
  python -m ingestion backfill --from 2017-03-01 --until 2017-03-31     March again: what raw lacks of it comes in
  python -m ingestion replay 1795475362.244314   what that load fetched, fetched again
  python -m ingestion reset pos.products         forget a resource; the next load fetches all of it
  python -m ingestion doctor                     what keeps a load from going well, by its cause
  python -m ingestion diff                       the sources' columns against their contracts, before a load
  python -m ingestion grocer up                  the systems alone, to look at

PostgreSQL holds the till when GROCER_TILL_URL=postgresql://user@host:5432/database is set; AISLE_WAREHOUSE moves the warehouse.
Athena is reached as AWS's SDK is told (AWS_ENDPOINT_URL, AWS_PROFILE, …) and as AISLE_ATHENA_RAW, …_RESULTS, …_WORKGROUP and …_SCHEMA say.
"""
RUNS_SHOWN = 10


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and call; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ingestion", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="load|status|diff|doctor|backfill|replay|reset|grocer")
    load = _command(commands, "load", _load, "bring raw to a day's end, incrementally; the grocer's systems are started for it if need be")
    cli.add_clock_arguments(load)
    _command(commands, "status", _status, "show what raw holds, what its sources held, and the newest runs")
    backfill = _command(commands, "backfill", _backfill, "fetch some days again: what raw lacks of them comes in, what changed is updated")
    backfill.add_argument("--from", dest="since", metavar="DAY", required=True, help="the first local day, YYYY-MM-DD")
    backfill.add_argument("--until", metavar="DAY", required=True, help="the last local day")
    backfill.add_argument("resources", nargs="*", metavar="RESOURCE", help="such as pos.transactions (default: all)")
    replay = _command(commands, "replay", _replay, "fetch again what one load fetched")
    replay.add_argument("load_id", metavar="LOAD_ID", help="as status shows it")
    reset = _command(commands, "reset", _reset, "forget a resource's rows and cursor, so that the next load fetches all of it")
    reset.add_argument("resource", metavar="RESOURCE", help="such as pos.products")
    doctor = _command(
        commands, "doctor", _doctor, "examine systems, raw and this machine; changes nothing, gives 1 when something is wrong"
    )
    doctor.add_argument("--json", action="store_true", help="the diagnoses as JSON")
    _add_diff(commands)
    cli.register(commands)
    arguments = parser.parse_args(argv)
    return errors.run(lambda: arguments.func(arguments))


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, func: Callable[[argparse.Namespace], int], what: str
) -> argparse.ArgumentParser:
    """A subcommand that works on raw."""
    command = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    command.add_argument("--to", choices=TARGETS, default="duckdb", help="the engine that holds raw (default: duckdb)")
    command.set_defaults(func=func)
    return command


def _add_diff(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = "show where the sources' columns differ from their contracts (exit code 1 if they do)"
    diff = commands.add_parser("diff", help=text, description=f"{text.capitalize()}; nothing is loaded, and a grocer keeps its clock.")
    cli.add_clock_arguments(diff)
    diff.set_defaults(func=_diff)


def _load(arguments: argparse.Namespace) -> int:
    until = clock.parse_date(arguments.until)
    from ingestion import pipelines  # dlt takes a second to import: only when it is needed

    return _loaded(pipelines.load(until, arguments.households, arguments.to), f"Raw at the end of {until}")


def _backfill(arguments: argparse.Namespace) -> int:
    since, until = clock.parse_date(arguments.since), clock.parse_date(arguments.until)
    from ingestion import pipelines

    return _loaded(pipelines.backfill(since, until, arguments.to, arguments.resources), f"Raw after {since} to {until} came again")


def _replay(arguments: argparse.Namespace) -> int:
    from ingestion import pipelines

    return _loaded(pipelines.replay(arguments.load_id, arguments.to), f"Raw after load {arguments.load_id} came again")


def _reset(arguments: argparse.Namespace) -> int:
    from ingestion import pipelines

    pipelines.reset(arguments.resource, arguments.to)
    console.stdout().print(f"{arguments.resource} is forgotten: run `python -m ingestion load --to {arguments.to}` to fetch it anew.")
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from ingestion.doctor import command

    return command.run(arguments)


def _loaded(results: "list[Result]", title: str) -> int:
    console.table(
        ("resource", "rows in source", "rows in raw", "fetched", "gone", "seconds"),
        [
            (result.resource, result.rows_in_source, result.rows_in_raw, result.rows_loaded, result.rows_deleted, round(result.seconds, 1))
            for result in results
        ],
        title=title,
    )
    return 0


def _shown(run: "Run", loads: "list[ResourceLoad]") -> list[tuple[object, ...]]:
    """A run's lines in the table: one of its own, then one a resource that it changed."""
    outcome = run.outcome if run.outcome != "started" else "under way, or killed"
    took = (run.ended_at - run.started_at).total_seconds() if run.ended_at else None
    head = (f"{run.started_at:%Y-%m-%d %H:%M:%S}", run.command, outcome, took and round(took, 1), *[""] * 2, *[None] * 4)
    numbers = ((load, (load.rows_loaded, load.rows_deleted, load.rows_rejected, load.retries)) for load in loads)
    return [head] + [("", "", "", round(load.seconds, 1), load.load_id, load.resource, *told) for load, told in numbers if any(told)]


def _diff(arguments: argparse.Namespace) -> int:
    until = clock.parse_date(arguments.until)
    from ingestion import drift

    lines = drift.diff(until, arguments.households)
    console.table(
        ("resource", "column", "contract", "source", "drift", "what a load does"),
        [(line.resource, line.column, line.promised, line.found, line.state, line.consequence) for line in lines],
    )
    return int(any(line.consequence for line in lines))


def _status(arguments: argparse.Namespace) -> int:
    state = TARGETS[arguments.to].state()
    if state is None:
        console.stdout().print(f"Nothing is loaded yet: run `python -m ingestion load --to {arguments.to}`.")
        return 1
    if state.clock:
        households = "all households" if state.clock.households is None else f"the first {state.clock.households} households"
        console.table(
            ("resource", "rows in source", "rows in raw"),
            [(resource, rows, state.counts[resource]) for resource, rows in state.totals.items()],
            title=f"Raw at the end of {state.clock.as_of_date}, {households}",
        )
    console.table(
        ("began (UTC)", "command", "outcome", "seconds", "load", "resource", "fetched", "gone", "rejected", "retries"),
        [row for run in state.runs[:RUNS_SHOWN] for row in _shown(run, [load for load in state.loads if load.run_id == run.run_id])],
        title="The newest runs",
    )
    if not state.clock:
        console.stdout().print(f"Raw is not whole: run `python -m ingestion load --to {arguments.to}`.")
        return 1
    console.stdout().print(f"Loaded {state.clock.loaded_at:%Y-%m-%d %H:%M} UTC.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
