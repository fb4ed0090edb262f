"""From what dlt wraps to what caused it, as one sentence where the user can mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from dlt.common.schema.exceptions import DataValidationError

from ingestion.errors import UserError, causes, is_disk_full


@contextmanager
def unwrapped(system: str) -> Iterator[None]:
    """Raise what caused a failed load of `system`: a UserError, Ctrl-C or a full disk; anything else as it is."""
    try:
        yield
    except Exception as error:
        for cause in causes(error):
            if isinstance(cause, UserError | KeyboardInterrupt) or is_disk_full(cause):
                raise cause from None
            if sentence := known(system, cause):
                raise sentence from None
        raise


def known(system: str, cause: BaseException) -> UserError | None:
    """The sentence for a cause of dlt's or DuckDB's that has a remedy."""
    if isinstance(cause, DataValidationError):
        return UserError(
            f"{system}.{cause.table_name} no longer keeps its contract: {cause.column_name} is not what ingestion/schemas/{system}.yaml "
            "promises. Agree on the change with the source's owner, then change that file and the staging model, and load again."
        )
    if isinstance(cause, duckdb.OutOfMemoryException):
        return UserError("DuckDB ran out of memory: end other programs, then run the command again.")
    return None
