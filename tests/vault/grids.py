"""Small tables as text, read by what their columns are called.

    product_hk | brand | load_date
    a          | P&G   | 3
    b          | null  | 2020-01-03 00:00:00.000001

`…_hk` and `…hashdiff…` hold the hash of what is written (0: the zero key), `…_date` and `effective_from` moments (a number is
a day of January 2020, `open` the end of time, `ghost` 1900), `…_day` days, `…_number` integers, `is_…` flags, everything else
text. `null` is a null, and quotes keep blanks: `'  '`.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

OPEN = datetime(9999, 12, 31, 23, 59, 59, 999999)
GHOST = datetime(1900, 1, 1)
TYPES = {"hash": "varbinary", "moment": "timestamp(6)", "number": "integer", "text": "varchar", "flag": "boolean", "day": "date"}


@dataclass(frozen=True)
class Hashing:
    """How a project hashes: algorithm, and whether keys are bytes or text."""

    algorithm: str = "md5"
    form: str = "binary"

    def text(self, content: str) -> str:
        """The canonical text of a hash."""
        digest = hashlib.new(self.algorithm, content.encode())
        return "0" * digest.digest_size * 2 if content == "0" else digest.hexdigest().upper()


DEFAULT_HASHING = Hashing()


@dataclass(frozen=True)
class Grid:
    """Column names and rows of Python values, a hash as its canonical text."""

    columns: list[str]
    rows: list[tuple[Any, ...]] = field(default_factory=list)


def kind(column: str) -> str:
    """hash, moment, day, flag, number or text."""
    name = column.lower()
    if name.endswith(("_hk", "_pk")) or "hashdiff" in name:
        return "hash"
    if name.endswith(("_date", "_ldts")) or name == "effective_from":
        return "moment"
    if name.endswith("_day"):
        return "day"
    if name.startswith("is_"):
        return "flag"
    return "number" if name.endswith("_number") else "text"


def read(text: str, hashing: Hashing) -> Grid:
    """A grid from its text; the first line names the columns."""
    head, *lines = [line for line in text.strip("\n").splitlines() if line.strip()]
    columns = [cell.strip() for cell in head.split("|")]
    return Grid(columns, [_row(line, columns, hashing) for line in lines])


def _row(line: str, columns: list[str], hashing: Hashing) -> tuple[Any, ...]:
    # A double bar is no border: it is the delimiter of what is hashed.
    cells = [cell.strip().replace("\0", "||") for cell in line.replace("||", "\0").split("|")]
    assert len(cells) == len(columns), line
    return tuple(_value(cell, kind(column), hashing) for cell, column in zip(cells, columns, strict=True))


def _value(cell: str, of: str, hashing: Hashing) -> Any:
    if cell == "null":
        return None
    if len(cell) > 1 and cell[0] == cell[-1] == "'":
        cell = cell[1:-1].encode().decode("unicode_escape").encode("latin-1").decode() if "\\" in cell else cell[1:-1]
    if of == "hash":
        return hashing.text(cell)
    if of == "moment":
        return _moment(cell)
    if of == "day":
        return _moment(cell).date()
    if of == "flag":
        return cell == "True"
    return int(cell) if of == "number" else cell


def _moment(cell: str) -> datetime:
    named = {"open": OPEN, "ghost": GHOST}
    if cell in named:
        return named[cell]
    return datetime(2019, 12, 31) + timedelta(days=int(cell)) if cell.isdigit() else datetime.fromisoformat(cell)


def literal(value: Any, of: str, hashing: Hashing, unhex: str) -> str:
    """A value in SQL, of its type."""
    if value is None:
        return f"cast(null as {sql_type(of, hashing)})"
    if of == "hash":
        return f"{unhex}('{value}')" if hashing.form == "binary" else f"cast('{value}' as varchar)"
    if of == "moment":
        return f"cast(timestamp '{value:%Y-%m-%d %H:%M:%S.%f}' as timestamp(6))"
    if of == "day":
        return f"date '{value:%Y-%m-%d}'"
    return str(value) if of == "number" else "cast('{}' as varchar)".format(value.replace("'", "''"))


def sql_type(of: str, hashing: Hashing) -> str:
    return "varchar" if of == "hash" and hashing.form == "hex" else TYPES[of]


def comparable(rows: list[tuple[Any, ...]], columns: list[str]) -> list[tuple[Any, ...]]:
    """Rows as a database gave them, in the form of a grid's, in an order of their own."""
    return in_order([tuple(_comparable(value, kind(column)) for value, column in zip(row, columns, strict=True)) for row in rows])


def _comparable(value: Any, of: str) -> Any:
    return bytes(value).hex().upper() if of == "hash" and isinstance(value, bytes | bytearray | memoryview) else value


def in_order(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=repr)
