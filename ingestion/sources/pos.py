"""The till database: an append-only log of lines, and a catalogue that changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

import dlt
import pyarrow as pa
import sqlalchemy as sa
from dlt.extract import DltResource
from dlt.sources.sql_database import sql_table

from ingestion import settings
from ingestion.loaders import duckdb_scanner, types
from ingestion.loaders.duckdb_scanner import BACKEND, Snapshot, unreadable
from ingestion.raw_meta import RawKeys, SourceTotal
from ingestion.schemas import FROZEN, contracts
from ingestion.sources import UPSERT, Days

AMOUNTS = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
# How far behind the newest line a load looks for lines that were committed late: two to three days of the whole log.
LAG = 10_000


@dlt.source(name="pos", schema_contract=FROZEN)
def pos(till: "Till", days: Days | None = None) -> list[DltResource]:
    """The till's two tables, to be extracted within the till's snapshot; of some days only, when they are given."""
    return [transactions(till, days), products(till, days)]


def transactions(till: "Till", days: Days | None) -> DltResource:
    """One row a line of a receipt. The log is append-only; a row that raw has by its sequence never comes twice."""
    lag = LAG if till.raw_keys else None
    cursor = days.of("recorded_at") if days else dlt.sources.incremental("sequence", range_start="open", lag=lag)
    held = till.raw_keys and partial(till.raw_keys, "pos.transactions", "sequence", "recorded_at" if days else "sequence")
    return _table(till, "transactions", cursor, moment="recorded_at", held=held, primary_key="sequence", write_disposition="append")


def products(till: "Till", days: Days | None) -> DltResource:
    """One row a product. Several change at one moment, so the range is closed and rows of the last moment are read again."""
    cursor = days.of("updated_at") if days else dlt.sources.incremental("updated_at", primary_key=())
    return _table(till, "products", cursor, moment="updated_at", primary_key="product_id", write_disposition=UPSERT)


def _table(till: "Till", name: str, cursor: dlt.sources.incremental[Any], *, moment: str, held: Any = None, **hints: Any) -> DltResource:
    contract = contracts("pos")[name]
    kwargs = {"contract": contract, "folder": settings.scratch_folder(), "snapshot": till.now, "moment": moment, "held": held}
    try:
        resource = sql_table(
            credentials=till.url.render_as_string(hide_password=False),
            table=name,
            incremental=cursor,
            backend=BACKEND,
            backend_kwargs=kwargs,
            reflection_level="minimal",
            **hints,
        )
    except sa.exc.NoSuchTableError:
        raise contract.broken("the table is gone") from None
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        raise unreadable(till.url, getattr(error, "orig", None) or error) from None
    resource.apply_hints(columns={})  # what dlt has reflected: a new column is raw's only if the contract lets it in
    resource.apply_hints(columns=contract.hints)
    return resource


class Till:
    """The till at a URL of SQLite or PostgreSQL, as SQLAlchemy writes it.

    With `raw_keys`, which tells what raw holds, lines that were committed late are looked for as well.
    """

    def __init__(self, url: str, raw_keys: RawKeys | None = None) -> None:
        self.url = sa.make_url(url)
        self.raw_keys = raw_keys
        self._snapshot: Snapshot | None = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read of the till inside is as of one moment. UserError when it cannot be read."""
        with duckdb_scanner.snapshot(self.url) as self._snapshot:
            try:
                yield
            finally:
                self._snapshot = None

    @property
    def now(self) -> Snapshot:
        """The open snapshot."""
        if self._snapshot is None:
            raise ValueError("the till is read outside of its snapshot")
        return self._snapshot

    def totals(self) -> dict[str, SourceTotal]:
        """Rows of each table, and the four sums of the transactions: in the till's own SQL, exact to the cent."""
        cents = ", ".join(f"cast(sum(cast(round({amount} * 100) as bigint)) as bigint) as {amount}" for amount in AMOUNTS)
        ((rows, *sums),) = self.now.ask(f"select count(*) as lines, {cents} from transactions")
        ((catalogue,),) = self.now.ask("select count(*) from products")
        dollars = tuple(Decimal(int(total or 0)) / 100 for total in sums)
        return {"transactions": SourceTotal(int(rows), dollars), "products": SourceTotal(int(catalogue))}

    def keys(self) -> dict[str, pa.Table]:
        """The keys of the table whose rows may be deleted."""
        return {"products": self.now.connection.execute("select product_id from products").to_arrow_table()}

    def columns_now(self) -> dict[str, dict[str, str]]:
        """The columns of the tables with their types, snapshot or not; a table that is gone has none."""
        try:
            engine = sa.create_engine(self.url)
            present = sa.inspect(engine)
            found = {name: present.get_columns(name) if present.has_table(name) else [] for name in contracts("pos")}
            engine.dispose()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise unreadable(self.url, getattr(error, "orig", None) or error) from None
        tables = {name: {column["name"]: column["type"] for column in columns} for name, columns in found.items()}
        return {name: types.found(contracts("pos")[name], columns) for name, columns in tables.items()}
