"""CREATE VIEW."""

from infra.local_athena.athena import glue_tables
from infra.local_athena.athena.lexer import Cursor, identifier, with_doubles
from infra.local_athena.athena.query import DDL, Query
from infra.local_athena.athena.types import glue_type


def create(query: Query) -> None:
    """Trino stores one column named `dummy` for a view in Glue; Athena stores the real ones, and clients read them there."""
    query.is_a(DDL, "CREATE_VIEW")
    cursor = Cursor(query.sql)
    cursor.expect("CREATE")
    cursor.accept("OR", "REPLACE")
    cursor.expect("VIEW")
    database, name = query.resolve(cursor.names())
    query.engine.run(with_doubles(query.sql))
    columns = query.engine.columns_of(f"table {identifier(database)}.{identifier(name)}")
    view = glue_tables.require(database, name)
    view["StorageDescriptor"]["Columns"] = [{"Name": column["name"], "Type": glue_type(column["typeSignature"])} for column in columns]
    glue_tables.update(database, view)
