"""What a user can cause, told in one sentence; the one place where a command's exceptions become exit codes."""

import errno
import logging
import sys
from collections.abc import Callable, Iterator

DISK_FULL = ("No space left on device", "disk is full")


class UserError(Exception):
    """A mistake or a circumstance that the user can mend: one sentence with its cause and the remedy."""


def run(command: Callable[[], int | None]) -> int:
    """Do a command line's work and give its exit code: the command's own, 2 after one line on stderr, or 130 after Ctrl-C.

    An exception that no user can mend is raised as it is: it is a bug, and its traceback is wanted.
    """
    logging.getLogger("pyathena").setLevel(logging.CRITICAL)  # it logs tracebacks of what is told here in a sentence
    try:
        return command() or 0
    except (Exception, KeyboardInterrupt) as error:
        for cause in causes(error):
            if isinstance(cause, UserError):
                return _told(f"error: {cause}", 2)
            if isinstance(cause, KeyboardInterrupt):  # DuckDB answers Ctrl-C with a RuntimeError that it caused
                return _told("Stopped. Run the same command again: it goes on from what was complete.", 130)
            if is_disk_full(cause):
                return _told("error: The disk is full: free some space and run the same command again.", 2)
        raise


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from, outermost first."""
    following: BaseException | None = error
    while following is not None:
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def is_disk_full(error: BaseException) -> bool:
    """Whether an exception of Python, DuckDB, SQLite or PostgreSQL says that the disk is full."""
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or any(text in str(error) for text in DISK_FULL)


def _told(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
