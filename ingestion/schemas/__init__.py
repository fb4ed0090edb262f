"""Column contracts: what each source has promised to deliver, one YAML file a system, the only place where raw's columns are listed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import yaml

from ingestion.errors import UserError

FROZEN = {"tables": "evolve", "columns": "freeze", "data_type": "freeze"}
# What a contract may say of each kind of drift, in dlt's words; the first is meant when it says nothing.
MODES = {
    "new_column": ("freeze", "evolve", "discard_value"),
    "missing_column": ("freeze", "evolve"),
    "data_type": ("freeze", "discard_row", "discard_value"),
    "nullable": ("freeze", "evolve", "discard_row"),
}
FREEZE = {kind: modes[0] for kind, modes in MODES.items()}
ON_DRIFT = "on_drift"
INTEGERS = {"smallint": 16, "integer": 32, "bigint": 64}
ARROW = {
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "varchar": pa.string(),
    "uuid": pa.string(),
    "json": pa.string(),
    "blob": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
}
DLT: dict[str, dict[str, Any]] = {
    "smallint": {"data_type": "bigint", "precision": 16},
    "integer": {"data_type": "bigint", "precision": 32},
    "bigint": {"data_type": "bigint"},
    "double": {"data_type": "double"},
    "boolean": {"data_type": "bool"},
    "varchar": {"data_type": "text"},
    "uuid": {"data_type": "text"},
    "json": {"data_type": "json"},
    "blob": {"data_type": "binary"},
    "date": {"data_type": "date"},
    "timestamp": {"data_type": "timestamp", "timezone": False, "precision": 6},
    "timestamptz": {"data_type": "timestamp", "timezone": True, "precision": 6},
    "time": {"data_type": "time"},
}


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
    def stored(self) -> str:
        """The type in dlt's words: it has no arrays but JSON."""
        return "json" if self.type.endswith("[]") else self.type

    @property
    def arrow(self) -> pa.DataType:
        return pa.decimal128(*self.decimal) if self.decimal else ARROW[self.stored]

    @property
    def hint(self) -> dict[str, Any]:
        """dlt's column; nullable, because `not null` is checked here and would make dlt rewrite every imported file."""
        hint: dict[str, Any] = {"name": self.name, "nullable": True}
        if self.decimal:
            precision, scale = self.decimal
            return hint | {"data_type": "decimal", "precision": precision, "scale": scale}
        return hint | DLT[self.stored]


@dataclass(frozen=True)
class Drift:
    """A column that is not what was promised: a new one has no `promised` type, a missing one none that was `found`."""

    column: str
    promised: str | None
    found: str | None
    mode: str

    def __str__(self) -> str:
        if self.promised is None:
            return f"{self.column} ({self.found}) is new"
        if self.found is None:
            return f"{self.column} is gone (was {self.promised})"
        return f"{self.column} was {self.promised} and is now {self.found}"


@dataclass(frozen=True)
class Contract:
    """The promised columns of one resource, named `source.resource`, what a drift does (`MODES`), and where its rows are being read."""

    name: str
    columns: tuple[Column, ...]
    on_drift: Mapping[str, str] = field(default_factory=lambda: FREEZE)
    where: str = ""

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([(column.name, column.arrow) for column in self.columns])

    @property
    def hints(self) -> dict[str, dict[str, Any]]:
        """For a resource's `columns`."""
        return {column.name: column.hint for column in self.columns}

    def type_of(self, name: str) -> str | None:
        """The promised type of a column."""
        return next((column.type for column in self.columns if column.name == name), None)

    @property
    def required(self) -> list[str]:
        """The columns that are promised to be `not null`."""
        return [column.name for column in self.columns if column.required]

    @property
    def discards_rows(self) -> bool:
        """Whether raw may hold fewer rows than the source."""
        return "discard_row" in self.on_drift.values()

    def at(self, where: str) -> Self:
        """The same contract for a table, a file or a page, which its messages name."""
        return replace(self, where=where)

    def drifts(self, found: Mapping[str, str]) -> list[Drift]:
        """What differs from the types that the source has now, by column: what is gone first, then what is new, then what is retyped."""
        promised = {column.name: column.type for column in self.columns}
        found = {name: widened(kind, promised.get(name)) for name, kind in found.items()}
        gone = [Drift(name, promised[name], None, self.on_drift["missing_column"]) for name in promised if name not in found]
        new = [Drift(name, None, found[name], self.on_drift["new_column"]) for name in found if name not in promised]
        retyped = [
            Drift(name, promised[name], found[name], self.on_drift["data_type"])
            for name in found
            if promised.get(name, found[name]) != found[name]
        ]
        return gone + new + retyped

    def check(self, found: Mapping[str, str]) -> list[Drift]:
        """The drifts that the contract lets pass; UserError that names those that it does not."""
        drifts = self.drifts(found)
        if frozen := [str(drift) for drift in drifts if drift.mode == "freeze"]:
            raise self.broken("; ".join(frozen + [f"perhaps renamed from {old} to {new}" for old, new in renamed(drifts).items()]))
        return drifts

    def check_nulls(self, name: str, nulls: int) -> None:
        """UserError when a column that is promised to be `not null` has nulls, and the contract does not let them pass."""
        if nulls and name in self.required and self.on_drift["nullable"] == "freeze":
            raise self.broken(f"{name} was not null and is now null in {number_of(nulls, 'row')}")

    def broken(self, drift: str) -> UserError:
        agree = f"It was found in {self.where}: agree" if self.where else "Agree"
        return UserError(
            f"{self.name} no longer keeps its contract: {drift}. {agree} on the change with the source's owner, "
            f"then change {self.file} and the staging model, and load again."
        )

    @property
    def file(self) -> str:
        """Where the contract is written."""
        return f"ingestion/schemas/{self.name.split('.')[0]}.yaml"


def renamed(drifts: Sequence[Drift]) -> dict[str, str]:
    """Old and new names of columns that may be one and the same: a single one is gone, and a single one of its type is new."""
    gone = [drift for drift in drifts if drift.found is None]
    new = [drift for drift in drifts if drift.promised is None]
    return {
        old.column: same[0].column
        for old in gone
        if len(same := [drift for drift in new if drift.found == old.promised]) == 1
        and sum(other.promised == old.promised for other in gone) == 1
    }


def number_of(number: int, thing: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def widened(found: str, promised: str | None) -> str:
    """The promised type where it is an integer of more bits than the one that was found, because nothing is lost; else what was found."""
    return promised if promised and INTEGERS.get(found, 64) < INTEGERS.get(promised, 0) else found


def named(arrow: pa.DataType, promised: Column | None) -> str:
    """The contract's name of a file's type: the promised one where its values are kept as this type."""
    name = type_name(arrow)
    return promised.type if promised and type_name(promised.arrow) == name else name


def type_name(arrow: pa.DataType) -> str:
    """The contract's name of an Arrow type; widths of strings, and of integers without a name, are one."""
    if pa.types.is_decimal(arrow):
        return f"decimal({arrow.precision},{arrow.scale})"
    if pa.types.is_large_string(arrow):
        return "varchar"
    if pa.types.is_timestamp(arrow) and arrow.tz:
        return "timestamptz"
    exact = next((name for name, known in ARROW.items() if known == arrow), None)
    if exact is None and pa.types.is_timestamp(arrow):
        return "timestamp"
    return exact or ("bigint" if pa.types.is_integer(arrow) else "date" if pa.types.is_date(arrow) else str(arrow))


@cache
def contracts(source: str) -> dict[str, Contract]:
    """The contracts of a source (`pos`, `loyalty`, `promotions`) by resource, in the order of its file."""
    return parsed(source, (Path(__file__).parent / f"{source}.yaml").read_text())


def parsed(source: str, text: str) -> dict[str, Contract]:
    """The contracts that a YAML file's text holds; UserError for a mode that there is not."""
    resources = yaml.safe_load(text)
    of_source = resources.pop(ON_DRIFT, {})
    return {name: _contract(f"{source}.{name}", of_source, columns) for name, columns in resources.items()}


def _contract(name: str, of_source: Mapping[str, str], columns: Mapping[str, Any]) -> Contract:
    on_drift = {**of_source, **columns.get(ON_DRIFT, {})}
    promised = (
        Column(column, spec.removesuffix(" not null"), spec.endswith(" not null")) for column, spec in columns.items() if column != ON_DRIFT
    )
    contract = Contract(name, tuple(promised), FREEZE | on_drift)
    for kind, mode in on_drift.items():
        if mode not in MODES.get(kind, ()):
            known = "; ".join(f"{kind}: {', '.join(modes)}" for kind, modes in MODES.items())
            raise UserError(f"{contract.file} says {kind}: {mode} for {name}, which is no mode of a contract: choose of {known}.")
    return contract
