"""Two builds of one project, cell for cell: a DuckDB file, and Athena as the environment names it.

The canonical form of a cell is its text on its own engine, for types that both engines write alike; moments with six digits. A double has
none and is refused: what people read is integers, decimals, text, days, moments and truth values.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import duckdb
from pyathena import connect
from pyathena.cursor import Cursor

from ingestion.errors import UserError
from ingestion.extensions import literal

CATALOG = "awsdatacatalog"
ROWS_AT_ONCE = 1_000_000

# DuckDB's type, and Athena's for the same column: docs/athena.md has the table.
TYPES = {"INTEGER": "integer", "BIGINT": "bigint", "VARCHAR": "varchar", "DATE": "date", "TIMESTAMP": "timestamp(6)", "BOOLEAN": "boolean"}


@dataclass(frozen=True)
class Relation:
    """A table or view of the project: its folder's schema, its name, the columns that identify a row, and those that are not compared.

    What is nested has no canonical text: a data test holds it to the relation that it was nested from, which is compared. What tells of
    the build or the load itself (meta.by_build) is another one on each engine.
    """

    schema: str
    name: str
    grain: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Comparison:
    """Rows and cells on DuckDB, cells that differ (all of a row that one side lacks), and what is wrong in words."""

    relation: Relation
    rows: int
    cells: int
    differing_cells: int
    complaints: tuple[str, ...]

    @property
    def equal(self) -> bool:
        return not self.complaints


def relations(manifest: dict[str, Any]) -> list[Relation]:
    """Every public model and every table of third normal form, but what tells of the build itself (meta.by_build)."""
    return sorted(
        (
            Relation(node["config"]["schema"], node["name"], tuple(node["config"]["meta"]["grain"]), _left_out(node))
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model"
            and (node["config"]["access"] == "public" or node["name"].startswith("nf3_"))
            and not node["config"]["meta"].get("by_build")
        ),
        key=str,
    )


def _left_out(node: dict[str, Any]) -> tuple[str, ...]:
    by_build = (name for name, column in node["columns"].items() if column["config"]["meta"].get("by_build"))
    return (*node["config"]["meta"].get("nested", ()), *by_build)


class Athena:
    """The other side, read by PyAthena; the SDK's standard variables say where it is."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._connection = connect(
            s3_staging_dir=os.environ["AISLE_ATHENA_RESULTS"],
            work_group=os.environ["AISLE_ATHENA_WORKGROUP"],
            poll_interval=float(os.environ.get("AISLE_ATHENA_POLL_SECONDS", "1")),
        )
        self._s3 = boto3.client("s3")

    def close(self) -> None:
        self._connection.close()

    def columns(self, schemas: set[str]) -> dict[str, dict[str, str]]:
        """Names and types of each relation's columns in the folders' schemas."""
        found: dict[str, dict[str, str]] = {}
        for schema in sorted(schemas):
            rows = self._run(
                "select table_name, column_name, data_type from information_schema.columns where table_schema = %(schema)s",
                {"schema": f"{self._prefix}_{schema}"},
            )
            for table, column, kind in rows.fetchall():
                found.setdefault(f"{schema}.{table}", {})[column] = kind
        return found

    def clock(self, relation: Relation) -> tuple[date, int | None]:
        """The day and the number of households that the build stands on; None is all of them."""
        return self._run(f"select as_of_date, household_count from {self._name(relation)}").fetchone()

    def cells(self, relation: Relation, columns: list[str], part: str, folder: Path) -> Path:
        """A CSV file of every cell's text; a null is an empty field, an empty text a quoted one."""
        texts = ", ".join(f'cast("{column}" as varchar) as "{column}"' for column in columns)
        done = self._run(f"select {texts} from {self._name(relation)} where {part}")
        bucket, _, key = done.output_location.removeprefix("s3://").partition("/")
        with (folder / "cells.csv").open("wb") as file:
            shutil.copyfileobj(self._s3.get_object(Bucket=bucket, Key=key)["Body"], file)
        self._s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key}, {"Key": f"{key}.metadata"}]}
        )  # all of the data is gigabytes
        return folder / "cells.csv"

    def _name(self, relation: Relation) -> str:
        return f'"{CATALOG}"."{self._prefix}_{relation.schema}"."{relation.name}"'

    def _run(self, sql: str, parameters: dict[str, str] | None = None) -> Cursor:
        return self._connection.cursor().execute(sql, parameters)


def compare(built: Path, prefix: str, wanted: list[Relation]) -> Iterator[Comparison]:
    """Each relation of the DuckDB file `built`, its raw file beside it, and the one on Athena under the schema prefix."""
    with duckdb.connect(str(built), read_only=True) as ours, closing(Athena(prefix)) as theirs:
        ours.execute(f"attach {literal(built.with_name('raw.duckdb'))} as raw (read_only)")  # a view of third normal form reads it
        check_clocks(ours, theirs)
        columns = theirs.columns({relation.schema for relation in wanted})
        for relation in wanted:
            yield _compare(ours, theirs, relation, columns.get(str(relation), {}))


def _compare(ours: duckdb.DuckDBPyConnection, theirs: Athena, relation: Relation, athena_columns: dict[str, str]) -> Comparison:
    columns = dict(ours.execute("select column_name, column_type from (describe from query_table(?))", [str(relation)]).fetchall())
    for column in relation.left_out:
        columns.pop(column)
        athena_columns.pop(column, None)
    rows = ours.execute(f"select count(*) from {relation}").fetchone()[0]
    complaints = type_differences(columns, athena_columns)
    if complaints:
        return Comparison(relation, rows, rows * len(columns), 0, tuple(complaints))
    differing: Counter[str] = Counter()
    for part in parts(columns, relation, rows):
        differing.update(_differing_cells(ours, theirs, relation, columns, part))
    complaints = [f"{cells:,} cells of {column} differ" for column, cells in differing.items() if cells]
    return Comparison(relation, rows, rows * len(columns), differing.total(), tuple(complaints))


def check_clocks(ours: duckdb.DuckDBPyConnection, theirs: Athena) -> None:
    """UserError when the two builds stand on other days or households: all of it would differ, and say nothing."""
    clock = Relation("staging", "stg_meta__clock", ())
    here = ours.execute(f"select as_of_date, household_count from {clock}").fetchone()
    there = theirs.clock(clock)
    if here != there:
        told = [f"the end of {day} with {'all' if number is None else f'{number:,}'} households" for day, number in (here, there)]
        raise UserError(f"DuckDB's build is of {told[0]}, Athena's of {told[1]}: load and build the same on both.")


def type_differences(columns: dict[str, str], athena_columns: dict[str, str]) -> list[str]:
    """What is wrong with Athena's names or types beside DuckDB's. Their order may differ: that of the contract on DuckDB."""
    if set(columns) != set(athena_columns):
        return [f"the columns are {', '.join(columns)} on DuckDB and {', '.join(athena_columns) or 'absent'} on Athena"]
    expected = {name: athena_type(kind) for name, kind in columns.items()}
    return [
        f"{name} is {columns[name]} on DuckDB and {found} on Athena" for name, found in athena_columns.items() if found != expected[name]
    ]


def athena_type(duckdb_type: str) -> str:
    """The type that a column has on Athena."""
    if duckdb_type.startswith("DECIMAL("):
        return duckdb_type.lower()
    return TYPES.get(duckdb_type, f"a type with a canonical form, which {duckdb_type} has not")


def parts(columns: dict[str, str], relation: Relation, rows: int) -> list[str]:
    """Conditions that divide a relation into parts of about a million rows, by an integer of its grain."""
    number = -(-rows // ROWS_AT_ONCE)
    integers = [column for column in relation.grain if columns[column] in ("INTEGER", "BIGINT")]
    if number <= 1 or not integers:
        return ["true"]
    return [f"abs(mod({integers[0]}, {number})) = {part}" for part in range(number)]


def _differing_cells(
    ours: duckdb.DuckDBPyConnection, theirs: Athena, relation: Relation, columns: dict[str, str], part: str
) -> dict[str, int]:
    """Differing cells by column; rows are matched by the grain, and one that a side lacks differs in every column."""
    with tempfile.TemporaryDirectory() as folder:
        file = theirs.cells(relation, list(columns), part, Path(folder))
        texts = ", ".join(f'{_text(column, kind)} as "{column}"' for column, kind in columns.items())
        match = " and ".join(f'ours."{column}" is not distinct from theirs."{column}"' for column in relation.grain)
        one_side = "ours.side is null or theirs.side is null"
        names = ", ".join(f"'{column}': 'varchar'" for column in columns)
        counts = ", ".join(
            f'count(*) filter ({one_side} or ours."{column}" is distinct from theirs."{column}") as "{column}"' for column in columns
        )
        found = ours.execute(
            f"""
            select {counts}
            from (select true as side, {texts} from {relation} where {part}) as ours
            full outer join (
                select true as side, *
                from read_csv(?, header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, quote = '"', escape = '"',
                    delim = ',', auto_detect = false, parallel = false, columns = {{{names}}})
            ) as theirs on {match}
            """,
            [str(file)],
        )
        return dict(zip(columns, found.fetchone(), strict=True))


def _text(column: str, kind: str) -> str:
    return f"""strftime("{column}", '%Y-%m-%d %H:%M:%S.%f')""" if kind == "TIMESTAMP" else f'cast("{column}" as varchar)'
