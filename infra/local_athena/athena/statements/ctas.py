"""CREATE TABLE … AS: Athena's properties become Trino's, and Athena's refusals come before anything is written."""

import uuid
from collections.abc import Callable

from infra.local_athena.athena import glue_tables, properties
from infra.local_athena.athena.errors import QueryError
from infra.local_athena.athena.lexer import Cursor, identifier, with_doubles
from infra.local_athena.athena.query import DDL, Query
from infra.local_athena.athena.types import refuse_other_timestamps
from infra.local_athena.trino_server import HIVE, ICEBERG


def create_or(otherwise: Callable[[Query], None]) -> Callable[[Query], None]:
    """The statement for `CREATE TABLE`: as a query's result, or otherwise from column definitions."""

    def create(query: Query) -> None:
        cursor = Cursor(query.sql)
        cursor.expect("CREATE", "TABLE")
        if_absent = cursor.accept("IF", "NOT", "EXISTS")
        names = cursor.names()
        given = cursor.enclosed() if cursor.accept("WITH") else []
        if cursor.accept("AS"):
            _create_as(query, query.resolve(names), if_absent, properties.parse(given), with_doubles(cursor.rest()))
        else:
            otherwise(query)

    return create


def _create_as(query: Query, table: tuple[str, str], if_absent: bool, given: dict[str, properties.Value], body: str) -> None:
    query.is_a(DDL, "CREATE_TABLE_AS_SELECT")
    if glue_tables.find(*table):  # of either kind: Trino's catalogs each know only their own here
        if if_absent:
            return
        raise QueryError("TABLE_ALREADY_EXISTS", f"line 1:1: Destination table '{'.'.join((HIVE, *table))}' already exists")
    if properties.is_iceberg(given):
        catalog, written = ICEBERG, properties.for_iceberg(given)
        refuse_other_timestamps(query.engine.columns_of(body))
    else:
        location = str(given.get("external_location") or f"{query.output}tables/{uuid.uuid4()}/")
        catalog, written = HIVE, properties.for_hive(given, location)
    codec = properties.compression(given)
    name = ".".join(map(identifier, table))
    query.answer(
        query.engine.run(
            f"create table {catalog}.{name} with ({', '.join(written)}) as {body}",
            {f"{catalog}.compression_codec": codec} if codec else None,
        )
    )
