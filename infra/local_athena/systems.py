"""Both servers as one thing: up, down, status."""

import http.client
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import IO

from infra.local_athena import install, java, places, state, trino_server
from infra.local_athena.processes import POLL_SECONDS, Part, free_port, listener
from infra.local_athena.state import State
from ingestion import console
from ingestion.errors import UserError
from ingestion.grocer.processes import locked

AWS = Part("aws", "The AWS side")
TRINO = trino_server.PART
START_SECONDS = 90
REMEDY = f"run `{places.COMMAND} up` again"


def up(port: int = 0, full_jit: bool = False) -> tuple[State, bool]:
    """Start what does not run, and wait until all of it answers; gives the state and whether anything was started.

    UserError when nothing is installed, the port is taken, or a part is not ready in 90 seconds; then all that was started is stopped.
    """
    heap = os.environ.get("AISLE_ATHENA_HEAP", trino_server.DEFAULT_HEAP)
    trino_server.heap_megabytes(heap)
    install.require()
    java.find()
    with _alone():
        before = state.read()
        if before and AWS.process_id() and aws_answers(before):
            if trino_server.answers(before) and TRINO.process_id():
                if port not in (0, before.aws_port):
                    raise UserError(f"Local Athena runs on port {before.aws_port}: run `{places.COMMAND} down` before moving it to {port}.")
                return before, False
            TRINO.stop()
            target = replace(before, trino_port=free_port(), heap=heap, full_jit=full_jit)
            with _stopped_on_failure(TRINO):
                state.write(target)
                _start_trino(target)
            return target, True
        _stop()
        with listener(port) as open_port, _stopped_on_failure(AWS, TRINO):
            target = State(secrets.token_hex(8), open_port.getsockname()[1], free_port(), heap, full_jit)
            state.write(target)
            command = [sys.executable, "-m", "infra.local_athena.server", "--fd", str(open_port.fileno())]
            AWS.start(command, pass_fds=[open_port.fileno()])
            _start_trino(target)
        return target, True


def down() -> bool:
    """Stop both servers; gives whether one was running. What the lake held is gone: it lives in the AWS side's memory."""
    if not places.folder().exists():
        return False
    with _alone():
        return _stop()


def problems(known: State) -> list[str]:
    """A sentence for each part that does not serve, none when all is well."""
    found = []
    for part, serves in ((AWS, aws_answers), (TRINO, trino_server.answers)):
        if part.process_id() is None:
            found.append(f"{part.title} has ended ({last_words(part)}): {REMEDY}.")
        elif not serves(known):
            found.append(f"{part.title} runs but does not answer: run `{places.COMMAND} down`, then `up`.")
    return found


def require() -> State:
    """The running local Athena; UserError when it is down or a part of it has ended."""
    known = state.read()
    if known is None:
        raise UserError(f"Local Athena is down: start it with `{places.COMMAND} up`.")
    if found := problems(known):
        raise UserError(" ".join(found))
    return known


def last_words(part: Part) -> str:
    """Why a server ended, as far as its log tells."""
    try:
        lines = [line.strip() for line in part.log.read_text(errors="replace").splitlines() if line.strip()]
    except FileNotFoundError:
        return "it left no log"
    if any("OutOfMemoryError" in line for line in lines):
        return "it ran out of heap; AISLE_ATHENA_HEAP gives it more"
    telling = [line for line in lines if "Exception" in line or "error" in line.lower() or line.startswith("Caused by")]
    return f"{(telling or lines or ['it said nothing'])[-1][:300].rstrip('.')}; see {part.log}"


def aws_answers(known: State) -> bool:
    """Whether the state's own AWS side is there."""
    connection = http.client.HTTPConnection(places.HOST, known.aws_port, timeout=trino_server.ANSWER_SECONDS)
    try:
        connection.request("GET", places.HEALTH_PATH)
        return json.loads(connection.getresponse().read()).get("identity") == known.identity
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return False
    finally:
        connection.close()


def _start_trino(target: State) -> None:
    trino_server.start(target)
    with console.Steps() as steps, steps.step("Start local Athena"):
        deadline = time.monotonic() + START_SECONDS
        while not (aws_answers(target) and trino_server.answers(target)):
            for part in (AWS, TRINO):
                if part.process_id() is None:
                    raise UserError(f"{part.title} did not start ({last_words(part)}): mend that, then {REMEDY}.")
            if time.monotonic() > deadline:
                slow = TRINO if aws_answers(target) else AWS
                raise UserError(f"{slow.title} was not ready in {START_SECONDS} seconds ({last_words(slow)}): {REMEDY}.")
            time.sleep(POLL_SECONDS)


@contextmanager
def _stopped_on_failure(*parts: Part) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for part in parts:
            part.stop()
        if AWS in parts:
            state.forget()
        raise


def _stop() -> bool:
    stopped = [part.stop() for part in (TRINO, AWS)]
    state.forget()
    return any(stopped)


def _alone() -> AbstractContextManager[IO[str]]:
    return locked(places.folder() / "local_athena.lock", "Another command is at work on the local Athena: wait until it has ended.")
