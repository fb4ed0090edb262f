"""Point-in-time tables; the given satellites are as they are at each run."""

from tests.vault.scenario import Scenario

PIT = (
    "pit(source_model='@hub', src_pk='a_hk', as_of_dates_table='@dates',"
    " satellites={'@sat': {'pk': {'PK': 'a_hk'}, 'ldts': {'LDTS': 'load_date'}}})"
)
TWO = PIT.replace("'load_date'}}})", "'load_date'}}, '@more': {'pk': {'PK': 'a_hk'}, 'ldts': {'LDTS': 'load_date'}}})")
HUB, SAT, DATES = "a_hk\n", "a_hk | load_date\n", "as_of_date\n"
P = "a_hk | as_of_date | @sat_pk | @sat_ldts\n"


def pit(name: str, hub: list[str], sat: list[str], dates: list[str], expected: str, call: str = PIT, config: str = "") -> Scenario:
    given = {
        "hub": [HUB + text for text in hub],
        "sat": [SAT + text for text in sat],
        "dates": [DATES + text for text in dates],
    }
    return Scenario(f"pit: {name}", call, given, P + expected, config=config)


SCENARIOS = [
    pit("the latest row up to the date", ["a"], ["a|1\na|3\na|5"], ["2\n4\n9"], "a|2|a|1\na|4|a|3\na|9|a|5"),
    pit("a row at the moment itself counts", ["a"], ["a|3"], ["3"], "a|3|a|3"),
    pit("a microsecond later does not", ["a"], ["a|2020-01-03 00:00:00.000001"], ["3"], "a|3|0|ghost"),
    pit("before the first row is the ghost", ["a"], ["a|3"], ["2"], "a|2|0|ghost"),
    pit("a key without a row is the ghost", ["a\nb"], ["a|1"], ["2"], "a|2|a|1\nb|2|0|ghost"),
    pit("an empty satellite", ["a"], [""], ["2"], "a|2|0|ghost"),
    pit("an empty hub", [""], ["a|1"], ["2"], ""),
    pit("no dates", ["a"], ["a|1"], [""], ""),
    pit("a date twice, or null, is no matter", ["a"], ["a|1"], ["2\n2\nnull"], "a|2|a|1"),
    pit("several rows of a load date are one", ["a"], ["a|1\na|1\na|1"], ["2"], "a|2|a|1"),
    pit("a key that the hub lacks", ["a"], ["a|1\nb|1"], ["2"], "a|2|a|1"),
    pit("the satellite's ghost record is not a hub's key", ["a"], ["0|ghost\na|3"], ["2\n4"], "a|2|0|ghost\na|4|a|3"),
    pit("a date that is gone is removed", ["a", "a"], ["a|1"], ["2\n3", "3\n4"], "a|3|a|1\na|4|a|1"),
    pit("a new key is filled back", ["a", "a\nb"], ["a|1", "a|1\nb|2"], ["1\n3"], "a|1|a|1\na|3|a|1\nb|1|0|ghost\nb|3|b|2"),
    pit("a late row corrects the past", ["a"], ["a|1\na|5", "a|1\na|5\na|3"], ["4\n6"], "a|4|a|3\na|6|a|5"),
    pit(
        "as an incremental model too",
        ["a", "a\nb"],
        ["a|1", "a|1\na|3"],
        ["2\n4", "4"],
        "a|4|a|3\nb|4|0|ghost",
        config="materialized='incremental'",
    ),
    pit(
        "arguments of AutomateDV that are not needed",
        ["a"],
        ["a|1"],
        ["2"],
        "a|2|a|1",
        PIT.replace("pit(", "pit(src_ldts='load_date', stage_tables_ldts={'stage': 'load_date'}, "),
    ),
    Scenario(
        "pit: two satellites",
        TWO,
        {"hub": [HUB + "a"], "dates": [DATES + "2\n4"], "sat": [SAT + "a|1\na|3"], "more": [SAT + "a|2"]},
        "a_hk | as_of_date | @sat_pk | @sat_ldts | @more_pk | @more_ldts\na|2|a|1|a|2\na|4|a|3|a|2",
    ),
    Scenario(
        "pit: extra columns of the hub",
        PIT.replace("src_pk=", "src_extra_columns=['a_id'], src_pk="),
        {"hub": ["a_hk | a_id\na|7"], "dates": [DATES + "2"], "sat": [SAT + "a|1"]},
        "a_hk | a_id | as_of_date | @sat_pk | @sat_ldts\na|7|2|a|1",
    ),
    Scenario(
        "pit: a composite key",
        PIT.replace("src_pk='a_hk'", "src_pk=['a_hk', 'b_hk']").replace("{'PK': 'a_hk'}", "{'a_pk': 'a_hk', 'b_pk': 'c_hk'}"),
        {"hub": ["a_hk | b_hk\na|b\na|d"], "dates": [DATES + "2"], "sat": ["a_hk | c_hk | load_date\na|b|1"]},
        "a_hk | b_hk | as_of_date | @sat_a_pk | @sat_b_pk | @sat_ldts\na|b|2|a|b|1\na|d|2|0|0|ghost",
    ),
]
