"""Runs `dbt build` on the warehouse, after asking what would make it fail in less than a sentence."""

import argparse
import errno
import os
import sys
from typing import TYPE_CHECKING

from ingestion import settings
from ingestion.errors import DISK_FULL, UserError
from ingestion.raw_meta import Clock
from serving import artifacts, project, publication, raw_state
from serving.database import opened
from serving.interrupts import held_back, silencing
from serving.locks import only_one
from serving.publication import Stamp

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

UNIT_TESTS_LEFT_OUT = ("--exclude-resource-type", "unit_test")
"""They test the SQL and not the data: `make test` and a bare `dbt build` run them."""


def build(dbt_arguments: list[str], *, if_changed: bool = False) -> int:
    """Run dbt's build with these further arguments and give its exit code: 0 green, 1 failed, 2 not run.

    A green build of everything is asked every question of `serving/questions/`, and fails where the models' answers differ.

    With `if_changed` nothing runs when the published file holds what this build would make.
    UserError when another build runs, the built file is locked or unreadable, or raw is missing or of another format.
    """
    with only_one("build"):
        with held_back():
            clock = raw_state.read_clock()
            published = publication.read() if if_changed else None
            target = _target(dbt_arguments)
            if target not in settings.TARGETS:
                raise UserError(
                    f"Only {' and '.join(settings.TARGETS)} are built and published here: run `dbt build --target {target}` instead."
                )
            _check_built_file(target)
        if published and _is_current(published, clock):
            sys.stdout.write(f"Nothing has changed since the build of {published.built_at:%Y-%m-%d %H:%M} UTC, which is published.\n")
            return 0
        code = run_dbt(["build", *UNIT_TESTS_LEFT_OUT, *dbt_arguments])
        if not code and target == "local" and _is_whole():
            code = _compare_answers()
        if code:
            sys.stderr.write("The build failed: readers keep what is published.\n")
        return code


def _is_whole() -> bool:
    """Whether dbt's run was what `publish` would take, of the project that the questions are about."""
    if project.folder() != settings.ROOT:
        return False
    try:
        artifacts.last_build()
    except UserError:
        return False
    return True


def _compare_answers() -> int:
    """0 when all models answer alike. Else 1: each difference is told, and the build's results go, so that it cannot be published."""
    with held_back():
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        from serving import reconcile
    DuckDBConnectionManager.env().close()  # it would hold the file, and its memory, until this process ends
    told = reconcile.complaints_of_built()
    if told:
        artifacts.withdraw()
        sys.stderr.write("".join(f"{sentence}\n" for sentence in told))
    return int(bool(told))


def _is_current(published: publication.Publication, clock: Clock) -> bool:
    """Whether raw, the project's files and the built file are those of the publication."""
    path = settings.built_file()
    return (
        (published.as_of_date, published.households) == (clock.as_of_date, clock.households)
        and path.is_file()
        and published.built == Stamp.of(path)
        and published.project_fingerprint == project.fingerprint()
        and published.raw_content == raw_state.content()
    )


def _target(dbt_arguments: list[str]) -> str:
    """dbt's target: `--target` or `-t`, else `DBT_TARGET`, else the profile's own, `local`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--target", "-t", default=os.environ.get("DBT_TARGET", "local"))
    return parser.parse_known_args(dbt_arguments)[0].target


def _check_built_file(target: str) -> None:
    """dbt would tell of a lock only after parsing, and in its own words."""
    path = settings.built_file(target)
    if path.is_file():
        with opened(path, "remove it and run `make build`", read_only=False):
            pass


def run_dbt(arguments: list[str], manifest: "Manifest | None" = None) -> int:
    """Run dbt in this process at the project's root, its output passed through, with the exit codes of its own command.

    With the manifest of an earlier run (`parsed`) dbt does not look at the project's files again.
    """
    os.chdir(project.folder())
    with held_back():  # not at the top: a second of imports, and they read `.env` of the current folder
        from dbt.adapters.factory import FACTORY
        from dbt.cli.exceptions import DbtUsageException
        from dbt.cli.main import dbtRunner

    with silencing(lambda: [adapter.cancel_open_connections() for adapter in FACTORY.adapters.values()]):
        result = dbtRunner(manifest=manifest).invoke(arguments)
    if isinstance(result.exception, KeyboardInterrupt):
        raise KeyboardInterrupt
    if isinstance(result.exception, DbtUsageException):
        raise UserError(f"dbt does not know this: {str(result.exception).strip()}")
    if result.exception is not None:
        return 2  # dbt has printed it
    nodes = getattr(result.result, "results", None) or ()
    if any(full in str(node.message) for node in nodes for full in DISK_FULL):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(settings.warehouse()))
    return 0 if result.success else 1


def parsed(target: str) -> "Manifest | None":
    """The project as dbt understands it, for several runs in this process; None when it cannot be parsed, which dbt has printed."""
    os.chdir(project.folder())
    with held_back():
        from dbt.cli.main import dbtRunner

        return dbtRunner().invoke(["--quiet", "parse", "--target", target]).result
