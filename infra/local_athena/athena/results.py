"""Results as Athena gives them: text cells, column descriptions, and the files in the output location."""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from infra.local_athena.athena.types import Signature, field_name

Column = dict[str, Any]
Row = list[str | None]

TEN_MILLION = 1e7
THOUSANDTH = 1e-3
LARGEST_PRECISION = 2_147_483_647
CELL = re.compile(r'(?:^|,)(?:"((?:[^"]|"")*)")?')


def text_rows(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    """Trino's values as Athena's texts; what is a text already, as most cells of a comparison are, is passed on."""
    signatures = [column["typeSignature"] for column in columns]
    others = [(at, signature) for at, signature in enumerate(signatures) if signature["rawType"] not in ("varchar", "char")]
    for row in rows:
        texts = list(row)
        for at, signature in others:
            texts[at] = text(texts[at], signature)
        yield texts


def text(value: Any, signature: Signature) -> str | None:
    """One value as Athena's API and result file show it; None for null."""
    if value is None:
        return None
    kind, arguments = signature["rawType"], signature.get("arguments", [])
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "varbinary":
        return base64.b64decode(value).hex(" ")
    if kind in ("double", "real"):
        return _floating(value)
    if kind == "array":
        return f"[{', '.join(_nested(item, arguments[0]['value']) for item in value)}]"
    if kind == "map":
        return f"{{{', '.join(_entry(key, item, arguments) for key, item in value.items())}}}"
    if kind == "row":
        fields = zip(value, (argument["value"] for argument in arguments), strict=True)
        named = (f"{field_name(field, at)}={_nested(item, field['typeSignature'])}" for at, (item, field) in enumerate(fields))
        return f"{{{', '.join(named)}}}"
    return str(value)


def column_info(column: Column) -> dict[str, Any]:
    """The API's description of a column."""
    signature = column["typeSignature"]
    kind = signature["rawType"]
    numbers = [argument["value"] for argument in signature.get("arguments", []) if argument["kind"] == "LONG"]
    precision, scale = [*numbers, 0, 0][:2] if kind == "decimal" else (numbers[0] if numbers else 0, 0)
    return described(
        column["name"],
        "float" if kind == "real" else kind,
        min(precision, LARGEST_PRECISION),
        scale,
        case_sensitive=kind in ("varchar", "char"),
    )


def described(name: str, kind: str = "string", precision: int = 0, scale: int = 0, *, case_sensitive: bool = False) -> dict[str, Any]:
    """A column's description in the API's form."""
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": case_sensitive,
    }


def write_csv(file: Path, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Write the result file: the names, then the rows; every value quoted, null as nothing, so that it differs from an empty text."""
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        for row in chain((names,), rows):
            lines.write(",".join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in row) + "\n")


def read_csv(file: Path, offset: int, count: int) -> tuple[list[Row], int | None]:
    """Rows of such a file from the byte on where one begins, and where the next begins, None at the end; ValueError for another byte."""
    with file.open("rb") as lines:
        if offset:
            lines.seek(offset - 1)
            if lines.read(1) != b"\n":
                raise ValueError(offset)
        rows = [_cells(line) for line in islice(_records(lines), count)]
        following = lines.tell()
        return rows, following if lines.read(1) else None


def _records(lines: BinaryIO) -> Iterator[str]:
    """The file's records: a line, or more where a cell holds line breaks."""
    while record := lines.readline():
        while record.count(b'"') % 2:
            record += lines.readline()
        yield record[:-1].decode()


def _cells(record: str) -> Row:
    return [None if found[1] is None else found[1].replace('""', '"') for found in CELL.finditer(record)]


def as_text(rows: Iterable[Row]) -> bytes:
    """The result file of a DDL statement: tab-separated lines without a header."""
    return "".join("\t".join(cell or "" for cell in row) + "\n" for row in rows).encode()


def _entry(key: str, value: Any, arguments: Sequence[dict[str, Any]]) -> str:
    kind = arguments[0]["value"]
    # Trino's protocol writes a map's keys as JSON names, so a boolean comes as a text
    return f"{_nested(key == 'true' if kind['rawType'] == 'boolean' else key, kind)}={_nested(value, arguments[1]['value'])}"


def _nested(value: Any, signature: Signature) -> str:
    shown = text(value, signature)
    return "null" if shown is None else shown


def _floating(value: float | str) -> str:
    """As Java prints a double: plain from a thousandth to ten million, with an exponent outside."""
    if isinstance(value, str):  # NaN, Infinity, or a map's key
        return value
    if value == 0 or THOUSANDTH <= abs(value) < TEN_MILLION:
        return repr(float(value))
    digits = Decimal(repr(float(value))).normalize()
    figures = "".join(map(str, digits.as_tuple().digits))
    return f"{'-' if value < 0 else ''}{figures[0]}.{figures[1:] or '0'}E{digits.adjusted()}"
