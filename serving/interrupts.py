"""Ctrl-C, where raising at once would be lost or noisy."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def held_back() -> Iterator[None]:
    """For imports: Ctrl-C takes effect at the end. Extension modules swallow it, or turn it into an ImportError."""
    held: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        held.append(number)

    with _handled_by(remember):
        yield
    if held:
        raise KeyboardInterrupt


@contextmanager
def silencing(cancel: Callable[[], object]) -> Iterator[None]:
    """For dbt: after Ctrl-C it ends its queries and prints a traceback; what it prints from then on is not shown.

    A query that was just about to start escapes, and dbt would wait for its end: so `cancel` is called every second.
    """
    ended = threading.Event()

    def cancel_again() -> None:
        while not ended.wait(1):
            cancel()

    def silence(_number: int, _frame: FrameType | None) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        threading.Thread(target=cancel_again, daemon=True).start()
        raise KeyboardInterrupt

    with _handled_by(silence):
        try:
            yield
        finally:
            ended.set()


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
