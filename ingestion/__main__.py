"""Load what is new from the grocer's systems into raw, see what raw holds, run the systems alone."""

import argparse
import sys
from collections.abc import Sequence

from ingestion import console, errors
from ingestion.destinations import TARGETS
from ingestion.grocer import cli, clock

EXAMPLES = """examples:
  python -m ingestion load                       all that the year holds
  python -m ingestion load --until 2017-06-30    half a year; a later date adds the rest
  python -m ingestion load --households 100      the first 100 households, in a warehouse of their own
  python -m ingestion load --to athena           to Amazon Athena, or the local one (python -m infra.local_athena up)
  python -m ingestion status                     what raw holds; --to athena: there
  python -m ingestion diff                       the sources' columns against their contracts, before a load
  python -m ingestion grocer up                  the systems alone, to look at

PostgreSQL holds the till when GROCER_TILL_URL=postgresql://user@host:5432/database is set; AISLE_WAREHOUSE moves the warehouse.
Athena is reached as AWS's SDK is told (AWS_ENDPOINT_URL, AWS_PROFILE, …) and as AISLE_ATHENA_RAW, …_RESULTS, …_WORKGROUP and …_SCHEMA say.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and call; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ingestion", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="load|status|diff|grocer")
    load = commands.add_parser(
        "load",
        help="bring raw to a day's end, incrementally",
        description="Bring raw to the end of a day; the grocer's systems are started for it when they do not run.",
    )
    cli.add_clock_arguments(load)
    _add_target(load)
    load.set_defaults(func=_load)
    status = commands.add_parser("status", help="show what raw holds", description="Show what raw holds, and what its sources held.")
    _add_target(status)
    status.set_defaults(func=_status)
    _add_diff(commands)
    cli.register(commands)
    arguments = parser.parse_args(argv)
    return errors.run(lambda: arguments.func(arguments))


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument("--to", choices=TARGETS, default="duckdb", help="the engine that holds raw (default: duckdb)")


def _add_diff(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = "show where the sources' columns differ from their contracts (exit code 1 if they do)"
    diff = commands.add_parser("diff", help=text, description=f"{text.capitalize()}; nothing is loaded, and a grocer keeps its clock.")
    cli.add_clock_arguments(diff)
    diff.set_defaults(func=_diff)


def _load(arguments: argparse.Namespace) -> int:
    until = clock.parse_date(arguments.until)
    from ingestion import pipelines  # dlt takes a second to import: only when it is needed

    results = pipelines.load(until, arguments.households, arguments.to)
    console.table(
        ("resource", "rows in source", "rows in raw", "seconds"),
        [(result.resource, result.rows_in_source, result.rows_in_raw, round(result.seconds, 1)) for result in results],
        title=f"Raw at the end of {until}",
    )
    return 0


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
    households = "all households" if state.clock.households is None else f"the first {state.clock.households} households"
    console.table(
        ("resource", "rows in source", "rows in raw"),
        [(resource, rows, state.counts[resource]) for resource, rows in state.totals.items()],
        title=f"Raw at the end of {state.clock.as_of_date}, {households}",
    )
    console.stdout().print(f"Loaded {state.clock.loaded_at:%Y-%m-%d %H:%M} UTC.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
