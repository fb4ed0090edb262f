"""Rows of JSON as Arrow tables of the columns that a contract promises."""

import json
from types import NoneType
from typing import Any

import pyarrow as pa

from ingestion.loaders.fitting import Fit, mark
from ingestion.schemas import Column, Contract, Drift, type_name

JSON_TYPES = {int: "bigint", float: "double", str: "varchar", bool: "boolean", list: "list", dict: "struct"}
SCALARS = ("bigint", "double", "varchar", "boolean")


def to_arrow(contract: Contract, rows: list[dict[str, Any]]) -> pa.Table:
    """The rows as raw takes them; UserError that names each drift at which the contract stops the load."""
    values = by_column(rows)
    arrays = typed(contract, values)
    fit = Fit(contract, found(values, arrays))
    for drift in fit.drifts.values():
        arrays |= drifted(drift, values.get(drift.column, [None] * len(rows)), contract)
    names = [*(column.name for column in contract.columns), *arrays]
    return fit.settled_table(pa.table({name: arrays[name] for name in names}))


def types_of(contract: Contract, rows: list[dict[str, Any]]) -> dict[str, str]:
    """The columns of rows with their types: the promised one where all values fit, else what they are."""
    values = by_column(rows)
    return found(values, typed(contract, values))


def by_column(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The values by column, null where a row does not have it."""
    return {name: [row.get(name) for row in rows] for name in dict.fromkeys(name for row in rows for name in row)}


def typed(contract: Contract, values: dict[str, list[Any]]) -> dict[str, pa.Array]:
    """The columns whose values all fit."""
    arrays = {column.name: to_array(values[column.name], column) for column in contract.columns if column.name in values}
    return {name: array for name, array in arrays.items() if array is not None}


def found(values: dict[str, list[Any]], arrays: dict[str, pa.Array]) -> dict[str, str]:
    return {name: type_name(arrays[name].type) if name in arrays else json_type(of_column) for name, of_column in values.items()}


def drifted(drift: Drift, values: list[Any], contract: Contract) -> dict[str, pa.Array]:
    """A drifted column as `Fit` takes it: its values as far as they fit, and a mark where they do not."""
    if drift.promised is None:
        return (
            {drift.column: untyped(values)} if drift.mode == "evolve" else {mark(drift.column): pa.array([v is not None for v in values])}
        )
    (column,) = (column for column in contract.columns if column.name == drift.column)
    single = [to_array([value], column) for value in values]
    fitting = pa.array([None if array is None else array[0].as_py() for array in single], column.arrow)
    return {drift.column: fitting} | ({mark(drift.column): pa.array([array is None for array in single])} if drift.found else {})


def to_array(values: list[Any], column: Column) -> pa.Array | None:
    """JSON values as the promised type, None when one does not fit: Arrow alone would cut 1.5 to 1 and write 7 as '7'."""
    if not {type(value) for value in values} <= {int if column.type == "bigint" else str, NoneType}:
        return None
    try:
        # days and moments are ISO 8601 strings, and a moment has its offset
        zoned = pa.timestamp("us", "UTC") if column.type == "timestamp" else column.arrow
        return pa.array(values).cast(zoned).cast(column.arrow)
    except pa.ArrowInvalid:
        return None


def untyped(values: list[Any]) -> pa.Array:
    """Values of a type that nobody promised; as JSON when they are of several types, or nested."""
    if json_type(values) in SCALARS:
        return pa.array(values)
    return pa.array([None if value is None else json.dumps(value) for value in values], pa.string())


def json_type(values: list[Any]) -> str:
    """What JSON values are, in the contract's words."""
    kinds = {type(value) for value in values} - {NoneType}
    return " or ".join(sorted(JSON_TYPES[kind] for kind in kinds)) or "null"
