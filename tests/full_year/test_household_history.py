"""The rules of a slowly changing dimension of type 2, on the whole year."""

import duckdb
import pytest

KNOWN = "(select * from star.dim_households where household_key <> -1)"

# Each query counts what breaks the rule that names it.
RULES = {
    "a version ends where the next begins: no gap, no overlap": f"""
        select count(*)
        from (select valid_to, lead(valid_from) over (partition by household_id order by valid_from) as next_valid_from from {KNOWN})
        where valid_to is distinct from next_valid_from
    """,
    "a version holds for a day at least": f"select count(*) from {KNOWN} where valid_to <= valid_from",
    "a household has one current version, its last": f"""
        select count(*)
        from (
            select count(*) filter (is_current) as currents, arg_max(is_current, valid_from) as last_is_current
            from {KNOWN}
            group by household_id
        )
        where currents <> 1 or not last_is_current
    """,
    "the current version is the one without an end": f"select count(*) from {KNOWN} where is_current <> (valid_to is null)",
    "a household's first version begins with its enrolment": f"""
        select count(*)
        from (select min(valid_from) as first_valid_from, any_value(enrolled_date) as enrolled_date from {KNOWN} group by household_id)
        where first_valid_from <> enrolled_date
    """,
    "the key is a function of household and first day": f"""
        select count(*) from {KNOWN} where household_key <> household_id * 100000 + date_diff('day', date '2000-01-01', valid_from)
    """,
    "versions are numbered in time from 1": f"""
        select count(*)
        from (select version_number, row_number() over (partition by household_id order by valid_from) as expected from {KNOWN})
        where version_number <> expected
    """,
    "a version differs from the one before": f"""
        select count(*)
        from (
            select
                (home_store_id, tier) as state,
                lag((home_store_id, tier)) over (partition by household_id order by valid_from) as state_before
            from {KNOWN}
        )
        where state = state_before
    """,
    "every sale lies in exactly one version, the one that it points at": f"""
        select count(*)
        from (
            select lines.household_key, count(*) as versions, any_value(versions.household_key) as version_of_the_day
            from star.fct_sales_lines as lines
            left join {KNOWN} as versions
                on lines.household_id = versions.household_id
                and lines.sold_date >= versions.valid_from
                and lines.sold_date < coalesce(versions.valid_to, date '9999-12-31')
            group by lines.sales_line_key, lines.household_key
        )
        where versions <> 1 or household_key is distinct from version_of_the_day
    """,
    "the profile of today is the current version": """
        select count(*)
        from star.dim_households as versions
        inner join raw.raw_loyalty.households as profiles using (household_id)
        where is_current and (versions.home_store_id <> profiles.home_store_id or versions.tier <> profiles.tier)
    """,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_holds(built: duckdb.DuckDBPyConnection, rule: str) -> None:
    assert built.execute(RULES[rule]).fetchone() == (0,)


def test_the_history_has_the_events_of_the_year(built: duckdb.DuckDBPyConnection) -> None:
    events = built.execute("select event_type, count(*) from normalized.nf3_household_events group by all order by all").fetchall()
    assert events == [("enrolled", 2_469), ("home_store_changed", 2_859), ("tier_changed", 4_281)]
    versions = built.execute(f"select count(*), count(distinct household_id), count(*) filter (is_current) from {KNOWN}").fetchone()
    assert versions == (9_099, 2_469, 2_469)


def test_nobody_is_unknown_and_there_is_a_row_for_whoever_would_be(built: duckdb.DuckDBPyConnection) -> None:
    assert built.execute("select count(*) from star.fct_sales_lines where household_key = -1").fetchone() == (0,)
    unknown = built.execute("select household_id, tier, is_current from star.dim_households where household_key = -1").fetchall()
    assert unknown == [(-1, "Unknown", True)]
