"""Metrics of the published file, by DuckDB."""

import threading
from dataclasses import dataclass
from typing import ClassVar

import duckdb

from ingestion.errors import UserError
from serving.database import one_line
from serving.engines import TooSlow, does_not_fit
from serving.queries import Value
from serving.semantics import NotUnderstood

AGAIN_SECONDS = 0.05


@dataclass(frozen=True)
class ServedFile:
    """A read-only connection to the file; each query has a cursor of its own."""

    connection: duckdb.DuckDBPyConnection
    dialect: ClassVar[str] = "duckdb"

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for SQL by hand, whose tables are named `schema.table`."""
        return self.connection.cursor().execute("use aisle")

    def run(self, sql: str, parameters: dict[str, Value], seconds: float, *, limit: int | None, offset: int) -> duckdb.DuckDBPyConnection:
        cursor = self.connection.cursor()
        over = threading.Event()
        stopper = threading.Thread(target=_interrupt, args=(cursor, over, seconds))
        stopper.start()
        try:
            page = f"\nlimit {int(limit)} offset {int(offset)}" if limit is not None else ""
            return cursor.execute(sql + page, parameters or None)
        except duckdb.InterruptException as error:
            raise TooSlow(seconds) from error
        except (duckdb.ConversionException, duckdb.BinderException, duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
            raise NotUnderstood(does_not_fit(one_line(error))) from error
        except (OverflowError, UnicodeEncodeError) as error:
            raise NotUnderstood("A value is too large or no text: give numbers below 2^63 and text in UTF-8.") from error
        except duckdb.Error as error:
            raise UserError(f"The served data cannot answer ({one_line(error)[:200]}): publish it again with `make publish`.") from error
        finally:
            over.set()
            stopper.join()


def _interrupt(cursor: duckdb.DuckDBPyConnection, over: threading.Event, seconds: float) -> None:
    """Stop what is not over in time; again and again, because DuckDB forgets an interrupt that comes before the query has begun."""
    while not over.wait(seconds):
        cursor.interrupt()
        seconds = AGAIN_SECONDS
