"""Bad input: what is wrong in the sources is found and loses no line; what is impossible stops the build at the test that names it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support import Warehouse

pytestmark = pytest.mark.long("wrong rows")

BASKET = 99_000_000_000
NO_STORE, NO_HOUSEHOLD, NO_CAMPAIGN, NO_PRODUCT, NO_COUPON = 90_001, 9_001, 901, 99_000_001, "99999999999"
LISTED = {
    "household": "(select min(household_id) from raw_loyalty.campaign_memberships where campaign_id = 18)",
    "stranger": """(
        select min(household_id) from raw_loyalty.households
        where household_id not in (select household_id from raw_loyalty.campaign_memberships where campaign_id = 18)
    )""",
    "store": "(select min(store_id) from raw_pos.transactions)",
    "product": "(select min(product_id) from raw_pos.products)",
    "coupon": "(select min(coupon_upc) from raw_loyalty.coupons where campaign_id = 18)",
}
HOUSEHOLD, STRANGER, STORE, PRODUCT, COUPON = LISTED.values()
MARCH, NEW_YEAR = "'2017-03-08 17:00', '2017-03-08 17:00'", "'2018-01-01 05:00', '2018-01-01 05:00'"
AMOUNTS = ("sales_amount", "retail_discount_amount", "coupon_discount_amount", "coupon_match_discount_amount")

# Rows of raw by table, in the columns' order without the load's id.
WRONG = {
    "raw_pos.transactions": [
        # A household that the loyalty system lacks, in a store of its own, buys a product that is listed and one that is not.
        f"9000001, {NO_HOUSEHOLD}, {NO_STORE}, {BASKET}, {PRODUCT}, 1, 2.50, 0.50, 0, 0, 11, {MARCH}",
        f"9000002, {NO_HOUSEHOLD}, {NO_STORE}, {BASKET}, {NO_PRODUCT}, 2, 7.25, 0, 1.00, 0, 11, {MARCH}",
    ],
    "raw_promotions.promotions": [
        f"{NO_PRODUCT}, {NO_STORE + 1}, '1', 'A', 2",
        f"{NO_PRODUCT + 1}, {STORE}, '1', 'A', 3",
        f"{PRODUCT}, {NO_STORE + 1}, '0', 'A', 1",
    ],
    "raw_loyalty.household_events": [
        # Named by nothing but its event: it has a version, and no enrolment.
        f"900001, {NO_HOUSEHOLD + 1}, 'tier_changed', '2017-04-01 04:00', null, 'gold'",
        f"900002, {HOUSEHOLD}, 'tier_changed', '2016-12-01 05:00', null, 'gold'",
        f"900003, {STRANGER}, 'home_store_changed', '2017-12-31 20:00', {NO_STORE + 2}, null",
        f"900004, {STRANGER}, 'home_store_changed', '2017-12-31 20:00', {NO_STORE + 2}, null",
    ],
    "raw_loyalty.campaign_memberships": [
        f"{NO_CAMPAIGN}, {HOUSEHOLD}, '2017-05-01 04:00'",
        f"{NO_CAMPAIGN}, {NO_HOUSEHOLD + 2}, '2017-05-01 04:00'",
    ],
    "raw_loyalty.coupons": [f"'{NO_COUPON}', {NO_PRODUCT + 2}, {NO_CAMPAIGN}"],
    "raw_loyalty.redemptions": [
        f"{HOUSEHOLD}, '{NO_COUPON}', {NO_CAMPAIGN}, '2017-05-02', '2017-05-02 04:00'",
        f"{HOUSEHOLD}, '{NO_COUPON}', 18, '2017-11-02', '2017-11-02 04:00'",
        f"{HOUSEHOLD}, {COUPON}, 18, '2017-10-29', '2017-10-29 04:00'",
        f"{STRANGER}, {COUPON}, 18, '2017-11-02', '2017-11-02 04:00'",
        f"{NO_HOUSEHOLD + 3}, {COUPON}, 18, '2017-11-02', '2017-11-02 04:00'",
    ],
}
# Rows that cannot be, each with the test that fails for it; a campaign's test would keep its redemptions from being built.
IMPOSSIBLE = [
    (
        {
            "raw_pos.transactions": [
                f"9000001, {HOUSEHOLD}, {STORE}, {BASKET}, {PRODUCT}, 1, -0.01, 0, 0, 0, 11, {MARCH}",
                f"9000002, {HOUSEHOLD}, {STORE}, {BASKET + 1}, {PRODUCT}, -1, 1, 0, 0, 0, 11, {MARCH}",
                f"9000003, {HOUSEHOLD}, {STORE}, {BASKET + 2}, {PRODUCT}, 1, 1, 0, 0, 0, null, {NEW_YEAR}",
            ],
            "raw_loyalty.redemptions": [f"{HOUSEHOLD}, {COUPON}, 18, '2018-01-01', '2017-12-31 04:00'"],
        },
        {
            "a_price_is_not_below_zero",
            "a_quantity_is_not_below_zero",
            "a_sale_is_not_after_the_clock",
            "what_the_loyalty_system_saw_is_not_after_the_clock",
        },
    ),
    (
        {"raw_loyalty.campaigns": ["902, 'Type A', '2017-05-02', '2017-05-01', '2017-05-01 04:00'"]},
        {"a_campaign_does_not_end_before_it_starts"},
    ),
]


def spoiled(subset: Warehouse, folder: Path, rows: dict[str, list[str]]) -> Warehouse:
    """The subset's raw with further rows that the sources have of themselves, in a warehouse of its own."""
    warehouse = Warehouse(folder)
    warehouse.raw.write_bytes(subset.raw.read_bytes())
    with duckdb.connect(str(warehouse.raw)) as connection:
        for table, values in rows.items():
            [before] = connection.execute(f"select count(*) from {table}").fetchone()
            for row in values:
                connection.execute(f"insert into {table} select {row}, (select max(_dlt_load_id) from {table})")
            resource = table.removeprefix("raw_")
            connection.execute(f"update raw_meta.source_totals set row_count = {before + len(values)} where resource = '{resource}'")
        connection.execute(
            """
            update raw_meta.source_totals set
                sales_amount = (select sum(sales_value) from raw_pos.transactions),
                retail_discount_amount = (select sum(retail_disc) from raw_pos.transactions),
                coupon_discount_amount = (select sum(coupon_disc) from raw_pos.transactions),
                coupon_match_discount_amount = (select sum(coupon_match_disc) from raw_pos.transactions)
            where resource = 'pos.transactions'
            """
        )
    return warehouse


def statuses(warehouse: Warehouse) -> dict[str, tuple[str, int | None]]:
    """dbt's status and count of each node of the last run, by name."""
    found = warehouse.artifact("run_results")["results"]
    return {result["unique_id"].split(".")[2]: (result["status"], result["failures"]) for result in found}


@pytest.fixture(scope="module")
def found(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A build of everything on wrong rows of every kind, with every data test. It ends with exit code 0."""
    warehouse = spoiled(subset, tmp_path_factory.mktemp("wrong"), WRONG)
    warehouse.run("dbt", "build", "--exclude-resource-type", "unit_test")
    return warehouse


def rows(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse.built), read_only=True) as connection:
        connection.execute(f"set timezone = 'UTC'; attach '{warehouse.raw}' as raw (read_only)")
        return connection.execute(sql).fetchall()


def listed(warehouse: Warehouse, name: str) -> Any:
    with duckdb.connect(str(warehouse.raw), read_only=True) as connection:
        return connection.execute(f"select {LISTED[name]}").fetchone()[0]


def test_each_wrong_row_is_found_with_its_source_and_count(subset: Warehouse, found: Warehouse) -> None:
    household, stranger, coupon = (listed(subset, name) for name in ("household", "stranger", "coupon"))
    findings = "select rule_name, source_name, record_key, row_count, cast(first_date as varchar) from star.dq_findings"
    known, new = set(rows(subset, findings)), set(rows(found, findings))
    assert {rule for rule, *_ in known} == {"product_not_in_catalogue"}
    assert known <= new
    outside, untargeted = "redemption_outside_campaign", "redemption_by_untargeted_household"

    def redemption(who: int, code: str, campaign: int, day: str) -> str:
        return f"household_id {who}, coupon_upc {code}, campaign_id {campaign}, redeemed_date {day}"

    assert new - known == {
        ("product_not_in_catalogue", "pos.transactions", f"product_id {NO_PRODUCT}", 1, "2017-03-08"),
        ("product_not_in_catalogue", "promotions.promotions", f"product_id {NO_PRODUCT}", 1, "2017-01-02"),
        ("product_not_in_catalogue", "promotions.promotions", f"product_id {NO_PRODUCT + 1}", 1, "2017-01-09"),
        ("product_not_in_catalogue", "loyalty.coupons", f"product_id {NO_PRODUCT + 2}", 1, None),
        ("store_without_sales", "promotions.promotions", f"store_id {NO_STORE + 1}", 2, "2017-01-01"),
        ("store_without_sales", "loyalty.household_events", f"store_id {NO_STORE + 2}", 2, "2017-12-31"),
        ("household_not_in_loyalty", "pos.transactions", f"household_id {NO_HOUSEHOLD}", 2, "2017-03-08"),
        ("household_not_in_loyalty", "loyalty.household_events", f"household_id {NO_HOUSEHOLD + 1}", 1, "2017-04-01"),
        ("household_not_in_loyalty", "loyalty.campaign_memberships", f"household_id {NO_HOUSEHOLD + 2}", 1, "2017-05-01"),
        ("household_not_in_loyalty", "loyalty.redemptions", f"household_id {NO_HOUSEHOLD + 3}", 1, "2017-11-02"),
        ("campaign_not_in_loyalty", "loyalty.campaign_memberships", f"campaign_id {NO_CAMPAIGN}", 2, "2017-05-01"),
        ("campaign_not_in_loyalty", "loyalty.coupons", f"campaign_id {NO_CAMPAIGN}", 1, None),
        ("campaign_not_in_loyalty", "loyalty.redemptions", f"campaign_id {NO_CAMPAIGN}", 1, "2017-05-02"),
        ("coupon_without_products", "loyalty.redemptions", f"coupon_upc {NO_COUPON}, campaign_id 18", 1, "2017-11-02"),
        ("household_event_out_of_order", "loyalty.household_events", "event_id 900002", 1, "2016-12-01"),
        ("household_event_before_enrolment", "loyalty.household_events", "event_id 900002", 1, "2016-12-01"),
        ("household_event_twice", "loyalty.household_events", "event_id 900004", 1, "2017-12-31"),
        (outside, "loyalty.redemptions", redemption(household, coupon, 18, "2017-10-29"), 1, "2017-10-29"),
        (untargeted, "loyalty.redemptions", redemption(stranger, coupon, 18, "2017-11-02"), 1, "2017-11-02"),
        (untargeted, "loyalty.redemptions", redemption(NO_HOUSEHOLD + 3, coupon, 18, "2017-11-02"), 1, "2017-11-02"),
    }


def test_each_rule_warns_with_its_number_of_findings_and_nothing_fails(found: Warehouse) -> None:
    status = statuses(found)
    counts = dict(rows(found, "select rule_name, count(*) from star.dq_findings group by rule_name"))
    # The event out of order makes another history than the profile tells.
    assert {name: result for name, result in status.items() if result[0] == "warn"} == {
        "profiles_are_what_their_events_say": ("warn", 1),
        **{rule: ("warn", count) for rule, count in counts.items()},
    }
    assert {name: result for name, result in status.items() if result[0] not in ("success", "pass", "warn", "no-op")} == {}
    printed = (found.folder / "logs" / "dbt.log").read_text()
    assert all(f"WARN {count} {rule} " in printed for rule, count in counts.items())


def test_real_rows_have_the_products_that_the_catalogue_lacks_and_no_other_finding(subset: Warehouse) -> None:
    warned = {name: result for name, result in statuses(subset).items() if result[0] == "warn"}
    assert warned == {"product_not_in_catalogue": ("warn", 11)}


def test_no_line_is_lost(subset: Warehouse, found: Warehouse) -> None:
    for layer in ("star.fct_sales_lines", "wide.obt_sales_lines"):
        totals = f"select count(*), {', '.join(f'sum({amount})' for amount in AMOUNTS)} from {layer}"
        [before], [after] = rows(subset, totals), rows(found, totals)
        assert [new - old for old, new in zip(before, after, strict=True)] == [2, Decimal("9.75"), Decimal("0.50"), 1, 0], layer
    keys = "select product_key, store_key, household_key, household_id from star.fct_sales_lines"
    assert rows(found, f"{keys} where basket_id = {BASKET} order by product_key") == [
        (listed(subset, "product"), NO_STORE, -1, NO_HOUSEHOLD),
        (NO_PRODUCT, NO_STORE, -1, NO_HOUSEHOLD),
    ]


@pytest.mark.parametrize(
    ("fact", "resource"),
    [
        ("fct_promotions", "promotions.promotions"),
        ("fct_campaign_targets", "loyalty.campaign_memberships"),
        ("fct_campaign_responses", "loyalty.campaign_memberships"),
        ("fct_coupon_redemptions", "loyalty.redemptions"),
    ],
)
def test_no_row_of_a_fact_is_lost(subset: Warehouse, found: Warehouse, fact: str, resource: str) -> None:
    [(before,)], [(after,)] = (rows(warehouse, f"select count(*) from star.{fact}") for warehouse in (subset, found))
    assert after - before == len(WRONG[f"raw_{resource}"])


def test_members_that_are_not_listed_are_rows_that_say_so(found: Warehouse) -> None:
    assert rows(found, f"select campaign_type, start_date, is_inferred from star.dim_campaigns where campaign_id = {NO_CAMPAIGN}") == [
        ("Unknown", None, True)
    ]
    coupons = "select campaign_id, product_count from star.dim_coupons"
    assert rows(found, f"{coupons} where coupon_upc = '{NO_COUPON}' order by campaign_id") == [
        (18, 0),
        (NO_CAMPAIGN, 1),
    ]
    assert rows(found, "select count(*) from normalized.nf3_households where is_inferred") == [(4,)]
    assert rows(found, f"select tier from star.dim_households where household_id = {NO_HOUSEHOLD + 1}") == [("gold",)]


@pytest.mark.long("impossible rows")
@pytest.mark.parametrize(("wrong", "names"), IMPOSSIBLE, ids=["sales and redemptions", "a campaign"])
def test_what_is_impossible_fails_the_test_that_names_it(
    subset: Warehouse, tmp_path: Path, wrong: dict[str, list[str]], names: set[str]
) -> None:
    warehouse = spoiled(subset, tmp_path, wrong)
    selected = [f"+{name}" for name in sorted(names)]
    options = ("--indirect-selection", "cautious", "--exclude-resource-type", "unit_test")
    build = warehouse.run("dbt", "--no-use-colors", "build", "--select", *selected, *options, check=False)
    status = statuses(warehouse)
    assert build.returncode == 1
    assert {name for name, (result, _) in status.items() if result not in ("success", "pass")} == names
    assert all(f"FAIL 1 {name} " in build.stdout for name in names)
