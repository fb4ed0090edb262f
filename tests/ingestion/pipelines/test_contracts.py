"""A source that drifts from its contract is told in one sentence: resource, column, old type and new."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import pipelines
from ingestion.destinations import duckdb_raw
from ingestion.errors import UserError
from ingestion.failures import unwrapped
from ingestion.pipelines import System
from ingestion.schemas import contracts
from ingestion.sources import loyalty, promotions
from tests.ingestion.pipelines.conftest import Till

COUPON = {"coupon_upc": "10000085207", "product_id": 9676830, "campaign_id": 26}


def load(system: System) -> None:
    with duckdb_raw.opened() as raw, unwrapped(system.name):
        pipelines.run(raw, system)


def drops(folder: Path) -> System:
    place = f"{folder}/grocer/drops"
    return System("promotions", lambda: promotions.promotions(place), lambda: promotions.source_totals(place))


@pytest.mark.parametrize(
    ("change", "drift"),
    [
        ("alter table products add column colour text", "colour (varchar) is new"),
        ("alter table products drop column brand", "brand is gone (was varchar)"),
        (
            "alter table products drop column brand; alter table products add column brand numeric(5, 1)",
            "brand was varchar and is now decimal(5,1)",
        ),
        ("drop table products", "the table is gone"),
    ],
)
def test_a_table_of_the_till_drifts(till: Till, change: str, drift: str) -> None:
    till.change(*change.split("; "))
    with pytest.raises(UserError) as error:
        load(pipelines.of_till(till.url))
    assert str(error.value).startswith(f"pos.products no longer keeps its contract: {drift}. ")
    assert "ingestion/schemas/pos.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("columns", "drift"),
    [
        (
            "1 as product_id, 2 as store_id, '0' as display_location, 'A' as mailer_location, 'w54' as week",
            "week was bigint and is now varchar",
        ),
        ("1 as product_id, 2 as store_id, '0' as display_location, 54 as week", "mailer_location is gone (was varchar)"),
        (
            "1 as product_id, null::bigint as store_id, '0' as display_location, 'A' as mailer_location, 54 as week",
            "store_id was not null and is now null in 1 row",
        ),
    ],
)
def test_a_promotion_file_drifts(warehouse: Path, columns: str, drift: str) -> None:
    duckdb.execute(f"copy (select {columns}) to '{warehouse}/grocer/drops/promotions_2018_w01.parquet'")
    with pytest.raises(UserError) as error:
        load(drops(warehouse))
    assert str(error.value).startswith(f"promotions.promotions no longer keeps its contract: {drift}. ")


@pytest.mark.parametrize(
    ("change", "drift"),
    [
        ({"colour": "red"}, "colour (varchar) is new"),
        ({"product_id": "x"}, "product_id was bigint and is now bigint or varchar"),
        ({"product_id": 1.5}, "product_id was bigint and is now bigint or double"),
        ({"coupon_upc": 10000085207}, "coupon_upc was varchar and is now bigint or varchar"),
        ({"campaign_id": None}, "campaign_id was not null and is now null in 1 row"),
    ],
)
def test_a_resource_of_the_api_drifts(change: dict[str, Any], drift: str) -> None:
    with pytest.raises(UserError) as error:
        loyalty.to_arrow(contracts("loyalty")["coupons"], [COUPON, COUPON | change])
    assert str(error.value).startswith(f"loyalty.coupons no longer keeps its contract: {drift}. ")


def test_a_moment_without_its_offset_is_not_a_moment() -> None:
    row = {"campaign_id": 1, "household_id": 2, "updated_at": "2017-03-01T05:00:00"}
    with pytest.raises(UserError, match="updated_at was timestamp and is now varchar"):
        loyalty.to_arrow(contracts("loyalty")["campaign_memberships"], [row])


def test_moments_arrive_as_utc() -> None:
    row = {"campaign_id": 1, "household_id": 2, "updated_at": "2017-03-01T00:00:00-05:00"}
    table = loyalty.to_arrow(contracts("loyalty")["campaign_memberships"], [row, row | {"updated_at": "2017-03-01T05:00:00Z"}])
    assert [str(moment) for moment in table["updated_at"].to_pylist()] == ["2017-03-01 05:00:00"] * 2


def test_dlt_refuses_what_slips_past_our_own_check(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.schemas.Contract.check", lambda *_: None)
    monkeypatch.setattr("ingestion.schemas.Contract.check_file", lambda *_: 1)
    wider = promotions.CONTRACT.arrow.append(promotions.CONTRACT.arrow.field(0).with_name("colour")).empty_table()
    monkeypatch.setattr("ingestion.sources.promotions.dlt.mark.with_file_import", _import_with(wider))
    duckdb.execute(
        "copy (select 1 as product_id, 2 as store_id, '0' as display_location, 'A' as mailer_location, 54 as week, 3 as colour) "
        f"to '{warehouse}/grocer/drops/promotions_2018_w01.parquet'"
    )
    with pytest.raises(UserError, match=r"promotions\.promotions no longer keeps its contract: colour"):
        load(drops(warehouse))


def _import_with(hints: Any) -> Any:
    import dlt

    real = dlt.mark.with_file_import
    return lambda path, kind, rows, **_: real(path, kind, rows, hints=hints)
