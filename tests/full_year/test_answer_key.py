"""The figures of the data, measured on the source files once and true of the built year in every layer that holds them.

Whoever changes a layer and finds a figure here changed has changed the data: correct the layer, not the figure.
"""

from decimal import Decimal

import duckdb
import pytest

LINES = 1_469_307
TOTALS = (Decimal("4596039.58"), Decimal("791650.64"), Decimal("26359.90"), Decimal("4542.65"))
AMOUNTS = ("sales_amount", "retail_discount_amount", "coupon_discount_amount", "coupon_match_discount_amount")


@pytest.mark.parametrize(
    "table",
    [
        "staging.stg_pos__transactions",
        "normalized.nf1_receipt_lines",
        "normalized.nf2_receipt_lines",
        "normalized.nf3_receipt_lines",
        "star.fct_sales_lines",
        "wide.obt_sales_lines",
    ],
)
def test_every_layer_holds_every_line_and_the_totals_to_the_cent(built: duckdb.DuckDBPyConnection, table: str) -> None:
    sums = ", ".join(f"sum({amount})" for amount in AMOUNTS)
    assert built.execute(f"select count(*), {sums} from {table}").fetchone() == (LINES, *TOTALS)


def test_the_vaults_links_and_satellites_hold_them_too(built: duckdb.DuckDBPyConnection) -> None:
    sums = ", ".join(f"sum({amount})" for amount in AMOUNTS)
    measured = "vault.nhl_receipt_lines inner join vault.sat_receipt_line_measures using (receipt_line_hk)"
    assert built.execute(f"select count(*), {sums} from {measured}").fetchone() == (LINES, *TOTALS)


@pytest.mark.parametrize(("view", "rows"), [("vw_sales_by_week_and_department", 1_270), ("vw_household_spend", 2_469)])
def test_the_served_views_add_up_to_the_same(built: duckdb.DuckDBPyConnection, view: str, rows: int) -> None:
    sums = ", ".join(f"sum({amount})" for amount in AMOUNTS)
    assert built.execute(f"select count(*), sum(line_count), {sums} from serving.{view}").fetchone() == (rows, LINES, *TOTALS)


# What, how to ask the built year, and what the source files say.
FIGURES = {
    "receipts, households, stores and products on lines": (
        """
        select count(distinct basket_id), count(distinct household_id), count(distinct store_id), count(distinct product_id)
        from star.fct_sales_lines
        """,
        (155_848, 2_469, 457, 68_509),
    ),
    "receipts in third normal form": ("select count(*) from normalized.nf3_receipts", (155_848,)),
    # The files' doubles are exactly 0 on 11,226 lines; on 20 more they hold the noise of a subtraction, below 2e-15.
    "lines of quantity 0, lines that cost nothing, the largest quantity": (
        "select count(*) filter (quantity = 0), count(*) filter (sales_amount = 0), max(quantity) from star.fct_sales_lines",
        (8_869, 11_246, 89_638),
    ),
    "a line has unit prices unless its quantity is 0": (
        """
        select count(*) filter (regular_unit_price_amount is null), count(*) filter (loyalty_unit_price_amount is null)
        from wide.obt_sales_lines
        """,
        (8_869, 8_869),
    ),
    "products, and those that the catalogue lacks": (
        "select count(*), count(*) filter (is_inferred) from star.dim_products",
        (92_351, 20),
    ),
    "inferred products that are sold, couponed, both": (
        """
        select count(*) filter (sold), count(*) filter (couponed), count(*) filter (sold and couponed)
        from (
            select
                product_id in (select product_id from star.fct_sales_lines) as sold,
                product_id in (select product_id from normalized.nf3_coupon_products) as couponed
            from normalized.nf3_products
            where is_inferred
        )
        """,
        (17, 6, 3),
    ),
    "lines of inferred products": ("select count(*) from wide.obt_sales_lines where is_inferred_product", (4_836,)),
    "findings, those of uncatalogued products, and the rows of the sources concerned": (
        "select count(*), count(*) filter (rule_name = 'product_not_in_catalogue'), sum(row_count) from star.dq_findings",
        (23, 23, 4_852),
    ),
    "lines that cost less than nothing after their coupons": (
        "select count(*) from normalized.nf3_receipt_lines where sales_amount < coupon_discount_amount",
        (3_507,),
    ),
    "product types, pairs with category, classes": (
        """
        select count(distinct product_type), count(distinct (product_type, product_category)), count(*)
        from normalized.nf3_product_classes
        """,
        (2_378, 3_867, 3_903),
    ),
    "types in several categories": (
        """
        select count(*)
        from (
            select product_type
            from normalized.nf3_product_classes
            where product_type is not null
            group by all
            having count(distinct product_category) > 1
        )
        """,
        (764,),
    ),
    "categories in several departments": (
        """
        select count(*)
        from (
            select product_category
            from normalized.nf3_product_classes
            where product_category is not null
            group by all
            having count(distinct department) > 1
        )
        """,
        (32,),
    ),
    "promotions": ("select count(*) from star.fct_promotions", (20_940_529,)),
    "keys of the vault: households, receipts, products, stores, campaigns, coupons, manufacturers, weeks; placements": (
        """
        select
            (select count(*) from vault.hub_households),
            (select count(*) from vault.hub_receipts),
            (select count(*) from vault.hub_products),
            (select count(*) from vault.hub_stores),
            (select count(*) from vault.hub_campaigns),
            (select count(*) from vault.hub_coupons),
            (select count(*) from vault.hub_manufacturers),
            (select count(*) from vault.hub_weeks),
            (select count(*) from vault.nhl_promotion_placements)
        """,
        (2_469, 155_848, 92_351, 457, 27, 981, 6_471, 53, 20_940_529),
    ),
    "ghost records of the vault's satellites, one in each": (
        """
        select
            (select count(*) from vault.sat_product_catalogue where record_source = 'SYSTEM'),
            (select count(*) from vault.sat_household_profiles where record_source = 'SYSTEM'),
            (select count(*) from vault.sat_receipt_headers where record_source = 'SYSTEM'),
            (select count(*) from vault.sat_receipt_line_measures where record_source = 'SYSTEM'),
            (select count(*) from vault.mas_coupon_products where record_source = 'SYSTEM')
        """,
        (1, 1, 1, 1, 1),
    ),
    "promotions beyond one a product, store and week": (
        """
        select sum(placements - weeks)
        from (
            select count(*) as placements, bit_count(bit_or(cast(1 as bigint) << grocer_week)) as weeks
            from star.fct_promotions
            group by product_key, store_key
        )
        """,
        (12_785,),
    ),
    "coupons as listed, listed twice, and their products in third normal form": (
        """
        select
            (select count(*) from raw.raw_loyalty.coupons),
            (select count(*) from raw.raw_loyalty.coupons) - (select count(*) from staging.stg_loyalty__coupons),
            (select count(*) from normalized.nf3_coupon_products)
        """,
        (116_204, 4_872, 111_332),
    ),
    "campaigns of type A, B and C": (
        """
        select
            count(*) filter (campaign_type = 'Type A'),
            count(*) filter (campaign_type = 'Type B'),
            count(*) filter (campaign_type = 'Type C')
        from normalized.nf3_campaigns
        """,
        (4, 17, 6),
    ),
    "campaign memberships": ("select count(*) from normalized.nf3_campaign_households", (6_589,)),
    "redemptions, and those inside their campaign and its households": (
        """
        select count(*), count(*) filter (redeemed_date between start_date and end_date and members.household_id is not null)
        from normalized.nf3_coupon_redemptions
        inner join normalized.nf3_campaigns using (campaign_id)
        left join normalized.nf3_campaign_households as members using (campaign_id, household_id)
        """,
        (2_102, 2_102),
    ),
    "households with demographics, and without home ownership and marital status among them": (
        """
        select count(*), count(*) filter (home_ownership is null), count(*) filter (marital_status is null)
        from normalized.nf3_households
        where age_band is not null
        """,
        (801, 233, 137),
    ),
    "days, their span, and the days that the grocer counts": (
        "select count(*), min(cast(date_day as varchar)), max(cast(date_day as varchar)), count(grocer_week) from star.dim_dates",
        (472, "2016-11-14", "2018-02-28", 365),
    ),
    "days of week 1, days of week 53 and its last": (
        """
        select count(*) filter (grocer_week = 1), count(*) filter (grocer_week = 53), cast(max(grocer_week_last_date) as varchar)
        from star.dim_dates
        """,
        (1, 7, "2017-12-31"),
    ),
}


@pytest.mark.parametrize("what", FIGURES)
def test_the_figure_is_the_sources(built: duckdb.DuckDBPyConnection, what: str) -> None:
    query, expected = FIGURES[what]
    assert built.execute(query).fetchone() == expected


MONDAY_WEEK = "1 + date_diff('day', date '2016-12-26', cast({moment} as date)) // 7"


@pytest.mark.parametrize(
    ("moment", "disagreements"),
    [
        pytest.param("sold_local_at", 0, id="local time"),
        pytest.param("sold_at", 34_729, id="plain UTC"),
        pytest.param("sold_at - interval 5 hours", 785, id="a fixed shift of five hours"),
    ],
)
def test_only_local_time_gives_the_tills_weeks(built: duckdb.DuckDBPyConnection, moment: str, disagreements: int) -> None:
    found = built.execute(
        f"""
        select count(*)
        from star.fct_sales_lines
        inner join raw.raw_pos.transactions on till_sequence = sequence
        where week <> {MONDAY_WEEK.format(moment=moment)}
        """
    ).fetchone()
    assert found == (disagreements,)


def test_the_calendar_gives_each_line_the_tills_own_week(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        """
        select count(*), count(*) filter (grocer_week <> week)
        from star.fct_sales_lines
        inner join raw.raw_pos.transactions on till_sequence = sequence
        """
    ).fetchone()
    assert found == (LINES, 0)


def test_a_line_is_on_promotion_exactly_when_a_promotion_file_says_so(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        """
        with promoted as (
            select
                product_id,
                store_id,
                week as grocer_week,
                count(*) as placements,
                bool_or(display_location <> '0') as displayed,
                bool_or(mailer_location <> '0') as mailed
            from raw.raw_promotions.promotions
            semi join wide.obt_sales_lines as lines using (product_id, store_id)
            group by all
        )

        select
            count(*),
            count(*) filter (promotion_count <> coalesce(placements, 0)),
            count(*) filter (is_on_promotion <> (placements is not null)),
            count(*) filter (is_on_display <> coalesce(displayed, false)),
            count(*) filter (is_in_mailer <> coalesce(mailed, false))
        from wide.obt_sales_lines
        left join promoted using (product_id, store_id, grocer_week)
        """
    ).fetchone()
    assert found == (LINES, 0, 0, 0, 0)
