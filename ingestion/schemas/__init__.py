"""Column contracts: what each source has promised to deliver, one YAML file a system, the only place where raw's columns are listed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from ingestion.errors import UserError

FROZEN = {"tables": "evolve", "columns": "freeze", "data_type": "freeze"}
ARROW = {"bigint": pa.int64(), "varchar": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us")}
DLT = {"bigint": "bigint", "varchar": "text", "date": "date", "timestamp": "timestamp"}


@dataclass(frozen=True)
class Column:
    """A promised column; `type` is spelled as in DuckDB."""

    name: str
    type: str
    required: bool

    @property
    def decimal(self) -> tuple[int, int] | None:
        """Precision and scale of a decimal."""
        match = re.fullmatch(r"decimal\((\d+),(\d+)\)", self.type)
        return (int(match[1]), int(match[2])) if match else None

    @property
    def arrow(self) -> pa.DataType:
        return pa.decimal128(*self.decimal) if self.decimal else ARROW[self.type]

    @property
    def hint(self) -> dict[str, Any]:
        """dlt's column; nullable, because `not null` is checked here and would make dlt rewrite every imported file."""
        hint: dict[str, Any] = {"name": self.name, "nullable": True}
        if self.decimal:
            precision, scale = self.decimal
            return hint | {"data_type": "decimal", "precision": precision, "scale": scale}
        naive = {"timezone": False, "precision": 6} if self.type == "timestamp" else {}
        return hint | {"data_type": DLT[self.type]} | naive


@dataclass(frozen=True)
class Contract:
    """The promised columns of one resource, named `source.resource`."""

    name: str
    columns: tuple[Column, ...]

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([(column.name, column.arrow) for column in self.columns])

    @property
    def hints(self) -> dict[str, dict[str, Any]]:
        """For a resource's `columns`."""
        return {column.name: column.hint for column in self.columns}

    def check(self, found: Mapping[str, str]) -> None:
        """Compare with the types that the source has now, by column; UserError that names every drift."""
        promised = {column.name: column.type for column in self.columns}
        drifts = [f"{name} is gone (was {promised[name]})" for name in promised if name not in found]
        drifts += [f"{name} ({found[name]}) is new" for name in found if name not in promised]
        drifts += [
            f"{name} was {promised[name]} and is now {found[name]}" for name in found if promised.get(name, found[name]) != found[name]
        ]
        if drifts:
            raise self.broken("; ".join(drifts))

    def check_file(self, path: Path) -> int:
        """Compare with a Parquet file's schema and null counts, read from its footer; gives its number of rows."""
        with pq.ParquetFile(path) as file:
            self.check({field.name: type_name(field.type) for field in file.schema_arrow})
            groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
            for position, field in enumerate(file.schema_arrow):
                nulls = sum(group.column(position).statistics.null_count for group in groups if group.column(position).statistics)
                self.check_nulls(field.name, nulls)
            return file.metadata.num_rows

    def check_nulls(self, name: str, nulls: int) -> None:
        """UserError when a column that is promised to be `not null` has nulls."""
        if nulls and any(column.required for column in self.columns if column.name == name):
            raise self.broken(f"{name} was not null and is now null in {nulls:,} row{'s' if nulls > 1 else ''}")

    def broken(self, drift: str) -> UserError:
        source = self.name.split(".")[0]
        return UserError(
            f"{self.name} no longer keeps its contract: {drift}. Agree on the change with the source's owner, "
            f"then change ingestion/schemas/{source}.yaml and the staging model, and load again."
        )


def type_name(arrow: pa.DataType) -> str:
    """The contract's name of an Arrow type; widths of integers and strings are one."""
    if pa.types.is_integer(arrow):
        return "bigint"
    if pa.types.is_string(arrow) or pa.types.is_large_string(arrow):
        return "varchar"
    if pa.types.is_decimal(arrow):
        return f"decimal({arrow.precision},{arrow.scale})"
    if pa.types.is_date(arrow):
        return "date"
    if pa.types.is_timestamp(arrow) and arrow.tz is None:
        return "timestamp"
    return str(arrow)


@cache
def contracts(source: str) -> dict[str, Contract]:
    """The contracts of a source (`pos`, `loyalty`, `promotions`) by resource, in the order of its file."""
    resources = yaml.safe_load((Path(__file__).parent / f"{source}.yaml").read_text())
    return {
        resource: Contract(
            f"{source}.{resource}",
            tuple(Column(name, spec.removesuffix(" not null"), spec.endswith(" not null")) for name, spec in columns.items()),
        )
        for resource, columns in resources.items()
    }
