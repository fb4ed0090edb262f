"""One build or publication at a time in a warehouse."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ingestion import settings
from ingestion.errors import UserError


@contextmanager
def only_one(work: str) -> Iterator[None]:
    """Hold the warehouse's lock for `work` ("build", "publication"); UserError naming the holder when it is taken.

    The system gives the lock up when the process ends, however it ends: the file `serving.lock` may stay.
    """
    settings.warehouse().mkdir(parents=True, exist_ok=True)
    with (settings.warehouse() / "serving.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "build"
            raise UserError(
                f"A {holder} is running in {settings.warehouse()}: wait until it has ended, then run the same command again."
            ) from error
        file.truncate(0)
        file.write(f"{work} (process {os.getpid()})")
        file.flush()
        yield
