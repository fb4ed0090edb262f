"""SHOW … and DESCRIBE, from Glue, in the shapes that Hive gave them."""

import re

from infra.local_athena.athena import glue_tables
from infra.local_athena.athena.errors import QueryError
from infra.local_athena.athena.lexer import Cursor
from infra.local_athena.athena.query import UTILITY, Query

WIDTH = 20  # Hive pads names and types to this many characters


def databases(query: Query) -> None:
    cursor = _begin(query, "SHOW_DATABASES", 2)
    cursor.accept("LIKE")
    pattern = _pattern(cursor)
    pages = glue_tables.client("glue").get_paginator("get_databases").paginate()
    names = sorted(found["Name"] for page in pages for found in page["DatabaseList"])
    query.table("database_name", rows=[[name] for name in names if pattern.fullmatch(name)])


def tables(query: Query) -> None:
    _list(query, "SHOW_TABLES", "tab_name", views_only=False)


def views(query: Query) -> None:
    _list(query, "SHOW_VIEWS", "views", views_only=True)


def columns(query: Query) -> None:
    cursor = _begin(query, "SHOW_COLUMNS", 2)
    table = _table_of(query, cursor)
    found = [*table["StorageDescriptor"]["Columns"], *(table.get("PartitionKeys") or [])]
    query.table("field", rows=[[column["Name"].ljust(WIDTH)] for column in found])


def partitions(query: Query) -> None:
    cursor = _begin(query, "SHOW_PARTITIONS", 2)
    database, name = query.resolve(cursor.names())
    cursor.end()
    keys = [key["Name"] for key in glue_tables.require(database, name).get("PartitionKeys") or []]
    if not keys:
        raise QueryError("", f"FAILED: SemanticException [Error 10241]: Table {name} is not a partitioned table")
    pages = glue_tables.client("glue").get_paginator("get_partitions").paginate(DatabaseName=database, TableName=name)
    found = (partition["Values"] for page in pages for partition in page["Partitions"])
    query.table("partition", rows=[["/".join(f"{k}={v}" for k, v in zip(keys, values, strict=True))] for values in sorted(found)])


def properties(query: Query) -> None:
    cursor = _begin(query, "SHOW_TBLPROPERTIES", 2)
    database, name = query.resolve(cursor.names())
    wanted = cursor.enclosed() if cursor.peek() else []
    cursor.end()
    known = glue_tables.require(database, name).get("Parameters") or {}
    keys = [item[0].text for item in wanted] or sorted(known)
    query.table("prpt_name", "prpt_value", rows=[[f"{key}\t{known[key]}"] for key in keys if key in known])


def create_view(query: Query) -> None:
    query.is_a(UTILITY, "SHOW_CREATE_VIEW")
    query.answer(query.engine.run(query.sql.replace("`", '"')))
    query.rows = [[line] for row in query.rows for line in (row[0] or "").split("\n")]


def describe(query: Query) -> None:
    cursor = _begin(query, "DESCRIBE_TABLE", 1)
    cursor.accept("EXTENDED") or cursor.accept("FORMATTED")
    if cursor.at > 1:
        raise QueryError("NOT_SUPPORTED", "Local Athena does not implement DESCRIBE EXTENDED and FORMATTED")
    database, name = query.resolve(cursor.names())
    cursor.end()
    table = glue_tables.require(database, name)
    keys = table.get("PartitionKeys") or []
    lines = [_described(column) for column in [*table["StorageDescriptor"]["Columns"], *keys]]
    if keys:
        lines += ["\t \t ", "# Partition Information\t \t ", _padded("# col_name", "data_type", "comment"), "\t \t "]
        lines += [_described(key) for key in keys]
    query.table("col_name", "data_type", "comment", rows=[[line] for line in lines])


def _list(query: Query, substatement: str, column: str, *, views_only: bool) -> None:
    cursor = _begin(query, substatement, 2)
    database = cursor.name() if cursor.accept("IN") or cursor.accept("FROM") else query.database
    cursor.accept("LIKE")
    pattern = _pattern(cursor)
    found = [table for table in glue_tables.all_tables(database) if glue_tables.is_view(table) or not views_only]
    query.table(column, rows=[[name] for name in sorted(table["Name"] for table in found) if pattern.fullmatch(name)])


def _begin(query: Query, substatement: str, words: int) -> Cursor:
    query.is_a(UTILITY, substatement)
    cursor = Cursor(query.sql)
    cursor.at = words
    return cursor


def _table_of(query: Query, cursor: Cursor) -> glue_tables.Table:
    """`FROM|IN table [FROM|IN database]` or `FROM|IN database.table`."""
    if not (cursor.accept("FROM") or cursor.accept("IN")):
        raise cursor.failure()
    names = cursor.names()
    if cursor.accept("FROM") or cursor.accept("IN"):
        names = [cursor.name(), *names]
    cursor.end()
    return glue_tables.require(*query.resolve(names))


def _pattern(cursor: Cursor) -> re.Pattern[str]:
    """The statement's last word: `*` for anything and `|` between alternatives, as in Hive."""
    given = "*" if cursor.done else cursor.string()
    cursor.end()
    return re.compile("|".join(re.escape(part).replace(r"\*", ".*") for part in given.split("|")), re.IGNORECASE)


def _described(column: dict[str, str]) -> str:
    return _padded(column["Name"], column["Type"], column.get("Comment", ""))


def _padded(*texts: str) -> str:
    return "\t".join(text.ljust(WIDTH) for text in texts)
