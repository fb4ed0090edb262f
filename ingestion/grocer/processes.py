"""The loyalty service as a process: started detached, found again, stopped.

A living server holds a lock on `loyalty.pid` in the grocer's folder. The lock goes with the process, however it ends, so a number that a
killed server left behind is never taken for a living one.
"""

import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO, Any

from ingestion import settings
from ingestion.errors import UserError
from ingestion.grocer.loyalty.options import SECRET

HOST = "127.0.0.1"
MODULE = "ingestion.grocer.loyalty"
START_SECONDS = 60
STOP_SECONDS = 5
ANSWER_SECONDS = 2
POLL_SECONDS = 0.02


def listen(port: int) -> socket.socket:
    """A socket that listens on loopback, on a free port when `port` is 0; UserError when the port cannot be had."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except (OSError, OverflowError) as error:
        listener.close()
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "is in use" if in_use else "cannot be used"
        raise UserError(
            f"Port {port} on {HOST} {reason}: choose another one with --loyalty-port, or leave it out for a free one."
        ) from None
    return listener


@contextmanager
def locked(file: Path, refusal: str, patience: float = 0) -> Iterator[IO[str]]:
    """Hold a file's lock, open for writing; UserError(`refusal`) when another process holds it for longer than `patience` seconds."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as held:
        deadline = time.monotonic() + patience
        while not _lock(held, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                raise UserError(refusal)
            time.sleep(POLL_SECONDS)
        yield held


@contextmanager
def alive() -> Iterator[None]:
    """Held by the server while it lives."""
    with locked(_pid_file(), "The grocer's loyalty service runs already: stop it with `python -m ingestion grocer down`.", 1) as file:
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def process_id() -> int | None:
    """The living server's process, None without one."""
    try:
        with _pid_file().open() as file:
            return None if _lock(file, fcntl.LOCK_SH) else int(file.read() or 0) or None
    except FileNotFoundError:
        return None


def start(listener: socket.socket, until: date, households: int | None, secret: str) -> subprocess.Popen[bytes]:
    """Start a server that takes over the listener and outlives this process; it answers once it has prepared its rows."""
    arguments = ["--fd", str(listener.fileno()), "--until", str(until)]
    if households is not None:
        arguments += ["--households", str(households)]
    with listener, log_file().open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", MODULE, *arguments],
            cwd=settings.ROOT,
            env=os.environ | {SECRET: secret},
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def wait_until_healthy(server: subprocess.Popen[bytes], port: int) -> None:
    """Return when the server answers; UserError when it ends first or takes longer than a minute."""
    deadline = time.monotonic() + START_SECONDS
    while (health(port) or {}).get("process_id") != server.pid:
        if server.poll() is not None or time.monotonic() > deadline:
            said = log_file().read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            reason = said[-1].removeprefix("error: ").rstrip(".")
            raise UserError(
                f"The loyalty service did not start ({reason}): see {log_file()}, then run `python -m ingestion grocer up` again."
            )
        time.sleep(POLL_SECONDS)
    server.returncode = 0  # it is meant to outlive us: no warning about a child left behind


def health(port: int) -> dict[str, Any] | None:
    """What the server on the port says about itself, None when there is none that answers in time."""
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else None


def stop() -> bool:
    """Stop the living server, by force if it does not go; gives whether there was one."""
    process = process_id()
    if process is None:
        return False
    for sent in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(process, sent)
        deadline = time.monotonic() + STOP_SECONDS
        while process_id() == process and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if process_id() != process:
            break
    with suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    return True


def log_file() -> Path:
    """What the server wrote since it was started."""
    return settings.grocer_folder() / "loyalty.log"


def _pid_file() -> Path:
    return settings.grocer_folder() / "loyalty.pid"


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
