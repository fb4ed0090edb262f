"""Ctrl-C, where raising at once would be lost or noisy."""

import os
import signal
import sys
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
def silencing() -> Iterator[None]:
    """For dbt: after Ctrl-C it ends its queries and prints a traceback; what it prints from then on is not shown."""

    def silence(_number: int, _frame: FrameType | None) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise KeyboardInterrupt

    with _handled_by(silence):
        yield


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
