"""The till database: an append-only log of lines, and a catalogue that changes."""

from decimal import Decimal
from typing import Any

import dlt
import sqlalchemy as sa
from dlt.extract import DltResource
from dlt.sources.sql_database import sql_table

from ingestion import settings
from ingestion.errors import UserError
from ingestion.loaders.duckdb_scanner import BACKEND, type_name, unreadable
from ingestion.raw_meta import SourceTotal
from ingestion.schemas import FROZEN, contracts
from ingestion.sources import UPSERT

AMOUNTS = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")


@dlt.source(name="pos", schema_contract=FROZEN)
def pos(till_url: str = dlt.secrets.value) -> list[DltResource]:
    """The till's two tables. `till_url` is an SQLAlchemy URL of SQLite or PostgreSQL (environment: SOURCES__POS__TILL_URL)."""
    return [transactions(till_url), products(till_url)]


def transactions(till_url: str) -> DltResource:
    """One row a line of a receipt. The log is append-only and its sequence strictly increases, so the range is open."""
    return _table(
        till_url,
        "transactions",
        dlt.sources.incremental("sequence", range_start="open"),
        primary_key="sequence",
        write_disposition="append",
    )


def products(till_url: str) -> DltResource:
    """One row a product. Several change at one moment, so the range is closed and rows of the last moment are read again."""
    return _table(
        till_url,
        "products",
        dlt.sources.incremental("updated_at", primary_key=()),
        primary_key="product_id",
        write_disposition=UPSERT,
    )


def _table(till_url: str, name: str, cursor: dlt.sources.incremental[Any], primary_key: str, write_disposition: Any) -> DltResource:
    contract = contracts("pos")[name]
    try:
        resource = sql_table(
            credentials=till_url,
            table=name,
            incremental=cursor,
            backend=BACKEND,
            backend_kwargs={"contract": contract, "folder": settings.dlt_folder()},
            reflection_level="minimal",
            primary_key=primary_key,
            write_disposition=write_disposition,
        )
    except sa.exc.NoSuchTableError:
        raise contract.broken("the table is gone") from None
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        raise _unreadable(till_url, error) from None
    resource.apply_hints(columns={})  # what dlt has reflected: a new column is raw's only if the contract lets it in
    resource.apply_hints(columns=contract.hints)
    return resource


def source_totals(till_url: str) -> dict[str, SourceTotal]:
    """Rows of each table, and the four sums of the transactions: in the till's own SQL, exact to the cent."""
    cents = ", ".join(f"sum(cast(round({amount} * 100) as bigint))" for amount in AMOUNTS)
    try:
        engine = sa.create_engine(till_url)
        with engine.connect() as connection:
            rows, *sums = connection.execute(sa.text(f"select count(*), {cents} from transactions")).one()
            catalogue = connection.execute(sa.text("select count(*) from products")).scalar_one()
        engine.dispose()
    except sa.exc.SQLAlchemyError as error:
        raise _unreadable(till_url, error) from None
    dollars = tuple(Decimal(int(total or 0)) / 100 for total in sums)
    return {"transactions": SourceTotal(rows, dollars), "products": SourceTotal(catalogue)}


def columns_now(till_url: str) -> dict[str, dict[str, str]]:
    """The columns of the till's tables with their types; a table that is gone has none."""
    try:
        engine = sa.create_engine(till_url)
        present = sa.inspect(engine)
        found = {name: present.get_columns(name) if present.has_table(name) else [] for name in contracts("pos")}
        engine.dispose()
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        raise _unreadable(till_url, error) from None
    return {name: {column["name"]: type_name(column["type"]) for column in columns} for name, columns in found.items()}


def _unreadable(till_url: str, error: Exception) -> UserError:
    return unreadable(sa.make_url(till_url), getattr(error, "orig", None) or error)
