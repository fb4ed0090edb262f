"""What can be asked and what is answered, without the engine: a client of the service needs no more, and starts faster."""

from dataclasses import dataclass
from datetime import date
from typing import Any

Value = str | int | float | bool
MAX_VALUES = 100
OPERATORS = {
    "eq": "{} = {}",
    "ne": "{} <> {}",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "gt": "{} > {}",
    "ge": "{} >= {}",
    "between": "{} between {} and {}",
    "in": "{} in ({})",
    "not_in": "{} not in ({})",
    "is_null": "{} is null",
    "is_not_null": "{} is not null",
}


@dataclass(frozen=True)
class Term:
    """A filter: a field or one of the query's metrics, an operator of `OPERATORS`, and its values."""

    field: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Query:
    """What is asked. `start` and `end` are days, both included; an order is a name of the query, `-` before it for the highest first."""

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    where: tuple[Term, ...] = ()
    order_by: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Column:
    """A column of the answer; `format` is that of its metric, empty for what it is grouped by."""

    name: str
    label: str
    format: str = ""


@dataclass(frozen=True)
class Answer:
    """Rows as tuples, in the columns' order; `more` says that the limit has cut some off."""

    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    more: bool
