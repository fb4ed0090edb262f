"""What people see: tables on stdout; progress on stderr, as bars in a terminal and as one line a finished step otherwise."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 140


def stdout() -> Console:
    """Results; a pipe gets no colours and wide lines."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH_WITHOUT_TERMINAL)


def stderr() -> Console:
    """Everything that is not a result."""
    console = Console(stderr=True, highlight=False)
    return console if console.is_terminal else Console(stderr=True, highlight=False, width=WIDTH_WITHOUT_TERMINAL)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print a table: numbers to the right with thousands separated, None as nothing."""
    rows = [list(row) for row in rows]
    shown = Table(title=title, title_justify="left", header_style="bold")
    for position, name in enumerate(columns):
        numeric = any(_is_number(row[position]) for row in rows)
        shown.add_column(name, justify="right" if numeric else "left", no_wrap=numeric)
    for row in rows:
        shown.add_row(*map(_cell, row))
    stdout().print(shown)


def _is_number(value: object) -> bool:
    return hasattr(value, "__round__") and not isinstance(value, bool)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if _is_number(value) else str(value)


class Steps:
    """Several pieces of work shown at once: `with Steps() as steps, steps.step("till", 12) as advance: advance(1)`."""

    def __init__(self) -> None:
        self.console = stderr()
        bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*bars, console=self.console, disable=not self.console.is_terminal)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.progress.stop()

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """One piece of work: gives the function that moves its bar. `total` None is work of unknown length."""
        begun = time.monotonic()
        task = self.progress.add_task(title, total=total)
        yield lambda count: self.progress.advance(task, count)
        finished = self.progress.tasks[task].completed or 1
        self.progress.update(task, total=total or finished, completed=total or finished)
        if not self.console.is_terminal:
            self.console.print(f"{title}: {time.monotonic() - begun:.1f} s")
