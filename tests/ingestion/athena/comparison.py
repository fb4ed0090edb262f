"""Raw on Athena against raw in DuckDB, cell by cell."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyathena

from ingestion.destinations.aws import CATALOG, POLL_SECONDS, Athena, client
from ingestion.raw_meta import LOAD_ID

TABLES = (
    "pos.transactions",
    "pos.products",
    "loyalty.households",
    "loyalty.household_events",
    "loyalty.campaigns",
    "loyalty.campaign_memberships",
    "loyalty.coupons",
    "loyalty.redemptions",
    "promotions.promotions",
)


def differences(raw: Path, athena: Athena, table: str) -> tuple[int, int, int]:
    """Rows of a table in DuckDB, and rows that only DuckDB and only Athena hold: bags of all columns but the load's id."""
    system, _, name = table.partition(".")
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(f"attach '{raw}' as raw (read_only)")
        types = {column: kind for (column, kind, *_) in connection.execute(f"describe raw.raw_{table}").fetchall() if column != LOAD_ID}
        listed = ", ".join(f'"{column}"' for column in types)
        file = answer(athena, f'select {listed} from "{athena.database(system)}"."{name}"', Path(folder))
        typed = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in types.items())
        connection.read_csv(str(file), header=True, all_varchar=True, allow_quoted_nulls=False).create_view("came")
        return connection.execute(
            f"""
            with held as (select {listed} from raw.raw_{table}), found as (select {typed} from came)
            select
                (select count(*) from held),
                (select count(*) from (from held except all from found)),
                (select count(*) from (from found except all from held))
            """
        ).fetchone()


def answer(athena: Athena, sql: str, folder: Path) -> Path:
    """The result's file that Athena writes for a query, fetched into a folder: page after page of 1000 rows would take minutes."""
    with pyathena.connect(work_group=athena.workgroup, catalog_name=CATALOG, poll_interval=POLL_SECONDS) as connection:
        location = connection.cursor().execute(sql).output_location
    bucket, _, key = location.removeprefix("s3://").partition("/")
    file = folder / Path(key).name
    client("s3").download_file(bucket, key, str(file))
    return file
