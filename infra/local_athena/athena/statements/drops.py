"""DROP TABLE and DROP VIEW. A Hive table's files stay, as Athena leaves them; an Iceberg table's go."""

from infra.local_athena.athena import glue_tables
from infra.local_athena.athena.errors import hive_failure
from infra.local_athena.athena.lexer import Cursor
from infra.local_athena.athena.query import DDL, Query


def table(query: Query) -> None:
    _drop(query, "TABLE")


def view(query: Query) -> None:
    _drop(query, "VIEW")


def _drop(query: Query, what: str) -> None:
    query.is_a(DDL, f"DROP_{what}")
    cursor = Cursor(query.sql)
    cursor.expect("DROP", what)
    if_present = cursor.accept("IF", "EXISTS")
    database, name = query.resolve(cursor.names())
    cursor.end()
    found = glue_tables.find(database, name)
    if found is None and if_present:
        return
    found = found or glue_tables.require(database, name)
    if glue_tables.is_view(found) != (what == "VIEW"):
        other = "a view" if what == "TABLE" else "a base table"
        raise hive_failure(f"SemanticException [Error 10001]: {database}.{name} is {other}")
    if glue_tables.is_iceberg(found):
        query.engine.run(f"drop table {query.iceberg(database, name)}")
    else:
        glue_tables.client("glue").delete_table(DatabaseName=database, Name=name)
