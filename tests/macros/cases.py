"""Tables that each generic test must pass, and tables that it must fail, one reason a table."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A generic test with its arguments and tables by name, each as a SELECT: those it passes and those it fails (or warns of)."""

    test: str
    arguments: dict[str, Any]
    good: dict[str, str]
    bad: dict[str, str]
    grain: list[str] = field(default_factory=list)
    tells: str = "fail"

    def tables(self) -> dict[str, str]:
        """Model name and SELECT of every table of the case."""
        return {f"{self.test}__{name}": sql for name, sql in (self.good | self.bad).items()}


def values(columns: str, *rows: str) -> str:
    """A SELECT of literal rows: `values('a, b', '1, 2', 'null, 3')`."""
    return f"select * from (values {', '.join(f'({row})' for row in rows)}) as given ({columns})"


def empty(columns: str, texts: str = "") -> str:
    """A SELECT of integer columns, then of text columns, and no rows."""
    typed = [(column, kind) for kind, names in (("integer", columns), ("varchar", texts)) for column in names.split(", ") if column]
    return f"select {', '.join(f'cast(null as {kind}) as {column}' for column, kind in typed)} where false"


def hash_key(number: int) -> str:
    """A hash key; the one of 0 is the key of nothing."""
    return f"{{{{ vault_bytes('{number:032}') }}}}"


def version(key: int, day: str, source: str, hashdiff: int = 0) -> str:
    """A row of a hub or satellite, first of a day: `values(VERSION, version(7, "2017-01-02", "pos"))`."""
    return f"{hash_key(key)}, {moment(day)}, '{source}', {hash_key(hashdiff)}"


def moment(day: str) -> str:
    """The first moment of a day."""
    return f"cast(timestamp '{day} 00:00:00' as timestamp(6))"


def pointer(key: int, day: str, held_key: int, held: str) -> str:
    """A row of a point-in-time table: `values(POINTER, pointer(7, "2017-01-31", 7, "2017-01-02"))`."""
    return f"{hash_key(key)}, {moment(day)}, {hash_key(held_key)}, {moment(held)}"


ORDER = "basket_id, product_id, household_id"
VERSION = "thing_hk, load_date, record_source, thing_hashdiff"
POINTER = "thing_hk, as_of_date, versions_of_things_pk, versions_of_things_ldts"
GHOST = version(0, "1900-01-01", "SYSTEM")
FIRST, SECOND, THIRD = (version(7, "2017-01-02", "pos", 1), version(7, "2017-02-02", "pos", 2), version(8, "2017-02-03", "loyalty", 1))
JANUARY, FEBRUARY = "2017-01-31", "2017-02-28"
POINTERS = (
    pointer(7, JANUARY, 7, "2017-01-02"),
    pointer(7, FEBRUARY, 7, "2017-02-02"),
    pointer(8, JANUARY, 0, "1900-01-01"),
    pointer(8, FEBRUARY, 8, "2017-02-03"),
)
TIER_HASH = "household_id, tier, household_tier_hk"
RANGE = "household_id, first_day, end_day"
CASES = [
    Case(
        "grain",
        {},
        grain=["basket_id", "product_id"],
        good={"holds": values(ORDER, "1, 50, 7", "1, 51, 7", "2, 50, null"), "empty": empty(ORDER)},
        bad={
            "a_row_twice": values(ORDER, "1, 50, 7", "1, 51, 7", "1, 50, 8"),
            "a_null_in_the_key": values(ORDER, "1, 50, 7", "1, null, 7"),
        },
    ),
    Case(
        "no_finding",
        {"rule": "product_not_in_catalogue"},
        tells="warn",
        good={
            "other_rules": values("rule_name, record_key", "'store_without_sales', 'a'", "'product_not_in', 'b'"),
            "empty": empty("", "rule_name, record_key"),
        },
        bad={"one": values("rule_name, record_key", "'store_without_sales', 'a'", "'product_not_in_catalogue', 'b'")},
    ),
    Case(
        "is_fresh",
        {},
        good={"none_is_stale": values("name, is_stale", "'mv_a', false", "'mv_b', false")},
        bad={"one_is": values("name, is_stale", "'mv_a', false", "'mv_b', true")},
    ),
    Case(
        "ranges_touch",
        {"of": ["household_id"], "valid_from": "first_day", "valid_to": "end_day"},
        good={
            "they_touch": values(RANGE, "7, 1, 5", "7, 5, 9", "7, 9, null", "8, 3, null"),
            "two_things_may_overlap": values(RANGE, "7, 1, null", "8, 1, 4", "8, 4, null"),
            "empty": empty(RANGE),
        },
        bad={
            "a_gap": values(RANGE, "7, 1, 4", "7, 5, null"),
            "an_overlap": values(RANGE, "7, 1, 6", "7, 5, null"),
            "two_are_open": values(RANGE, "7, 1, cast(null as integer)", "7, 5, null"),
            "the_last_is_closed": values(RANGE, "7, 1, 5", "7, 5, 9"),
            "a_range_of_no_day": values(RANGE, "7, 1, 5", "7, 5, 5", "7, 5, null"),
            "it_ends_before_it_begins": values(RANGE, "7, 5, 1"),
            "it_begins_nowhere": values(RANGE, "7, cast(null as integer), cast(null as integer)"),
        },
    ),
    Case(
        "minimal_key",
        {},
        grain=["basket_id", "product_id"],
        good={"holds": values(ORDER, "1, 50, 7", "1, 51, 7", "2, 50, 7"), "one_row": values(ORDER, "1, 50, 7"), "empty": empty(ORDER)},
        bad={
            "no_key": values(ORDER, "1, 50, 7", "1, 51, 7", "2, 50, 7", "2, 50, 8"),
            "a_null_in_the_key": values(ORDER, "1, 50, 7", "1, null, 7", "2, 50, 7"),
            "the_basket_alone_is_a_key": values(ORDER, "1, 50, 7", "2, 50, 7"),
            "the_product_alone_is_a_key": values(ORDER, "1, 50, 7", "1, 51, 7"),
        },
    ),
    Case(
        "functional_dependency",
        {"determinant": ["manufacturer_id"], "dependents": ["brand", "country"]},
        good={
            "holds": values("manufacturer_id, brand, country", "1, 'a', 'x'", "1, 'a', 'x'", "2, 'a', 'x'"),
            "null_is_a_value": values("manufacturer_id, brand, country", "1, null, 'x'", "1, null, 'x'", "null, 'a', 'x'"),
            "empty": empty("manufacturer_id, brand, country"),
        },
        bad={
            "two_values": values("manufacturer_id, brand, country", "1, 'a', 'x'", "1, 'b', 'x'"),
            "two_values_of_the_last": values("manufacturer_id, brand, country", "1, 'a', 'x'", "1, 'a', 'y'"),
            "a_value_and_a_null": values("manufacturer_id, brand, country", "1, 'a', 'x'", "1, null, 'x'"),
            "two_values_of_null": values("manufacturer_id, brand, country", "cast(null as integer), 'a', 'x'", "null, 'b', 'x'"),
        },
    ),
    Case(
        "not_functional_dependency",
        {"determinant": ["product_type"], "dependents": ["product_category"], "expected_violations": 2},
        good={
            "two_break_it": values("product_type, product_category", "'a', 'x'", "'a', 'y'", "'b', 'x'", "'b', 'y'", "'c', 'x'"),
            "empty": empty("product_type, product_category"),
        },
        bad={
            "it_holds": values("product_type, product_category", "'a', 'x'", "'b', 'x'"),
            "only_nulls_speak_against_it": values("product_type, product_category", "'a', 'x'", "'a', null", "null, 'x'", "null, 'y'"),
            "one_breaks_it": values("product_type, product_category", "'a', 'x'", "'a', 'y'", "'b', 'x'"),
        },
    ),
    Case(
        "references_exist",
        {
            "references": [
                {"columns": ["tier"], "to": "ref('tiers')"},
                {"columns": ["home_store_id", "region"], "to": "ref('stores')", "to_columns": ["store_id", "region"]},
            ]
        },
        good={
            "all_found": values("tier, home_store_id, region", "'gold', 3, 1", "'bronze', 4, 2"),
            "null_points_nowhere": values("tier, home_store_id, region", "null, 3, 1", "'gold', null, 1"),
            "empty": empty("home_store_id, region", texts="tier"),
        },
        bad={
            "unknown_tier": values("tier, home_store_id, region", "'gold', 3, 1", "'platinum', 3, 1"),
            "the_pair_is_unknown": values("tier, home_store_id, region", "'gold', 3, 2"),
        },
    ),
    Case(
        "lossless_rejoin",
        {
            "whole": "ref('whole')",
            "key": ["line_id"],
            "joins": [
                {"relation": "ref('stores')", "name": "stores", "condition": "part.store_id = stores.store_id"},
                {"relation": "ref('lines_of_the_whole')", "name": "lines", "condition": "part.line_id = lines.line_id", "kind": "inner"},
            ],
            "columns": {"quantity": "part.quantity", "region": "stores.region"},
        },
        good={
            "holds": values("line_id, store_id, quantity", "1, 3, 10", "2, 4, null", "3, 9, 30"),
            "what_the_whole_cannot_hold_is_kept_out": values(
                "line_id, store_id, quantity", "1, 3, 10", "2, 4, null", "3, 9, 30", "8, 3, 1"
            ),
        },
        bad={
            "a_row_is_lost": values("line_id, store_id, quantity", "1, 3, 10", "3, 9, 30"),
            "a_row_is_new": values("line_id, store_id, quantity", "1, 3, 10", "2, 4, null", "3, 9, 30", "4, 3, 1"),
            "a_value_differs": values("line_id, store_id, quantity", "1, 3, 11", "2, 4, null", "3, 9, 30"),
            "a_null_became_a_value": values("line_id, store_id, quantity", "1, 3, 10", "2, 4, 0", "3, 9, 30"),
            "a_joined_value_differs": values("line_id, store_id, quantity", "1, 4, 10", "2, 4, null", "3, 9, 30"),
        },
    ),
    Case(
        "grain_by_bits",
        {"coarse": ["product_key", "store_key"], "small_integer": "grocer_week"},
        grain=["product_key", "store_key", "grocer_week", "display_code"],
        good={
            "holds": values("product_key, store_key, grocer_week, display_code", "1, 3, 1, 0", "1, 3, 53, 0", "1, 4, 1, 0"),
            "two_displays_a_week": values("product_key, store_key, grocer_week, display_code", "1, 3, 1, 0", "1, 3, 1, 2"),
            "empty": empty("product_key, store_key, grocer_week, display_code"),
        },
        bad={"a_row_twice": values("product_key, store_key, grocer_week, display_code", "1, 3, 1, 0", "1, 3, 2, 0", "1, 3, 2, 0")},
    ),
    Case(
        "has_ghost_record",
        {"key": ["thing_hk"]},
        good={"holds": values(VERSION, GHOST, FIRST)},
        bad={
            "none": values(VERSION, FIRST),
            "two": values(VERSION, GHOST, GHOST, FIRST),
            "of_another_key": values(VERSION, version(1, "1900-01-01", "SYSTEM"), FIRST),
            "of_another_day": values(VERSION, version(0, "1900-01-02", "SYSTEM"), FIRST),
            "of_another_source": values(VERSION, version(0, "1900-01-01", "pos"), FIRST),
        },
    ),
    Case(
        "holds_every_key",
        {"key": "thing_hk", "stages": ["ref('versions_of_things')", "ref('other_things')"]},
        good={
            "has_all": values(VERSION, FIRST, THIRD),
            "it_keeps_what_is_staged_no_more": values(VERSION, FIRST, THIRD, version(9, "2017-01-01", "pos")),
        },
        bad={"a_key_is_missing": values(VERSION, FIRST)},
    ),
    Case(
        "holds_first_arrivals",
        {"key": "thing_hk", "stages": ["ref('versions_of_things')", "ref('other_things')"]},
        good={
            "holds": values(VERSION, FIRST, THIRD),
            "it_knew_a_key_before": values(VERSION, version(7, "2017-01-01", "pos"), THIRD),
        },
        bad={
            "a_later_row_was_kept": values(VERSION, SECOND, THIRD),
            "a_later_source_was_kept": values(VERSION, FIRST, version(8, "2017-02-03", "pos")),
        },
        tells="warn",
    ),
    Case(
        "follows_stage",
        {"key": "thing_hk", "hashdiff": "thing_hashdiff", "stage": "ref('versions_of_things')"},
        good={
            "holds": values(VERSION, GHOST, FIRST, SECOND, THIRD),
            "it_keeps_what_is_staged_no_more": values(VERSION, version(7, "2017-01-01", "pos", 3), FIRST, SECOND, THIRD),
        },
        bad={
            "a_version_is_missing": values(VERSION, FIRST, THIRD),
            "the_first_is_missing": values(VERSION, SECOND, THIRD),
            "another_version": values(VERSION, version(7, "2017-01-02", "pos", 4), SECOND, THIRD),
            "a_repeated_version": values(VERSION, FIRST, SECOND, version(7, "2017-02-05", "pos", 2), THIRD),
        },
    ),
    Case(
        "points_in_time",
        {
            "key": "thing_hk",
            "hub": "ref('things')",
            "as_of_dates": "ref('month_ends')",
            "satellites": ["ref('versions_of_things')"],
        },
        good={"holds": values(POINTER, *POINTERS)},
        bad={
            "a_row_is_missing": values(POINTER, *POINTERS[:3]),
            "an_old_version": values(POINTER, POINTERS[0], pointer(7, FEBRUARY, 7, "2017-01-02"), *POINTERS[2:]),
            "a_version_of_later": values(POINTER, pointer(7, JANUARY, 7, "2017-02-02"), *POINTERS[1:]),
            "the_ghost_for_a_version": values(POINTER, *POINTERS[:3], pointer(8, FEBRUARY, 0, "1900-01-01")),
            "no_ghost": values(POINTER, *POINTERS[:2], f"{hash_key(8)}, {moment(JANUARY)}, null, null", POINTERS[3]),
        },
    ),
    Case(
        "hashes_are_of",
        {"hashes": {"household_tier_hk": ["household_id", "tier"]}, "among": "household_id < 8 or tier = 'gold'"},
        good={
            "holds": values(TIER_HASH, "7, ' gold ', {{ vault_digest(\"'7||GOLD'\", 'md5', 'binary') }}"),
            "a_null_has_its_place": values(TIER_HASH, "7, cast(null as varchar), {{ vault_digest(\"'7||^^'\", 'md5', 'binary') }}"),
            "another_hash_where_none_is_looked_at": values(TIER_HASH, "8, 'silver', {{ vault_digest(\"'7||GOLD'\", 'md5', 'binary') }}"),
        },
        bad={
            "no_delimiter": values(TIER_HASH, "7, 'gold', {{ vault_digest(\"'7GOLD'\", 'md5', 'binary') }}"),
            "another_order": values(TIER_HASH, "7, 'gold', {{ vault_digest(\"'GOLD||7'\", 'md5', 'binary') }}"),
            "no_hash": values(TIER_HASH, "7, 'gold', {{ vault_digest('cast(null as varchar)', 'md5', 'binary') }}"),
        },
    ),
]

HELPERS = {
    "versions_of_things": values(VERSION, FIRST, SECOND, THIRD),
    "other_things": values(VERSION, version(8, "2017-02-03", "pos", 1)),
    "things": values("thing_hk", hash_key(7), hash_key(8)),
    "month_ends": values("as_of_date", moment(JANUARY), moment(FEBRUARY)),
    "tiers": values("tier", "'bronze'", "'gold'"),
    "stores": values("store_id, region", "3, 1", "4, 2"),
    "whole": values("line_id, quantity, region", "1, 10, 1", "2, null, 2", "3, 30, null"),
    "lines_of_the_whole": values("line_id", "1", "2", "3", "4"),
    "stg_meta__clock": "select cast(timestamp '2018-01-01 05:00:00' as timestamp(6)) as as_of, true as is_whole_year",
}

FIELDS = "[{'name': 'position', 'type': 'integer'}, {'name': 'product', 'type': 'varchar'}]"
MACROS = {
    "local_times": "\nunion all\n".join(
        f"select cast(timestamp '{moment}' as timestamp(6)) as moment, {{{{ utc_to_local(\"timestamp '{moment}'\") }}}} as local_moment"
        for moment in (
            "2017-01-01 04:59:59",
            "2017-01-01 05:00:00",
            "2017-03-12 06:59:59",
            "2017-03-12 07:00:00",
            "2017-11-05 05:59:59",
            "2017-11-05 06:00:00",
            "2018-01-01 04:59:59",
        )
    ),
    # Neither the hour that clocks skip in spring nor the one that they show twice in autumn: no date begins in them.
    "utc_times": "\nunion all\n".join(
        f"select cast(timestamp '{moment}' as timestamp(6)) as local_moment, {{{{ local_to_utc(\"timestamp '{moment}'\") }}}} as moment"
        for moment in (
            "2017-01-01 00:00:00",
            "2017-03-12 01:59:59",
            "2017-03-12 03:00:00",
            "2017-07-04 00:00:00",
            "2017-11-05 00:59:59",
            "2017-11-05 02:00:00",
        )
    ),
    "days": "{{ date_series('2017-02-27', '2017-03-02', 'day') }}",
    "one_day": "{{ date_series('2017-12-31', '2017-12-31', 'day') }}",
    "weeks": "with days as ({{ date_series('2016-12-31', '2018-01-01', 'day') }})\nselect day, {{ grocer_week('day') }} as week from days",
    "nested": "select basket, {{ collect_rows(" + FIELDS + ") }} as items\n"
    "from (values (1, 2, null), (1, 1, 'b'), (2, 1, 'caf\u00e9 \u65e5')) as given (basket, position, product)\ngroup by basket",
    "unnested": "select baskets.basket, {{ nested_fields('items', " + FIELDS + ") }}\nfrom {{ ref('nested') }} as baskets\n"
    "{{ unnest_rows('baskets.items', 'items', " + FIELDS + ") }}",
    "nested_empty": "select basket, {{ collect_rows(" + FIELDS + ") }} as items\n"
    "from (values (1, 2, 'b')) as given (basket, position, product)\nwhere false\ngroup by basket",
    "unnested_empty": "select baskets.basket, {{ nested_fields('items', " + FIELDS + ") }}\nfrom {{ ref('nested_empty') }} as baskets\n"
    "{{ unnest_rows('baskets.items', 'items', " + FIELDS + ") }}",
    "numbers": values("number, letter", *(f"{number}, '{letter}'" for number, letter in enumerate("abcdefg" * 100))),
    "batched": "{{ config(post_hook=\"{{ further_batches('number', ref('numbers')) }}\") }}\n"
    "select number, letter, count(*) over () as in_batch\nfrom {{ ref('numbers') }}\nwhere {{ batch_of('number', ref('numbers')) }}",
    "classes": "select {{ product_class_id('department', 'category', 'type') }} as id\n"
    "from (values ('D', 'C', 'T'), ('D', null, 'T'), ('D', 'T', null), ('D', null, null)) as given (department, category, type)",
    "quotients": "select id, {{ divide('a', 'b', 'decimal(12, 2)') }} as quotient\n"
    "from (values (1, 7, 2), (2, 1, 3), (3, 5, 0), (4, null, 2), (5, 1, 8), (6, -1, 8)) as given (id, a, b)",
    "keys": "select display, mailer, {{ placement_key('display', 'mailer') }} as number\n"
    "from (values ('0', '0'), ('9', 'A'), ('A', '9'), ('Z', 'Z'), ('a', '1'), ('1', 'a'), ('12', '1'), ('1', '')) as t (display, mailer)",
    "times": "select id, {{ time_key('moment') }} as number\n"
    "from (values (1, timestamp '2017-01-02 00:00:59'), (2, timestamp '2017-01-02 23:59:00')) as given (id, moment)",
    "versions": "select days.id, versions.name\n"
    "from (values (1, date '2017-01-01'), (2, date '2017-01-02'), (3, date '2017-01-04'), (4, date '2017-01-05')) as days (id, day)\n"
    "left join (values ('old', date '2017-01-02', date '2017-01-05'), ('new', date '2017-01-05', cast(null as date)))\n"
    "as versions (name, valid_from, valid_to) on {{ holds_on('versions', 'days.day') }}",
    "day_keys": "select id, {{ day_key('day') }} as number\n"
    "from (values (1, date '2017-01-02'), (2, date '2016-12-31'), (3, cast(null as date))) as given (id, day)",
    "coupon_keys": "select id, {{ coupon_key('upc', 'campaign') }} as number\n"
    "from (values (1, '51111080676', 2), (2, '51111080676', 13), (3, '05111108067', 2)) as given (id, upc, campaign)",
    "read_twice": "with given as {{ not_materialized() }} (select number from {{ ref('numbers') }})\n"
    "select number from given where number in (select max(number) from given)",
    "small_integers": "select name, {{ count_distinct_small_integers('number') }} as numbers\n"
    "from (values ('a', 0), ('a', 62), ('a', 62), ('b', 1)) as given (name, number)\ngroup by name",
}
