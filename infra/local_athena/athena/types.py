"""Types as Hive and Glue write them, as Trino writes them, and as Athena's API tells them."""

import re
from typing import Any

from infra.local_athena.athena.errors import QueryError, hive_failure
from infra.local_athena.athena.lexer import Cursor

Signature = dict[str, Any]  # Trino's typeSignature: rawType and arguments

PLAIN = {
    "boolean": "boolean",
    "tinyint": "tinyint",
    "smallint": "smallint",
    "int": "integer",
    "integer": "integer",
    "bigint": "bigint",
    "float": "real",
    "double": "double",
    "string": "varchar",
    "date": "date",
    "binary": "varbinary",
}
UNBOUNDED = 2_147_483_646
OTHER_TIMESTAMP = re.compile(r"timestamp\((?!6\))(\d+)\)")


def hive_type_at(cursor: Cursor) -> str:
    """Read a Hive type, in Glue's spelling; a parse failure for anything else."""
    name = cursor.name()
    if name == "array":
        cursor.expect("<")
        inner = hive_type_at(cursor)
        cursor.expect(">")
        return f"array<{inner}>"
    if name == "map":
        cursor.expect("<")
        key = hive_type_at(cursor)
        cursor.expect(",")
        value = hive_type_at(cursor)
        cursor.expect(">")
        return f"map<{key},{value}>"
    if name == "struct":
        cursor.expect("<")
        fields = []
        while not fields or cursor.accept(","):
            field = cursor.name()
            cursor.expect(":")
            fields.append(f"{field}:{hive_type_at(cursor)}")
        cursor.expect(">")
        return f"struct<{','.join(fields)}>"
    if name in ("decimal", "varchar", "char"):
        if not cursor.accept("("):
            return {"decimal": "decimal(10,0)"}.get(name, name)
        numbers = [cursor.take().text]
        while cursor.accept(","):
            numbers.append(cursor.take().text)
        cursor.expect(")")
        return f"{name}({','.join(numbers)})"
    if name in PLAIN or name == "timestamp":
        return "int" if name == "integer" else name
    raise hive_failure(f"ParseException cannot recognize the type '{name}'")


def trino_type(hive: str) -> str:
    """A Glue type in Trino's words, for an Iceberg table: timestamps of 6 digits, which is all that Iceberg has."""
    return _trino_type_at(Cursor(hive))


def _trino_type_at(cursor: Cursor) -> str:
    start = cursor.at
    name = cursor.name()
    if name == "array" and cursor.accept("<"):
        inner = _trino_type_at(cursor)
        cursor.expect(">")
        return f"array({inner})"
    if name == "map" and cursor.accept("<"):
        key = _trino_type_at(cursor)
        cursor.expect(",")
        value = _trino_type_at(cursor)
        cursor.expect(">")
        return f"map({key}, {value})"
    if name == "struct" and cursor.accept("<"):
        fields = []
        while not fields or cursor.accept(","):
            field = cursor.name()
            cursor.expect(":")
            fields.append(f'"{field}" {_trino_type_at(cursor)}')
        cursor.expect(">")
        return f"row({', '.join(fields)})"
    if name == "timestamp":
        return "timestamp(6)"
    if name in PLAIN:
        return PLAIN[name]
    cursor.at = start
    return hive_type_at(cursor)


def glue_type(signature: Signature) -> str:
    """A result column's type as Glue stores it."""
    raw, arguments = signature["rawType"], [argument["value"] for argument in signature.get("arguments", [])]
    if raw == "array":
        return f"array<{glue_type(arguments[0])}>"
    if raw == "map":
        return f"map<{glue_type(arguments[0])},{glue_type(arguments[1])}>"
    if raw == "row":
        fields = (f"{field_name(field, at)}:{glue_type(field['typeSignature'])}" for at, field in enumerate(arguments))
        return f"struct<{','.join(fields)}>"
    if raw == "decimal":
        return f"decimal({arguments[0]},{arguments[1]})"
    if raw == "varchar":
        return "string" if not arguments or arguments[0] >= UNBOUNDED else f"varchar({arguments[0]})"
    if raw == "char":
        return f"char({arguments[0]})"
    return {"integer": "int", "real": "float", "varbinary": "binary"}.get(raw, raw)


def field_name(argument: dict[str, Any], position: int) -> str:
    """The name of a row's field; Trino's name for one that has none."""
    return (argument.get("fieldName") or {}).get("name", f"field{position}")


def refuse_other_timestamps(columns: list[dict[str, Any]]) -> None:
    """An Iceberg table of Athena holds timestamps of 6 digits; Trino would widen others in silence."""
    for column in columns:
        if other := OTHER_TIMESTAMP.search(column["type"]):
            raise QueryError("NOT_SUPPORTED", f'Timestamp precision ({other[1]}) not supported for Iceberg. Use "timestamp(6)" instead.')
