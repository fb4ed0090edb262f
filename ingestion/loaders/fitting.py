"""Rows of a source that drifted, made to keep their contract as far as it lets them: the one place where rows or values are left out.

Rows that keep their contract pass untouched. The others become the promised columns in two steps: a projection casts, by SQL where DuckDB
reads the source, and marks in a column of its own what does not fit; `Fit.settled` then counts, tells and leaves out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dlt
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from dlt.common.normalizers.naming.snake_case import NamingConvention

from ingestion import console
from ingestion.loaders import counted
from ingestion.schemas import FROZEN, Contract, Drift, named, number_of

EVOLVING = FROZEN | {"columns": "evolve"}
NAMING = NamingConvention()  # dlt's, by which raw's columns are named; it does not rename those of a file that it imports
EXACT = "decimal(38,10)"  # in which numbers are compared: casts to narrower ones round
OFFSET = r"\d:\d\d.*([+-]|Z)"  # which a cast of text to a timestamp would drop


@dataclass(frozen=True)
class Fitted:
    """A Parquet file that raw takes as it is."""

    path: Path
    rows: int
    schema: pa.Schema


class Fit:
    """How rows with the columns that were found become rows of raw; UserError for a drift at which the contract stops the load."""

    def __init__(self, contract: Contract, found: Mapping[str, str]) -> None:
        self.contract = contract
        self.drifts = {drift.column: drift for drift in contract.check(found)}
        evolving = (drift for drift in self.drifts.values() if drift.promised is None and drift.mode == "evolve")
        self._evolved = [drift for drift in evolving if drift.found != "null"]  # a page without a value tells no type
        self._unfit = [drift for drift in self.drifts.values() if drift.found is not None and drift.mode != "evolve"]

    @property
    def projection(self) -> str:
        """The select list, on the source's columns, of what `settled` takes."""
        cells = [f"{self._value(column.name, column.type)} as {quoted(column.name)}" for column in self.contract.columns]
        cells += [quoted(drift.column) for drift in self._evolved]
        cells += [f"{_misfit(drift)} as {quoted(mark(drift.column))}" for drift in self._unfit]
        return ", ".join(cells)

    def _value(self, name: str, kind: str) -> str:
        drift = self.drifts.get(name)
        if drift is None:
            return stored(quoted(name), kind)
        if drift.found is None:
            return stored("null", kind)
        return stored(f"case when {_fits(drift)} then try_cast({_text(drift)} as {kind}) end", kind)

    def keeps(self, nulls: Mapping[str, int]) -> bool:
        """Whether the rows are what was promised, given how many nulls each column has."""
        return not self.drifts and not any(nulls.get(name) for name in self.contract.required)

    def settled(self, rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
        """The projected rows without what the contract leaves out, which is counted and told; UserError for nulls that it forbids."""
        unfit = counts(rows, {drift.column: quoted(mark(drift.column)) for drift in self._unfit})
        staying = without(rows, [quoted(mark(drift.column)) for drift in self._unfit if drift.mode == "discard_row"])
        nulls = counts(staying, {name: f"{quoted(name)} is null" for name in self.contract.required})
        for name, number in nulls.items():
            self.contract.check_nulls(name, number)
        leaves = self.contract.on_drift["nullable"] == "discard_row"
        staying = without(staying, [f"{quoted(name)} is null" for name in nulls if leaves])
        for drift in self.drifts.values():
            self._tell(f"{drift}; {_fate(drift, unfit.get(drift.column, 0))}")
        for name, number in nulls.items():
            if number:
                self._tell(f"{name} was not null and is now null in {number_of(number, 'row')}; {'left out' if leaves else 'raw takes it'}")
        values = sum(unfit[drift.column] for drift in self._unfit if drift.mode == "discard_value")
        counted("rejected", values + len(rows) - len(staying))
        if self._evolved:
            dlt.current.source().resources[self.contract.name.partition(".")[2]].apply_hints(schema_contract=EVOLVING)
        names = {column.name: column.name for column in self.contract.columns}
        names |= {drift.column: NAMING.normalize_identifier(drift.column) for drift in self._evolved}
        return staying.project(", ".join(f"{quoted(source)} as {quoted(raw)}" for source, raw in names.items()))

    def settled_file(self, file: Path, folder: Path, projection: str = "*") -> Fitted:
        """The file itself when its rows are what was promised, else a copy in `folder` that `settled` has gone over."""
        with pq.ParquetFile(file) as parquet:
            if self.keeps(nulls_of(parquet)):
                return Fitted(file, parquet.metadata.num_rows, self.contract.arrow)
        copy = folder / f"fitted-{file.name}"
        with duckdb.connect() as connection:
            self.settled(connection.read_parquet(str(file)).project(projection)).write_parquet(str(copy))
        with pq.ParquetFile(copy) as parquet:
            return Fitted(copy, parquet.metadata.num_rows, parquet.schema_arrow)

    def settled_table(self, table: pa.Table) -> pa.Table:
        """The same for rows in memory."""
        if self.keeps({name: table[name].null_count for name in self.contract.required if name in table.column_names}):
            return table
        with duckdb.connect() as connection:
            return self.settled(connection.from_arrow(table)).to_arrow_table()

    def _tell(self, what: str) -> None:
        place = f" in {self.contract.where}" if self.contract.where else ""
        console.stderr().print(f"{self.contract.name}: {what}{place}, as {self.contract.file} says.", soft_wrap=True, markup=False)


def stored(value: str, kind: str) -> str:
    """A value in SQL as the promised type, as the file holds that: what dlt does not know is text, an array is JSON."""
    typed = f"to_json(cast({value} as {kind}))" if kind.endswith("[]") else f"cast({value} as {kind})"
    return f"cast({typed} as varchar)" if kind.endswith("[]") or kind in ("uuid", "json") else typed


def fitted(contract: Contract, file: Path, folder: Path) -> Fitted:
    """A Parquet file of a source, or a copy in `folder` that keeps the contract; UserError when there can be none."""
    return (fit := Fit(contract, types_of(file, contract))).settled_file(file, folder, fit.projection)


def types_of(file: Path, contract: Contract) -> dict[str, str]:
    """A Parquet file's columns with their types in the contract's words."""
    promised = {column.name: column for column in contract.columns}
    return {field.name: named(field.type, promised.get(field.name)) for field in pq.read_schema(file)}


def nulls_of(file: pq.ParquetFile) -> dict[str, int]:
    """How many nulls each column has, from the footer."""
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    return {
        field.name: sum(group.column(position).statistics.null_count for group in groups if group.column(position).statistics)
        for position, field in enumerate(file.schema_arrow)
    }


def quoted(name: str) -> str:
    """A column's name in SQL; new ones are the source's and may be spelled in any way."""
    return '"' + name.replace('"', '""') + '"'


def mark(name: str) -> str:
    """The column that is true where a value of the column `name` does not fit."""
    return f"{name} does not fit"


def _misfit(drift: Drift) -> str:
    return f"{quoted(drift.column)} is not null" + (f" and not coalesce({_fits(drift)}, false)" if drift.promised else "")


def _text(drift: Drift) -> str:
    """A value as text, a moment with its time zone as naive UTC."""
    value = quoted(drift.column)
    return f"cast({f'''timezone('UTC', {value})''' if drift.found == 'timestamptz' else value} as varchar)"


def _fits(drift: Drift) -> str:
    """Whether the promised type holds a value without loss: a cast alone rounds 1.5 to 2 and cuts a moment to its day."""
    text, kind = _text(drift), drift.promised
    if kind == "bigint" or kind.startswith("decimal"):
        return f"try_cast({text} as {EXACT}) = try_cast({text} as {kind})"
    if kind in ("date", "timestamp"):
        return f"try_cast({text} as timestamp) = try_cast({text} as {kind}) and not regexp_matches({text}, '{OFFSET}')"
    return f"try_cast({text} as {kind}) is not null"


def _fate(drift: Drift, number: int) -> str:
    """What becomes of a drifted column's values, `number` of which do not fit."""
    if drift.found is None:
        return "it is null from now on"
    if drift.mode == "evolve":
        return "raw takes it"
    return f"{number_of(number, drift.mode.removeprefix('discard_'))} left out"


def counts(rows: duckdb.DuckDBPyRelation, conditions: Mapping[str, str]) -> dict[str, int]:
    """How many rows meet each condition."""
    if not conditions:
        return {}
    cells = ", ".join(f"count(*) filter ({condition})" for condition in conditions.values())
    return dict(zip(conditions, rows.aggregate(cells).fetchone(), strict=True))


def without(rows: duckdb.DuckDBPyRelation, conditions: list[str]) -> duckdb.DuckDBPyRelation:
    """The rows that meet none of the conditions."""
    return rows.filter(f"not ({' or '.join(conditions)})") if conditions else rows
