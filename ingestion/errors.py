"""What a user can cause, told in one sentence; the one place where a command's exceptions become exit codes."""

import errno
import sys
from collections.abc import Callable

DISK_FULL = ("No space left on device", "disk is full")


class UserError(Exception):
    """A mistake or a circumstance that the user can mend: one sentence with its cause and the remedy."""


def run(command: Callable[[], int | None]) -> int:
    """Do a command line's work and give its exit code: the command's own, 2 after one line on stderr, or 130 after Ctrl-C.

    An exception that no user can mend is raised as it is: it is a bug, and its traceback is wanted.
    """
    try:
        return command() or 0
    except UserError as error:
        return _told(f"error: {error}", 2)
    except KeyboardInterrupt:
        return _told("Stopped. Run the same command again: it goes on from what was complete.", 130)
    except Exception as error:
        if not is_disk_full(error):
            raise
        return _told("error: The disk is full: free some space and run the same command again.", 2)


def is_disk_full(error: BaseException) -> bool:
    """Whether an exception of Python, DuckDB, SQLite or PostgreSQL says that the disk is full."""
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or any(text in str(error) for text in DISK_FULL)


def _told(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
