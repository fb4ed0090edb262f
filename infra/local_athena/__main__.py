"""A local Athena: Trino behind Athena's API, with S3, Glue and the rest of AWS by moto, on loopback only."""

import argparse
import shlex
import sys

from infra.local_athena import install, lake, places, shell, state, systems, trino_server
from ingestion import console
from ingestion.errors import run

EXAMPLES = f"""examples:
  {places.COMMAND} install            once; needs Java 24 or later, and Maven
  eval "$({places.COMMAND} up)"       start it, and point this shell's AWS clients at it
  {places.COMMAND} lake               make the buckets and the workgroup (or let Terraform do it)
  {places.COMMAND} sql --query "select 1 as one"
  {places.COMMAND} down               stop it; what its lake held is gone

AISLE_ATHENA_HEAP is Trino's heap (default {trino_server.DEFAULT_HEAP}), AISLE_CACHE where it is installed."""


def parser() -> argparse.ArgumentParser:
    """The command line; each verb sets `func`, which takes the parsed arguments."""
    main = argparse.ArgumentParser(
        prog=places.COMMAND, description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = main.add_subparsers(required=True, metavar="install|up|down|status|env|lake|sql")

    def verb(name: str, function: object, text: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text)
        added.set_defaults(func=function)
        return added

    verb("install", _install, "download Trino from Maven Central and check it against the lock")
    up = verb("up", _up, "start the AWS side and Trino; prints the environment to use")
    up.add_argument("--port", type=int, default=0, help="of the AWS side, on 127.0.0.1 (default: a free one)")
    up.add_argument("--full-jit", action="store_true", help="let Java compile fully: slower to begin, faster for millions of rows")
    verb("down", _down, "stop both; what the lake held is gone")
    verb("status", _status, "show what runs and where (exit code 1 when something does not)")
    verb("env", _env, "print the environment to use, as export lines")
    verb("lake", _lake, "make the buckets and the workgroup that are not there")
    sql = verb("sql", _sql, "run SQL through PyAthena: one statement, or a shell")
    sql.add_argument("--query", help="the statement (default: read statements from the terminal or a pipe)")
    sql.add_argument("--schema", default="default", help="the database of names without one (default: %(default)s)")
    return main


def _install(_: argparse.Namespace) -> int:
    done = install.install()
    console.stdout().print(f"Trino {install.VERSION} {'is installed' if done else 'was installed already'} in {install.home()}.")
    return 0


def _up(arguments: argparse.Namespace) -> int:
    known, started = systems.up(arguments.port, arguments.full_jit)
    console.stderr().print(f"Local Athena {'runs' if started else 'ran already'} on {known.endpoint}.")
    _print_environment(known)
    return 0


def _down(_: argparse.Namespace) -> int:
    console.stdout().print("Local Athena is stopped." if systems.down() else "Local Athena was not running.")
    return 0


def _status(_: argparse.Namespace) -> int:
    known = state.read()
    if known is None:
        console.stdout().print(f"Local Athena is down: start it with `{places.COMMAND} up`.")
        return 1
    problems = systems.problems(known)
    rows = [
        (part.title, f"{places.HOST}:{port}", part.process_id() or "has ended")
        for part, port in ((systems.AWS, known.aws_port), (systems.TRINO, known.trino_port))
    ]
    console.table(
        ("part", "address", "process"), [[str(cell) for cell in row] for row in rows], title=f"Local Athena, logs in {places.folder()}"
    )
    for sentence in problems:
        console.stdout().print(sentence, soft_wrap=True)
    return 1 if problems else 0


def _env(_: argparse.Namespace) -> int:
    _print_environment(systems.require())
    return 0


def _lake(_: argparse.Namespace) -> int:
    made = lake.make(systems.require())
    console.stdout().print(f"Made {', '.join(made)}." if made else "The lake is there already.")
    return 0


def _sql(arguments: argparse.Namespace) -> int:
    known = systems.require()
    if arguments.query is not None:
        shell.one(known, arguments.schema, arguments.query)
    else:
        shell.interactive(known, arguments.schema)
    return 0


def _print_environment(known: state.State) -> None:
    for name, value in known.environment().items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    arguments = parser().parse_args()
    sys.exit(run(lambda: arguments.func(arguments)))
