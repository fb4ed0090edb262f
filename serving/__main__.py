"""python -m serving: build the models, publish them, report on them, query them."""

import argparse
import sys
from pathlib import Path

from ingestion import errors
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
"""


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
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


def _bus_matrix(_options: argparse.Namespace, _rest: list[str]) -> None:
    from serving import artifacts, bus_matrix

    print(f"Wrote {bus_matrix.write(artifacts.manifest())}.")


COMMANDS = {"bus-matrix": _bus_matrix, "build": _build, "publish": _publish, "report": _report, "sql": _sql}


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
    commands.add_parser("bus-matrix", help="write docs/bus-matrix.md from the last build's manifest", allow_abbrev=False)
    sql = commands.add_parser("sql", help="query the served data", allow_abbrev=False)
    what = sql.add_mutually_exclusive_group()
    what.add_argument("--query", metavar="SQL", help="answer one query and end")
    what.add_argument("--tables", action="store_true", help="list tables and views with rows and description")
    sql.add_argument(
        "--format", choices=("table", "csv", "parquet", "json"), help="of the answer (default: by the ending of --output, else table)"
    )
    sql.add_argument("--output", metavar="FILE", type=Path, help="write the answer to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
