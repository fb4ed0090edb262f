"""The two servers as processes: started detached, found again, stopped.

The starter locks `<part>.pid` and hands the open file to the server, which never looks at it. The lock goes with the process, however it
ends, and works for any program: a number that a killed server left behind is never taken for a living one.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local_athena import places
from ingestion import settings
from ingestion.errors import UserError
from ingestion.grocer.processes import locked

STOP_SECONDS = 15
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Part:
    """One server: `key` names its files, `title` is for people."""

    key: str
    title: str

    @property
    def log(self) -> Path:
        """What it wrote since it was started."""
        return places.folder() / f"{self.key}.log"

    def start(self, command: Sequence[str], environment: dict[str, str] | None = None, pass_fds: Sequence[int] = ()) -> None:
        """Start the program, which outlives this process; UserError when the part lives already or the program cannot be run."""
        refusal = f"{self.title} runs already: stop it with `{places.COMMAND} down`."
        with locked(self._pid_file, refusal, patience=1) as held, self.log.open("wb") as log:
            try:
                process = subprocess.Popen(
                    list(command),
                    cwd=settings.ROOT,
                    env=os.environ | (environment or {}),
                    pass_fds=[held.fileno(), *pass_fds],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            except OSError as error:
                raise UserError(f"{self.title} cannot be started ({error.strerror}: {command[0]}).") from error
            held.truncate(0)
            held.write(str(process.pid))
        process.returncode = 0  # it is meant to outlive us: no warning about a child left behind

    def process_id(self) -> int | None:
        """The living server's process, None without one."""
        try:
            with self._pid_file.open() as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(file.read() or 0) or None
        except FileNotFoundError:
            pass
        return None

    def stop(self) -> bool:
        """Stop the living server, by force if it does not go; gives whether there was one."""
        process = self.process_id()
        if process is None:
            return False
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, sent)
            deadline = time.monotonic() + STOP_SECONDS
            while self.process_id() == process and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
            if self.process_id() != process:
                break
        with contextlib.suppress(ChildProcessError):  # it is a child only of the process that started it
            os.waitpid(process, 0)
        return True

    @property
    def _pid_file(self) -> Path:
        return places.folder() / f"{self.key}.pid"


def listener(port: int) -> socket.socket:
    """A socket that listens on loopback, on a free port when `port` is 0; UserError when the port cannot be had."""
    try:
        return socket.create_server((places.HOST, port), backlog=512)
    except (OSError, OverflowError):
        raise UserError(
            f"Port {port} on {places.HOST} cannot be used: name another one with --port, or leave it out for a free one."
        ) from None


def free_port() -> int:
    """A port that was free a moment ago, for a server that cannot take over a socket."""
    with listener(0) as found:
        return found.getsockname()[1]
