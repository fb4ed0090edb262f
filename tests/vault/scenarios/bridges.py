"""Bridges; the given links and effectivity satellites are as they are at each run."""

from tests.vault.scenario import Scenario

STEP = (
    "'{0}': {{'bridge_link_pk': 'link_{0}_hk', 'link_table': '@link_{0}', 'link_pk': 'l_hk', 'link_fk1': '{1}', 'link_fk2': '{2}',"
    " 'eff_sat_table': '@eff_{0}', 'eff_sat_pk': 'l_hk', 'eff_sat_end_date': 'end_date', 'eff_sat_load_date': 'load_date'}}"
)
ONE = "bridge(source_model='@hub', src_pk='a_hk', as_of_dates_table='@dates', bridge_walk={" + STEP.format("b", "a_hk", "b_hk") + "})"
TWO = ONE.removesuffix("})") + ", " + STEP.format("c", "b_hk", "c_hk") + "})"
ORDERED = ONE.replace("'load_date'}", "'load_date', 'eff_sat_effective_from': 'effective_from'}")
HUB, DATES, LINK_B, LINK_C = "a_hk\n", "as_of_date\n", "l_hk | a_hk | b_hk\n", "l_hk | b_hk | c_hk\n"
EFF = "l_hk | end_date | load_date\n"
B = "a_hk | as_of_date | link_b_hk\n"


def bridge(
    name: str, links: str, effs: list[str], dates: list[str], expected: str, hub: str = "a", call: str = ONE, eff: str = EFF
) -> Scenario:
    given = {
        "hub": [HUB + hub],
        "dates": [DATES + text for text in dates],
        "link_b": [LINK_B + links],
        "eff_b": [eff + text for text in effs],
    }
    return Scenario(f"bridge: {name}", call, given, B + expected)


SCENARIOS = [
    bridge("an open step", "l|a|b", ["l|open|1"], ["2"], "a|2|l"),
    bridge("not known yet", "l|a|b", ["l|open|3"], ["2"], ""),
    bridge("known at the moment itself", "l|a|b", ["l|open|2"], ["2"], "a|2|l"),
    bridge("closed before the date", "l|a|b", ["l|open|1\nl|3|3"], ["2\n4"], "a|2|l"),
    bridge("ended at the moment itself is not open", "l|a|b", ["l|4|1"], ["3\n4"], "a|3|l"),
    bridge("a null end is open", "l|a|b", ["l|null|1"], ["2"], "a|2|l"),
    bridge("returned", "l|a|b", ["l|open|1\nl|3|3\nl|open|5"], ["2\n4\n6"], "a|2|l\na|6|l"),
    bridge("two relationships", "l|a|b\nm|a|d", ["l|open|1\nm|open|3"], ["2\n4"], "a|2|l\na|4|l\na|4|m"),
    bridge("one after the other", "l|a|b\nm|a|d", ["l|open|1\nl|3|3\nm|open|3"], ["2\n4"], "a|2|l\na|4|m"),
    bridge("a key without a link", "l|a|b", ["l|open|1"], ["2"], "a|2|l", hub="a\ne"),
    bridge("a link of no key of the hub", "l|z|b", ["l|open|1"], ["2"], ""),
    bridge("a link without effectivity", "l|a|b", [""], ["2"], ""),
    bridge("dates that are gone are removed", "l|a|b", ["l|open|1"], ["2\n3", "3"], "a|3|l"),
    bridge("a late closing corrects the past", "l|a|b", ["l|open|1", "l|open|1\nl|2|2"], ["3"], ""),
    bridge(
        "effective-from decides within a load date",
        "l|a|b",
        ["l|open|1|9\nl|3|3|9\nl|open|5|9"],
        ["10"],
        "a|10|l",
        call=ORDERED,
        eff="l_hk | end_date | effective_from | load_date\n",
    ),
    bridge(
        "closed last within a load date",
        "l|a|b",
        ["l|open|1|9\nl|3|3|9"],
        ["10"],
        "",
        call=ORDERED,
        eff="l_hk | end_date | effective_from | load_date\n",
    ),
    bridge("without effective-from the closed row counts", "l|a|b", ["l|open|9\nl|3|9"], ["10"], ""),
    Scenario(
        "bridge: two steps, each open",
        TWO,
        {
            "hub": [HUB + "a\ne"],
            "dates": [DATES + "2\n4\n6"],
            "link_b": [LINK_B + "l|a|b\nm|e|d"],
            "eff_b": [EFF + "l|open|1\nm|open|1"],
            "link_c": [LINK_C + "p|b|c\nq|b|f"],
            "eff_c": [EFF + "p|open|3\nq|open|3\nq|5|5"],
        },
        "a_hk | as_of_date | link_b_hk | link_c_hk\na|4|l|p\na|4|l|q\na|6|l|p",
    ),
    Scenario(
        "bridge: a composite key",
        ONE.replace("src_pk='a_hk'", "src_pk=['a_hk', 'd_hk'], src_extra_columns='a_id'").replace(
            "'link_fk1': 'a_hk'", "'link_fk1': ['a_hk', 'd_hk']"
        ),
        {
            "hub": ["a_hk | d_hk | a_id\na|d|7\na|e|8"],
            "dates": [DATES + "2"],
            "link_b": ["l_hk | a_hk | d_hk | b_hk\nl|a|d|b"],
            "eff_b": [EFF + "l|open|1"],
        },
        "a_hk | d_hk | a_id | as_of_date | link_b_hk\na|d|7|2|l",
    ),
]
