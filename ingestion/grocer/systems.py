"""The grocer's three systems as one thing: up at a clock, moved forward, down, thrown away."""

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO

from ingestion import settings
from ingestion.console import Steps
from ingestion.errors import UserError
from ingestion.grocer import clock, drops, processes, state, till, till_databases
from ingestion.grocer.loyalty.options import CLIENT_ID, SECRET
from ingestion.grocer.state import RESET, State


@dataclass(frozen=True)
class Grocer:
    """How to reach a running grocer. `cutoff` is naive UTC: the first moment that is not visible; `households` None means all."""

    until: date
    cutoff: datetime
    households: int | None
    till_url: str
    loyalty_url: str
    client_id: str
    client_secret: str
    drops: str


def up(until: date, households: int | None = None, loyalty_port: int = 0, *, only_loyalty: bool = False) -> Grocer:
    """Start the systems, or move them forward, until each shows what had happened by the end of `until`; safe to repeat.

    With `only_loyalty` till and promotion drops stay where they are; the next plain call brings them along.

    UserError for a day outside the data or before the grocer's own, for another number of households, for a port or a
    PostgreSQL that cannot be used. After an error or a kill the same call completes what is missing.
    """
    clock.within_year(until)
    if households is not None and households < 1:
        raise UserError(f"{households} households are none: choose 1 or more, or leave --households out for all of them.")
    with _alone():
        before = state.read()
        database = till_databases.configured()
        target = _target(before, database.url, until, households, loyalty_port)
        filled_until = until if only_loyalty else till.filled_until(database, target.grocer_id)
        _refuse_going_back((filled_until, before and before.until), until)
        if before is None:
            shutil.rmtree(drops_folder(), ignore_errors=True)
        with Steps() as steps, _loyalty(before, target, loyalty_port) as (server, port):
            target = replace(target, loyalty_port=port)
            if filled_until != until:
                with steps.step("Till"):
                    till.fill(database, target.grocer_id, until, households)
            if not only_loyalty and (weeks := drops.missing_weeks(drops_folder(), until)):
                with steps.step("Promotion drops", len(weeks)) as advance:
                    drops.fill(drops_folder(), until, households, advance)
            if server:
                with steps.step("Loyalty API"):
                    processes.wait_until_healthy(server, port)
        state.write(target)
    return _grocer(target)


def running() -> Grocer | None:
    """The grocer when its service answers at the clock that its state names; None when it is down, killed or was never up."""
    known = state.read()
    return _grocer(known) if known and _serves(known) else None


def down() -> bool:
    """Stop the loyalty service and keep all data; gives whether it was running."""
    if not settings.grocer_folder().exists():
        return False
    with _alone():
        return processes.stop()


def reset() -> bool:
    """Stop the service and remove the grocer's folder; gives whether there was one. A till in PostgreSQL is replaced by the next `up`."""
    folder = settings.grocer_folder()
    if not folder.exists():
        return False
    with _alone():
        processes.stop()
        shutil.rmtree(folder)
    return True


def drops_folder() -> Path:
    """The folder that stands for the bucket of the promotion files."""
    return settings.grocer_folder() / "drops"


def _alone() -> AbstractContextManager[IO[str]]:
    return processes.locked(settings.grocer_folder() / "grocer.lock", "Another command is at work on the grocer: wait until it has ended.")


def _target(before: State | None, till_url: str, until: date, households: int | None, port: int) -> State:
    """What the state is to be; an incomplete first `up` has left none, so it is begun anew."""
    secret = os.environ.get(SECRET)
    if before is None:
        return State(secrets.token_hex(8), until, households, till_url, port, secret or secrets.token_urlsafe(32))
    if before.households != households:
        raise UserError(
            f"The grocer has {_count(before.households)} and not {_count(households)}: "
            f"ask for as many, or run {RESET} to begin another one."
        )
    return replace(
        before, until=until, till_url=till_url, loyalty_port=port or before.loyalty_port, client_secret=secret or before.client_secret
    )


def _count(households: int | None) -> str:
    return "all households" if households is None else f"{households} household{'s' if households > 1 else ''}"


def _refuse_going_back(reached: Iterable[date | None], until: date) -> None:
    """A system may stand later than the state says: a move that was cut short has already brought the till forward."""
    latest = max((day for day in reached if day), default=until)
    if until < latest:
        raise UserError(f"The grocer's clock stands at {latest} and cannot go back to {until}: run {RESET} to begin another one.")


@contextmanager
def _loyalty(before: State | None, target: State, wanted_port: int) -> Iterator[tuple[subprocess.Popen[bytes] | None, int]]:
    """The service: the one that serves the target already (None, its port), or a new process, which is ended if the rest fails."""
    if before and before.client_secret == target.client_secret and _serves(target):
        yield None, target.loyalty_port
        return
    processes.stop()
    listener = _listener(wanted_port, target.loyalty_port)
    port = listener.getsockname()[1]
    server = processes.start(listener, target.until, target.households, target.client_secret)
    try:
        yield server, port
    except BaseException:
        server.kill()
        server.wait()
        raise


def _listener(wanted_port: int, last_port: int) -> socket.socket:
    """On the port that was asked for; without one on the last one, so that clients find it again, or else on any."""
    if wanted_port:
        return processes.listen(wanted_port)
    try:
        return processes.listen(last_port)
    except UserError:
        return processes.listen(0)


def _serves(known: State) -> bool:
    """Whether the living service is the state's own and shows its clock."""
    process = processes.process_id()
    said = processes.health(known.loyalty_port) if process else None
    expected = {"process_id": process, "as_of_date": str(known.until), "households": known.households}
    return said is not None and expected.items() <= said.items()


def _grocer(known: State) -> Grocer:
    return Grocer(
        until=known.until,
        cutoff=clock.cutoff(known.until),
        households=known.households,
        till_url=known.till_url,
        loyalty_url=f"http://{processes.HOST}:{known.loyalty_port}",
        client_id=CLIENT_ID,
        client_secret=known.client_secret,
        drops=str(drops_folder().absolute()),
    )
