"""The load that a build and a publication stand on."""

import hashlib
from contextlib import closing

from ingestion import settings
from ingestion.destinations import duckdb_raw
from ingestion.errors import UserError
from ingestion.raw_meta import Clock
from serving.database import quoted


def read_clock() -> Clock:
    """The clock of the last complete load; UserError when there is none, while a load runs, and when raw has another format."""
    path = settings.raw_file()
    state = duckdb_raw.state()
    if state is None or state.clock is None:
        found = f"No load into {path} has been completed" if path.is_file() else f"There is no raw data at {path}"
        raise UserError(f"{found}: run `make load` (or `make demo`).")
    return state.clock


def content() -> str:
    """SHA-256 of what raw holds, whichever loads brought it: of each table the columns, the rows and the sum of their hashes."""
    digest = hashlib.sha256()
    with closing(duckdb_raw.open_read_only(settings.raw_file())) as connection:
        tables = connection.execute(
            """
            select schema_name, table_name, list(column_name order by column_name)
            from duckdb_columns()
            where starts_with(schema_name, 'raw_') and schema_name <> 'raw_meta'
                and not starts_with(table_name, '_dlt') and not starts_with(column_name, '_dlt')
            group by schema_name, table_name
            order by schema_name, table_name
            """
        ).fetchall()
        for schema, table, columns in tables:
            row_hash = f"hash({', '.join(map(quoted, columns))})"
            counted = connection.execute(f"select count(*), sum({row_hash}) from {quoted(schema, table)}").fetchone()
            digest.update(f"{schema}.{table} {columns} {counted}\0".encode())
    return digest.hexdigest()
