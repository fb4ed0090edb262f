"""Column definitions and partition specifications, as the Hive-style statements write them."""

from infra.local_athena.athena.errors import hive_failure
from infra.local_athena.athena.lexer import Cursor, Token, identifier, literal, text_of
from infra.local_athena.athena.types import hive_type_at, trino_type

Column = dict[str, str]  # Glue's: Name, Type, perhaps Comment


def definitions(cursor: Cursor) -> list[Column]:
    """`(name type [COMMENT 'text'], …)`; a parse failure for anything else, a semantic one for a name that comes twice."""
    found: list[Column] = []
    cursor.expect("(")
    while not found or cursor.accept(","):
        found.append(definition(cursor))
    cursor.expect(")")
    names = [column["Name"] for column in found]
    for name in names:
        if names.count(name) > 1:
            raise duplicate(name)
    return found


def definition(cursor: Cursor) -> Column:
    """`name type [COMMENT 'text']`"""
    column = {"Name": cursor.name(), "Type": hive_type_at(cursor)}
    return column | ({"Comment": cursor.string()} if cursor.accept("COMMENT") else {})


def duplicate(name: str) -> Exception:
    return hive_failure(f"SemanticException [Error 10036]: Duplicate column name: {name}")


def for_trino(column: Column) -> str:
    """A column of an Iceberg table, in Trino's words."""
    comment = f" comment {literal(column['Comment'])}" if "Comment" in column else ""
    return f"{identifier(column['Name'])} {trino_type(column['Type'])}{comment}"


def transforms(cursor: Cursor) -> list[str]:
    """`PARTITIONED BY (day(sold_at), bucket(16, id))` of an Iceberg table → Trino's spelling, which puts the number last."""
    return [_transform(cursor, item) for item in cursor.enclosed()]


def _transform(cursor: Cursor, item: list[Token]) -> str:
    function = item[0].text.lower()
    if function in ("bucket", "truncate") and len(item) == 6 and item[2].kind == "number":
        return f"{function}({item[4].text.lower()}, {item[2].text})"
    if len(item) == 1 or (function in ("year", "month", "day", "hour") and len(item) == 4):
        return text_of(cursor.sql, item).replace("`", "").lower()
    raise cursor.failure(item[0])


def partition(cursor: Cursor) -> dict[str, str]:
    """`PARTITION (key = 'value', …)`"""
    cursor.expect("PARTITION")
    return {key.lower(): value for key, value in cursor.properties().items()}
