"""`python -m ingestion grocer …`: start, stop and look at the grocer's systems."""

import argparse

from ingestion import console
from ingestion.grocer import clock, drops, processes, state, systems, till_databases


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `grocer`; each of its verbs sets `func`, which takes the parsed arguments and gives the exit code."""
    grocer = subparsers.add_parser("grocer", help="start, stop and look at the grocer's systems", description=__doc__)
    verbs = grocer.add_subparsers(dest="verb", required=True, metavar="up|down|status|reset")

    up = verbs.add_parser("up", help="start the systems, or move their clock forward")
    add_clock_arguments(up)
    up.add_argument("--loyalty-port", type=int, default=0, metavar="PORT", help="on 127.0.0.1 (default: the last one, or a free one)")
    up.set_defaults(func=_up)

    for name, function, text in (
        ("down", _down, "stop the loyalty service; the data stays"),
        ("status", _status, "show what runs and where (exit code 1 when it is down)"),
        ("reset", _reset, "stop the service and remove the grocer's data"),
    ):
        verbs.add_parser(name, help=text, description=text).set_defaults(func=function)


def add_clock_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--until` and `--households`, as every command has them that brings the grocer up."""
    parser.add_argument(
        "--until", default=str(clock.LAST_DAY), metavar="DATE", help="the last visible day, YYYY-MM-DD (default %(default)s)"
    )
    parser.add_argument("--households", type=int, metavar="N", help="only those with the N smallest ids (default: all)")


def _up(arguments: argparse.Namespace) -> int:
    systems.up(clock.parse_date(arguments.until), arguments.households, arguments.loyalty_port)
    return _status(arguments)


def _down(_: argparse.Namespace) -> int:
    was_running = systems.down()
    console.stdout().print("The loyalty service is stopped; the data stays." if was_running else "The loyalty service was not running.")
    return 0


def _reset(_: argparse.Namespace) -> int:
    removed = systems.reset()
    console.stdout().print("The grocer is stopped and its data removed." if removed else "There was no grocer.")
    return 0


def _status(_: argparse.Namespace) -> int:
    known = state.read()
    if known is None:
        console.stdout().print("There is no grocer yet: start one with `python -m ingestion grocer up`.")
        return 1
    running = systems.running()
    files = len(clock.visible_weeks(known.until)) - len(drops.missing_weeks(systems.drops_folder(), known.until))
    service = f"http://{processes.HOST}:{known.loyalty_port}" if running else "stopped: start it with `python -m ingestion grocer up`"
    households = "all households" if known.households is None else f"the first {known.households} households"
    console.table(
        ("system", "where"),
        (
            ("Till", till_databases.place(known.till_url)),
            ("Loyalty API", service),
            ("Promotion drops", f"{systems.drops_folder()} ({files} files)"),
        ),
        title=f"The grocer at the end of {known.until}, {households}",
    )
    return 0 if running else 1
