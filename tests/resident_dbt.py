"""dbt's command on a project that is parsed once: a process of its own parses it, and forks for each command.

A command finds dbt imported and the manifest parsed, which is two thirds of the CPU time of a small one, and leaves nothing behind for the
next: it ran in a fork. `run` starts the process when it is first asked, one for each process of the tests.

As a program: a line of JSON a command on standard input, a line with its outcome on standard output.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS = 1200  # against hanging; a loaded machine is slow
PARSED_OTHERWISE = {"--target", "-t", "--vars", "--profiles-dir", "--profile", "--project-dir"}


def knows(arguments: Sequence[str]) -> bool:
    """Whether the manifest of a plain `dbt parse` is the one that these arguments of dbt ask for."""
    return not PARSED_OTHERWISE.intersection(argument.partition("=")[0] for argument in arguments)


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `dbt` with these arguments at the project's root."""
    process = _process()
    process.stdin.write(json.dumps({"arguments": arguments, "environment": dict(environment)}) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    assert answer, f"the resident dbt ended: {process.wait()}"
    return subprocess.CompletedProcess(("dbt", *arguments), **json.loads(answer))


@cache
def _process() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.resident_dbt"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(process.stdin.close)  # which ends it
    return process


def _serve() -> None:
    from dbt.cli.main import dbtRunner

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"AISLE_WAREHOUSE": folder, "DBT_TARGET_PATH": f"{folder}/target", "DBT_LOG_PATH": f"{folder}/logs"}
        manifest = dbtRunner().invoke(["--quiet", "parse"]).result
    assert manifest, "the project cannot be parsed"
    for line in sys.stdin:
        answers.write(json.dumps(_forked(manifest, **json.loads(line))) + "\n")
        answers.flush()


def _forked(manifest: Any, arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """Exit code and what a command printed."""
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        child = get_context("fork").Process(target=_child, args=(stdout.fileno(), stderr.fileno(), manifest, arguments, environment))
        child.start()
        child.join()
        for file in (stdout, stderr):
            file.seek(0)
        return {"returncode": child.exitcode, "stdout": stdout.read(), "stderr": stderr.read()}


def _child(stdout: int, stderr: int, *command: Any) -> None:
    """Run it in the fork, which prints into these files."""
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    sys.exit(_command(*command))


def _command(manifest: Any, arguments: list[str], environment: dict[str, str]) -> int:
    """Its exit code, as dbt's own command has it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ.clear()
    os.environ.update(environment)
    signal.alarm(SECONDS)
    result = dbtRunner(manifest=manifest).invoke(arguments)
    DuckDBConnectionManager.close_all_connections()  # a fork ends without it, and what is open would stay in the log beside the file
    if result.exception:
        sys.stderr.write(f"{result.exception}\n")
    return 2 if result.exception else int(not result.success)


if __name__ == "__main__":
    _serve()
