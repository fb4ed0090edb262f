"""A small source in a real database or in files: what it holds before and after a change, and how raw has to look then."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dlt
import duckdb
import sqlalchemy as sa
from dlt.sources.sql_database import sql_table

from ingestion import settings
from ingestion.loaders.duckdb_scanner import BACKEND, attached
from ingestion.pipelines import System
from ingestion.schemas import FROZEN, Column, Contract
from ingestion.sources import UPSERT, promotions

DISPOSITIONS = ("append", "replace", "upsert", "scd2", "files")
ROWS = 20_000
DATASET = "raw_shop"
CONTRACT = Contract(
    "shop.lines",
    (
        Column("id", "bigint", required=True),
        Column("version", "varchar", required=True),
        Column("amount", "decimal(12,2)", required=True),
        Column("created_at", "timestamp", required=True),
        Column("changed_at", "timestamp", required=True),
    ),
)
TABLE = """
    create table lines (
        id bigint not null primary key, version text not null, amount numeric(12, 2) not null,
        created_at timestamp not null, changed_at timestamp not null
    )
"""
NEW_ROWS = """
    insert into lines
    with recursive numbers(id) as (select :first union all select id + 1 from numbers where id < :last)
    select id, cast(id as text) || '-1', id * 7919 % 10007, '2017-01-01 00:00:00', '{moment}' from numbers
"""
CHANGES = "update lines set amount = amount + 1, version = cast(id as text) || '-2', changed_at = '2017-02-01 00:00:00' where id % 13 = 0"
DELETIONS = "delete from lines where id % 41 = 0"


@dataclass(frozen=True)
class Shop:
    """One way to load: the disposition (`append`, `replace`, `upsert`, `scd2`, `files`), and where the source is."""

    disposition: str
    place: str  # the URL of an empty database, or an empty folder

    @property
    def table(self) -> str:
        return f"{DATASET}.{'promotions' if self.disposition == 'files' else 'lines'}"

    @property
    def columns(self) -> str:
        contract = promotions.CONTRACT if self.disposition == "files" else CONTRACT
        return ", ".join(column.name for column in contract.columns)

    @property
    def fingerprint(self) -> str:
        """SQL: the rows of raw as one text, whatever their order; of a history also which versions hold."""
        history = ", _dlt_valid_to is null" if self.disposition == "scd2" else ""
        return f"{fingerprint(self.columns + history)} from {self.table}"

    def open(self) -> None:
        """The source as the first load finds it."""
        if self.disposition == "files":
            self._write_files(range(1, 7))
        else:
            self._execute(TABLE, (NEW_ROWS.format(moment="2017-01-01 00:00:00"), {"first": 1, "last": ROWS}))

    def change(self) -> None:
        """The source as the second load finds it: more rows, and where the disposition can tell, changed and deleted ones."""
        if self.disposition == "files":
            self._write_files(range(7, 12))
            return
        changes = [] if self.disposition == "append" else [CHANGES]
        deletions = [DELETIONS] if self.disposition in ("replace", "scd2") else []
        more = (NEW_ROWS.format(moment="2017-02-01 00:00:00"), {"first": ROWS + 1, "last": ROWS + 2_000})
        self._execute(*changes, *deletions, more)

    def held(self) -> str:
        """The fingerprint of what the source holds now."""
        if self.disposition == "files":
            with duckdb.connect() as connection:
                return connection.execute(f"{fingerprint(self.columns)} from '{self.place}/*.parquet'").fetchone()[0]
        casts = ", ".join(f"cast({column.name} as {column.type}) as {column.name}" for column in CONTRACT.columns)
        with attached(sa.make_url(self.place)) as connection:
            return connection.execute(f"{fingerprint(self.columns)} from (select {casts} from lines)").fetchone()[0]

    def system(self) -> System:
        """For `pipelines.run`."""
        source: Callable[[], Any] = (lambda: promotions.promotions(self.place)) if self.disposition == "files" else (lambda: shop(self))
        return System("shop", source, dict)

    def _execute(self, *statements: str | tuple[str, dict[str, int]]) -> None:
        engine = sa.create_engine(self.place)
        with engine.begin() as connection:
            for statement in statements:
                text, values = statement if isinstance(statement, tuple) else (statement, {})
                connection.execute(sa.text(text), values)
        engine.dispose()

    def _write_files(self, weeks: range) -> None:
        Path(self.place).mkdir(exist_ok=True)
        with closing(duckdb.connect()) as connection:
            for week in weeks:
                places = "'A' as display_location, '0' as mailer_location"
                rows = f"select range as product_id, range % 97 as store_id, {places}, {week}::bigint as week"
                connection.execute(f"copy ({rows} from range({ROWS // 6})) to '{self.place}/promotions_{week:02}.parquet'")


def fingerprint(columns: str) -> str:
    """A bag of rows as text: their number, and the sum of their hashes."""
    return f"select count(*) || ' rows, ' || coalesce(sum(cast(hash({columns}) as hugeint)), 0)"


@dlt.source(name="shop", schema_contract=FROZEN)
def shop(shop: Shop) -> Any:
    """The table by the project's own loader, the way that the disposition asks for."""
    ways: dict[str, dict[str, Any]] = {
        "append": {"write_disposition": "append", "incremental": dlt.sources.incremental("id", range_start="open")},
        "replace": {"write_disposition": "replace"},
        "upsert": {"write_disposition": UPSERT, "incremental": dlt.sources.incremental("changed_at", primary_key=())},
        "scd2": {"write_disposition": {"disposition": "merge", "strategy": "scd2", "row_version_column_name": "version"}},
    }
    resource = sql_table(
        credentials=shop.place,
        table="lines",
        backend=BACKEND,
        backend_kwargs={"contract": CONTRACT, "folder": settings.scratch_folder()},
        reflection_level="minimal",
        primary_key="id",
        **ways[shop.disposition],
    )
    resource.apply_hints(columns=CONTRACT.hints)
    return resource
