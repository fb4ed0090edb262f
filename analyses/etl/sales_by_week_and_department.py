"""ETL beside ELT: `serving.vw_sales_by_week_and_department` made on the way from the sources, in pandas, and only the result stored.

It begins with the same extract (DuckDB's scanner, the weekly files) and ends with the same cells, which a test compares.
docs/etl-and-elt.md tells what either way costs.
"""

import argparse
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from ingestion import settings
from ingestion.loaders.duckdb_scanner import attached

YEAR = (pd.Timestamp("2017-01-01"), pd.Timestamp("2017-12-31"))
KEY = ["week", "store_id", "product_id"]
GROUP = ["grocer_week", "grocer_week_first_date", "department"]
AMOUNTS = {  # the till's columns, and their names in the warehouse
    "sales_value": "sales_amount",
    "retail_disc": "retail_discount_amount",
    "coupon_disc": "coupon_discount_amount",
    "coupon_match_disc": "coupon_match_discount_amount",
    "promoted": "promoted_sales_amount",
}
SCHEMA = pa.schema(
    [
        ("grocer_week", pa.int32()),
        ("grocer_week_first_date", pa.date32()),
        ("department", pa.string()),
        *((count, pa.int64()) for count in ("receipt_count", "household_count", "line_count")),
        *((amount, pa.decimal128(18, 2)) for amount in AMOUNTS.values()),
        ("promoted_sales_share", pa.decimal128(5, 4)),
    ]
)


def main() -> None:
    """Parse, extract, transform, store."""
    parser = argparse.ArgumentParser(prog="python -m analyses.etl.sales_by_week_and_department", description=__doc__)
    parser.add_argument("--till", default=f"sqlite:///{settings.grocer_folder() / 'till.sqlite'}", help="the till's URL")
    parser.add_argument("--drops", type=Path, default=settings.grocer_folder() / "drops", help="the folder of promotion files")
    parser.add_argument("--out", type=Path, required=True, help="the Parquet file to write")
    arguments = parser.parse_args()
    pq.write_table(sales(arguments.till, arguments.drops), arguments.out)


def sales(till_url: str, drops: Path) -> pa.Table:
    """The finished table, columns and types as dbt has them."""
    lines, products = extracted(till_url)
    lines = with_department(with_week(latest(lines)), products)
    lines["promoted"] = lines["sales_value"].where(promoted(lines, drops), 0)
    return stored(totals(lines))


def extracted(till_url: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines and catalogue; amounts in cents, because pandas adds no decimals but as objects."""
    cents = ", ".join(f"cast(round({amount} * 100) as bigint) as {amount}" for amount in AMOUNTS if amount != "promoted")
    keys = "sequence, household_id, store_id, basket_id, product_id, week, transaction_timestamp"
    with attached(sa.make_url(till_url)) as connection:
        lines = connection.execute(f"select {keys}, {cents} from transactions").df()
        return lines, connection.execute("select product_id, department from products").df()


def latest(lines: pd.DataFrame) -> pd.DataFrame:
    """A correction is a new row of the same basket and product: the latest holds."""
    return lines.sort_values("sequence").drop_duplicates(["basket_id", "product_id"], keep="last")


def with_week(lines: pd.DataFrame) -> pd.DataFrame:
    """Weeks begin on a Monday of the stores' clock, the year's first one with the year."""
    days = lines["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize()
    mondays = days.dt.to_period("W-SUN").dt.start_time
    return lines.assign(grocer_week_first_date=mondays.clip(lower=YEAR[0]).where(days.between(*YEAR)), grocer_week=lines["week"])


def with_department(lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Products that the catalogue lacks keep their lines, as Unknown."""
    named = products.assign(department=products["department"].fillna("Not given"))
    joined = lines.merge(named, on="product_id", how="left")
    return joined.assign(department=joined["department"].fillna("Unknown"))


def promoted(lines: pd.DataFrame, drops: Path) -> np.ndarray:
    """Whether each line's product was promoted in its store and week; file by file, because all of them are 21 million rows."""
    found = np.zeros(len(lines), dtype=bool)
    sold = lines[KEY].reset_index(drop=True)
    for file in sorted(drops.glob("promotions_*.parquet")):
        promotions = pq.read_table(file, columns=KEY).to_pandas().drop_duplicates()
        of_weeks = sold[sold["week"].isin(promotions["week"].unique())]
        matches = of_weeks.merge(promotions, on=KEY, how="left", indicator=True)["_merge"] == "both"
        found[of_weeks.index[matches]] = True
    return found


def totals(lines: pd.DataFrame) -> pd.DataFrame:
    """One row a week and department."""
    counts = {"receipt_count": ("basket_id", "nunique"), "household_count": ("household_id", "nunique"), "line_count": ("sequence", "size")}
    sums = {name: (amount, "sum") for amount, name in AMOUNTS.items()}
    return lines.groupby(GROUP, dropna=False).agg(**counts, **sums).reset_index()


def stored(rows: pd.DataFrame) -> pa.Table:
    """Cents as dollars, the share as a decimal: the places that a report shows are rounded once, from exact numbers."""
    shares = [share(part, whole) for part, whole in zip(rows["promoted_sales_amount"], rows["sales_amount"], strict=True)]
    amounts = {name: [Decimal(int(cents)).scaleb(-2) for cents in rows[name]] for name in AMOUNTS.values()}
    return pa.Table.from_pandas(rows.assign(**amounts, promoted_sales_share=shares), SCHEMA, preserve_index=False)


def share(part: int, whole: int) -> Decimal | None:
    """A quotient of four places, rounded as macros/cross_db/divide.sql rounds: by way of eight."""
    if not whole:
        return None
    return (Decimal(int(part)) / int(whole)).quantize(Decimal("1e-8"), ROUND_HALF_UP).quantize(Decimal("1e-4"), ROUND_HALF_UP)


if __name__ == "__main__":
    main()
