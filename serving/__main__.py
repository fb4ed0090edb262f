"""python -m serving: build the models, publish them, report on them, query them and their metrics; replay the year's snapshots."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from ingestion import console, errors
from ingestion.grocer import cli, clock
from serving.interrupts import held_back

EXAMPLES = """examples:
  python -m serving build                          build and test every model (make build)
  python -m serving build -s star+                 with dbt's own arguments
  python -m serving publish                        give the last green build to the readers (make publish)
  python -m serving report                         what was built, three answers, the totals (make report)
  python -m serving sql                            a read-only SQL shell (make sql)
  python -m serving sql --tables
  python -m serving sql --query "from serving.vw_household_spend limit 10"
  python -m serving sql --query "from star.dim_products" --output products.parquet
  python -m serving query --metrics net_sales --group-by week --format chart
  python -m serving metrics                        every metric and what it can be grouped by, as JSON
  python -m serving serve                          the same over HTTP, on this machine only
  python -m serving serve --target athena          from the lake that the environment names
  python -m serving page                           metrics, the year and the models in a browser, on this machine only
  python -m serving reconcile                      ask every question of every model, and compare (make reconcile)
  python -m serving paradigms                      measure every answer and write docs/paradigms.md
  python -m serving replay --households 100        the loyalty profiles of each month's end, as snapshots
"""

PAGE_PORT = 8322
STEPS = (1, 2, 3, 4, 6, 12)  # months from load to load: those that end with the year
REPLAY = """examples:
  python -m serving replay --households 100
  python -m serving replay --households 100 --months 3    quarterly loads, which miss what changes twice between two of them

The replay has a warehouse of its own, replay/households-N-months-M in the warehouse. Stopped or killed, it goes on where it was when the
same command runs again. docs/history.md says what the snapshots show.
"""

QUERY = """examples:
  python -m serving query --metrics net_sales,promotion_share --group-by week
  python -m serving query --metrics net_sales --group-by department --order -net_sales --limit 10 --format chart
  python -m serving query --metrics baskets --group-by month --where 'tier = gold' --start 2017-06-01
  python -m serving query --metrics net_sales --group-by week --where 'department in GROCERY,PRODUCE' --format csv

A filter is field, operator (= != < <= > >= in, not in, between, is null, is not null) and values. The service answers when one runs;
else this process does. docs/metrics.md lists the metrics.
"""


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    parser = _parser()
    options, rest = parser.parse_known_args(_with_order(arguments))
    if rest and options.command != "build":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    return errors.run(lambda: COMMANDS[options.command](options, rest))


def _build(options: argparse.Namespace, rest: list[str]) -> int:
    with held_back():
        from serving.build import build
    return build(rest, if_changed=options.if_changed)


def _publish(_options: argparse.Namespace, _rest: list[str]) -> None:
    with held_back():
        from serving.publish import publish
    print(publish())


def _report(_options: argparse.Namespace, _rest: list[str]) -> None:
    with held_back():
        from serving.report import report
    report()


def _sql(options: argparse.Namespace, _rest: list[str]) -> None:
    with held_back():
        from serving import shell
    if options.tables:
        shell.tables()
    elif options.query is not None:
        shell.query(options.query, options.format, options.output)
    else:
        shell.interactive()


def _query(options: argparse.Namespace, _rest: list[str]) -> None:
    from serving import terminal
    from serving.queries import Query

    query = Query(
        metrics=_names(options.metrics),
        group_by=_names(options.group_by),
        where=tuple(map(terminal.term, options.where)),
        order_by=_names(options.order),
        start=options.start,
        end=options.end,
    )
    if options.target == "local" and (place := terminal.running_service()):
        terminal.show(terminal.asked_of(place, query, options.limit), options.format)
        return
    with held_back():
        from serving.metrics import served
    with served(options.target) as metrics:
        terminal.show(metrics.answer(query, limit=options.limit), options.format)


def _metrics(options: argparse.Namespace, _rest: list[str]) -> None:
    if options.page:
        from serving import artifacts, metrics_page

        print(f"Wrote {metrics_page.write(artifacts.manifest())}.")
        return
    with held_back():
        from serving.metrics import served
    with served(options.target) as metrics:
        print(json.dumps(metrics.semantics.catalogue(), indent=2))


def _serve(options: argparse.Namespace, _rest: list[str]) -> None:
    with held_back():
        from serving import service
    service.serve(options.port, options.target, options.page)


def _reconcile(_options: argparse.Namespace, _rest: list[str]) -> None:
    with held_back():
        from serving import reconcile
    reconcile.reconcile()


def _paradigms(_options: argparse.Namespace, _rest: list[str]) -> None:
    with held_back():
        from serving import paradigms
    print(f"Wrote {paradigms.write()}.")


def _page(options: argparse.Namespace, _rest: list[str]) -> None:
    with held_back():
        from serving.page import launch
    launch.launch(options.port)


def _with_order(arguments: list[str]) -> list[str]:
    """`--order -net_sales` as one argument, because argparse takes the second for an option."""
    if "--order" not in arguments[:-1]:
        return arguments
    position = arguments.index("--order")
    return [*arguments[:position], f"--order={arguments[position + 1]}", *arguments[position + 2 :]]


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _bus_matrix(_options: argparse.Namespace, _rest: list[str]) -> None:
    from serving import artifacts, bus_matrix

    print(f"Wrote {bus_matrix.write(artifacts.manifest())}.")


def _requirements(_options: argparse.Namespace, _rest: list[str]) -> None:
    from serving import artifacts, requirements

    print(f"Wrote {requirements.write(artifacts.manifest())}.")


def _replay(options: argparse.Namespace, _rest: list[str]) -> None:
    from serving import replay

    until = clock.parse_date(options.until)
    months = replay.replay(until, options.households, options.months)
    if months:
        console.table(("until", *replay.SNAPSHOTS), [(month.day, *month.rows) for month in months], title="Rows after each month's end")
    place = replay.folder(options.households, options.months)
    print(f"{'The' if months else 'Nothing was left to replay: the'} snapshots lie in {place / 'aisle.duckdb'}, schema snapshots.")


COMMANDS = {
    "build": _build,
    "publish": _publish,
    "report": _report,
    "sql": _sql,
    "query": _query,
    "metrics": _metrics,
    "serve": _serve,
    "page": _page,
    "reconcile": _reconcile,
    "paradigms": _paradigms,
    "replay": _replay,
    "bus-matrix": _bus_matrix,
    "requirements": _requirements,
}


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m serving", description=__doc__, epilog=EXAMPLES, formatter_class=raw, allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    build = commands.add_parser("build", help="run dbt build; further arguments go to dbt", allow_abbrev=False)
    build.add_argument("--if-changed", action="store_true", help="do nothing when what is published is what would be built")
    commands.add_parser("publish", help="give the last green build to the readers", allow_abbrev=False)
    commands.add_parser("report", help="show what is published: layers, three answers, totals", allow_abbrev=False)
    commands.add_parser(
        "reconcile", help="ask every question of every model and of the metrics; fails where answers differ", allow_abbrev=False
    )
    commands.add_parser("paradigms", help="measure every question in every model and write docs/paradigms.md", allow_abbrev=False)
    commands.add_parser("bus-matrix", help="write docs/bus-matrix.md from the last build's manifest", allow_abbrev=False)
    commands.add_parser("requirements", help="write docs/requirements.md from the last build's manifest", allow_abbrev=False)
    sql = commands.add_parser("sql", help="query the served data", allow_abbrev=False)
    what = sql.add_mutually_exclusive_group()
    what.add_argument("--query", metavar="SQL", help="answer one query and end")
    what.add_argument("--tables", action="store_true", help="list tables and views with rows and description")
    sql.add_argument(
        "--format", choices=("table", "csv", "parquet", "json"), help="of the answer (default: by the ending of --output, else table)"
    )
    sql.add_argument("--output", metavar="FILE", type=Path, help="write the answer to a file")
    _add_metrics(commands)
    _add_page(commands)
    replay = commands.add_parser(
        "replay",
        help="take the snapshots of every month's end",
        description="Load the loyalty system until each month's end and take dbt's snapshots of it, month by month.",
        epilog=REPLAY,
        formatter_class=raw,
        allow_abbrev=False,
    )
    cli.add_clock_arguments(replay)
    replay.add_argument(
        "--months",
        type=int,
        choices=STEPS,
        default=1,
        metavar="N",
        help=f"months from load to load: {', '.join(map(str, STEPS))} (default 1)",
    )
    return parser


def _add_metrics(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    raw = argparse.RawDescriptionHelpFormatter
    query = commands.add_parser("query", help="ask for metrics", epilog=QUERY, formatter_class=raw, allow_abbrev=False)
    query.add_argument("--metrics", required=True, metavar="NAMES", help="separated by commas")
    query.add_argument("--group-by", default="", metavar="FIELDS", help="such as week, month, department, tier; separated by commas")
    query.add_argument("--where", action="append", default=[], metavar="FILTER", help="such as 'tier = gold'; all of several must hold")
    query.add_argument("--order", default="", metavar="NAMES", help="- before a name puts the highest first")
    query.add_argument("--start", type=date.fromisoformat, metavar="DAY", help="first day, as 2017-06-01")
    query.add_argument("--end", type=date.fromisoformat, metavar="DAY", help="last day")
    query.add_argument("--limit", type=_limit, default=1000, metavar="ROWS", help="1 to 10,000 (default 1,000)")
    query.add_argument("--format", choices=("table", "csv", "json", "chart"), default="table", help="of the answer (default table)")
    metrics = commands.add_parser("metrics", help="print the catalogue of metrics as JSON", allow_abbrev=False)
    metrics.add_argument("--page", action="store_true", help="write the table of docs/metrics.md from the last build's manifest instead")
    serve = commands.add_parser("serve", help="answer queries over HTTP, on this machine only", allow_abbrev=False)
    for command in (query, metrics, serve):
        command.add_argument(
            "--target",
            choices=("local", "athena"),
            default="local",
            help="what is asked: the published file (local, default), or the lake of AISLE_ATHENA_*",
        )
    serve.add_argument("--port", type=int, default=8321, help="0 takes a free one (default 8321)")
    serve.add_argument("--page", type=int, nargs="?", const=PAGE_PORT, metavar="PORT", help=f"show the page too (default {PAGE_PORT})")


def _add_page(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    page = commands.add_parser("page", help="show metrics, the year and the models in a browser, on this machine only", allow_abbrev=False)
    page.add_argument("--port", type=int, default=PAGE_PORT, help=f"0 takes a free one (default {PAGE_PORT})")


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 10,000")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
