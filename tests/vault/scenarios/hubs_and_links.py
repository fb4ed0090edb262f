"""Hubs, links, non-historized links and reference tables."""

from tests.vault.scenario import Scenario, one

HUB = "hub(src_pk='a_hk', src_nk='a_id', src_ldts='load_date', src_source='source', source_model='@stage')"
TWO = HUB.replace("'@stage'", "['@stage', '@other']")
COMPOSITE = HUB.replace("'a_hk'", "['a_hk', 'b_hk']")
EXTRA = HUB.replace("hub(", "hub(src_extra_columns=['extra'], ")
LINK = "link(src_pk='l_hk', src_fk=['a_hk', 'b_hk'], src_ldts='load_date', src_source='source', source_model='@stage')"
LINK_TWO = LINK.replace("'@stage'", "['@stage', '@other']")
NH = (
    "nh_link(src_pk='l_hk', src_fk=['a_hk', 'b_hk'], src_payload=['amount'], src_ldts='load_date', src_source='source',"
    " source_model='@stage')"
)
REF = "ref_table(src_pk='code', src_extra_columns=['meaning'], source_model='@stage')"
H = "a_hk | a_id | load_date | source\n"
X = "a_hk | a_id | extra | load_date | source\n"
C = "a_hk | b_hk | a_id | load_date | source\n"
L = "l_hk | a_hk | b_hk | load_date | source\n"
N = "l_hk | a_hk | b_hk | amount | load_date | source\n"
R = "code | meaning\n"


def hub(name: str, loads: list[str], expected: str, call: str = HUB, head: str = H) -> Scenario:
    return Scenario(f"hub: {name}", call, one(*[head + load for load in loads]), head + expected)


def link(name: str, loads: list[str], expected: str, call: str = LINK, head: str = L) -> Scenario:
    return Scenario(f"link: {name}", call, one(*[head + load for load in loads]), head + expected)


def nh_link(name: str, loads: list[str], expected: str, call: str = NH, head: str = N) -> Scenario:
    return Scenario(f"nh_link: {name}", call, one(*[head + load for load in loads]), head + expected)


def ref(name: str, loads: list[str], expected: str, call: str = REF, head: str = R) -> Scenario:
    return Scenario(f"ref_table: {name}", call, one(*[head + load for load in loads]), head + expected)


HUBS = [
    hub("a first load", ["a|a|1|x\nb|b|1|x"], "a|a|1|x\nb|b|1|x"),
    hub("a new key is added, a known one is not", ["a|a|1|x", "a|a|2|x\nb|b|2|x"], "a|a|1|x\nb|b|2|x"),
    hub("the earliest load date of a batch wins", ["a|late|3|x\na|early|1|x\na|middle|2|x"], "a|early|1|x"),
    hub("ties go to the record source that sorts first", ["a|of x|1|x\na|of b|1|b\na|of m|1|m"], "a|of b|1|b"),
    hub("load date before record source", ["a|a|1|z\na|a|2|b"], "a|a|1|z"),
    hub("a tie of source too goes by the natural key", ["a|2|1|x\na|1|1|x"], "a|1|1|x"),
    hub("a key twice in a batch", ["a|a|1|x\na|a|1|x"], "a|a|1|x"),
    hub("null keys are dropped", ["null|a|1|x\nb|b|1|x"], "b|b|1|x"),
    hub("only null keys", ["null|a|1|x", "null|b|2|x"], ""),
    hub("an empty stage", ["", ""], ""),
    hub("an empty stage after rows", ["a|a|1|x", ""], "a|a|1|x"),
    hub("rows after an empty first load", ["", "a|a|2|x\na|a|1|x"], "a|a|1|x"),
    hub("an earlier load date of a known key changes nothing", ["a|a|5|x", "a|a|1|x"], "a|a|5|x"),
    hub("microseconds decide", ["a|1|2020-01-01 00:00:00.000002|x\na|2|2020-01-01 00:00:00.000001|x"], "a|2|2020-01-01 00:00:00.000001|x"),
    hub("a null natural key beside a key", ["a|null|1|x"], "a|null|1|x"),
    hub("a null record source sorts last", ["a|1|1|null\na|2|1|x"], "a|2|1|x"),
    hub("unicode and quotes pass", ["a|caf\u00e9 \u65e5\u672c|1|it's"], "a|caf\u00e9 \u65e5\u672c|1|it's"),
    hub("blanks and case of a natural key pass", ["a|'  Ab '|1|x"], "a|'  Ab '|1|x"),
    hub("the zero key is a key", ["0|a|1|x"], "0|a|1|x"),
    hub("three loads", ["a|a|1|x", "b|b|2|x", "c|c|3|x\na|a|3|x"], "a|a|1|x\nb|b|2|x\nc|c|3|x"),
    hub("a composite key", ["a|b|1|1|x\na|c|2|1|x\na|b|1|2|x", "a|c|2|2|x\nd|c|3|2|x"], "a|b|1|1|x\na|c|2|1|x\nd|c|3|2|x", COMPOSITE, C),
    hub("a null part of a composite key", ["a|null|1|1|x\nnull|b|2|1|x\na|b|3|1|x"], "a|b|3|1|x", COMPOSITE, C),
    hub("extra columns pass through", ["a|a|e|1|x\nb|b|null|1|x"], "a|a|e|1|x\nb|b|null|1|x", EXTRA, X),
    hub("an extra column breaks the last tie", ["a|a|e2|1|x\na|a|e1|1|x"], "a|a|e1|1|x", EXTRA, X),
    Scenario(
        "hub: across sources the earliest wins",
        TWO,
        {"stage": [H + "a|a|2|x\nb|b|1|x"], "other": [H + "a|a|1|y\nb|b|1|w\nc|c|1|y"]},
        H + "a|a|1|y\nb|b|1|w\nc|c|1|y",
    ),
    Scenario("hub: one of two sources is empty", TWO, {"stage": [H], "other": [H + "a|a|1|y", H + "b|b|2|y"]}, H + "a|a|1|y\nb|b|2|y"),
    Scenario("hub: the same source twice", HUB.replace("'@stage'", "['@stage', '@stage']"), one(H + "a|a|1|x"), H + "a|a|1|x"),
    Scenario("hub: a list of one source", HUB.replace("'@stage'", "['@stage']"), one(H + "a|a|1|x"), H + "a|a|1|x"),
    Scenario(
        "hub: a new column in the stage is no matter",
        HUB,
        one(H + "a|a|1|x", "a_hk | a_id | load_date | source | new\nb|b|2|x|n"),
        H + "a|a|1|x\nb|b|2|x",
        columns_change=True,
    ),
    Scenario(
        "hub: an extra column is added later",
        "hub(src_pk='a_hk', src_nk='a_id', src_extra_columns=(none if load == 1 else 'extra'), src_ldts='load_date', src_source='source',"
        " source_model='@stage')",
        one(H + "a|a|1|x", "a_hk | a_id | load_date | source | extra\nb|b|2|x|n"),
        "a_hk | a_id | load_date | source | extra\na|a|1|x|null\nb|b|2|x|n",
        columns_change=True,
    ),
    Scenario(
        "hub: a column is renamed on the way",
        HUB.replace("src_nk='a_id'", "src_nk={'source_column': 'a_id', 'alias': 'article'}"),
        one(H + "a|1|1|x", H + "b|2|2|x"),
        "a_hk | article | load_date | source\na|1|1|x\nb|2|2|x",
    ),
    Scenario("hub: names in upper case", HUB.replace("a_hk", "A_HK").replace("load_date", "LOAD_DATE"), one(H + "a|1|1|x"), H + "a|1|1|x"),
    Scenario("hub: two natural key columns", HUB.replace("'a_id'", "['a_id', 'extra']"), one(X + "a|1|e|1|x"), X + "a|1|e|1|x"),
]

LINKS = [
    link("a first load", ["l|a|b|1|x\nm|a|c|1|x"], "l|a|b|1|x\nm|a|c|1|x"),
    link("known links are skipped", ["l|a|b|1|x", "l|a|b|2|x\nm|a|c|2|x"], "l|a|b|1|x\nm|a|c|2|x"),
    link("the earliest load date of a batch wins", ["l|a|b|2|x\nl|a|b|1|x"], "l|a|b|1|x"),
    link("ties go to the record source that sorts first", ["l|a|b|1|x\nl|a|b|1|c"], "l|a|b|1|c"),
    link("dropped when its key is null", ["null|a|b|1|x"], ""),
    link("dropped when the first foreign key is null", ["l|null|b|1|x\nm|a|b|1|x"], "m|a|b|1|x"),
    link("dropped when the last foreign key is null", ["l|a|null|1|x\nm|a|b|1|x"], "m|a|b|1|x"),
    link("an earlier row without a foreign key does not win", ["l|a|null|1|x\nl|a|b|2|x"], "l|a|b|2|x"),
    link("an empty stage", ["", "l|a|b|1|x", ""], "l|a|b|1|x"),
    link("a late load date of a known link", ["l|a|b|5|x", "l|a|b|1|x"], "l|a|b|5|x"),
    link("of a hub with itself", ["l|a|a|1|x"], "l|a|a|1|x"),
    link(
        "a composite key",
        ["l|a|b|1|x\nl|a|c|1|x", "l|a|b|2|x\nm|a|b|2|x"],
        "l|a|b|1|x\nl|a|c|1|x\nm|a|b|2|x",
        LINK.replace("src_pk='l_hk', src_fk=['a_hk', 'b_hk']", "src_pk=['l_hk', 'b_hk'], src_fk='a_hk'"),
    ),
    link(
        "extra columns pass through",
        ["l|a|b|e|1|x"],
        "l|a|b|e|1|x",
        LINK.replace("link(", "link(src_extra_columns='extra', "),
        "l_hk | a_hk | b_hk | extra | load_date | source\n",
    ),
    Scenario(
        "link: several sources",
        LINK_TWO,
        {"stage": [L + "l|a|b|2|x", L + "n|a|b|3|x"], "other": [L + "l|a|b|1|y\nm|a|b|1|y"]},
        L + "l|a|b|1|y\nm|a|b|1|y\nn|a|b|3|x",
    ),
]

NH_LINKS = [
    nh_link("a first load", ["l|a|b|1.50|1|x\nm|a|b|2|1|x"], "l|a|b|1.50|1|x\nm|a|b|2|1|x"),
    nh_link("equal rows load once", ["l|a|b|1|1|x\nl|a|b|1|1|x"], "l|a|b|1|1|x"),
    nh_link("different rows of a key in one batch all load", ["l|a|b|1|1|x\nl|a|b|2|1|x"], "l|a|b|1|1|x\nl|a|b|2|1|x"),
    nh_link("a row that differs in its load date is another row", ["l|a|b|1|1|x\nl|a|b|1|2|x"], "l|a|b|1|1|x\nl|a|b|1|2|x"),
    nh_link("present keys are skipped, changed or not", ["l|a|b|1|1|x", "l|a|b|9|2|x\nm|a|b|1|2|x"], "l|a|b|1|1|x\nm|a|b|1|2|x"),
    nh_link("dropped when its key is null", ["null|a|b|1|1|x"], ""),
    nh_link("dropped when a foreign key is null", ["l|null|b|1|1|x\nl|a|null|1|1|x"], ""),
    nh_link("a null payload is a payload", ["l|a|b|null|1|x"], "l|a|b|null|1|x"),
    nh_link("an empty stage", ["l|a|b|1|1|x", ""], "l|a|b|1|1|x"),
    nh_link(
        "a stage known to be distinct",
        ["l|a|b|1|1|x", "m|a|b|1|2|x"],
        "l|a|b|1|1|x\nm|a|b|1|2|x",
        NH.replace("nh_link(", "nh_link(is_distinct=true, "),
    ),
    nh_link("without a payload", ["l|a|b|1|x"], "l|a|b|1|x", NH.replace("src_payload=['amount'], ", ""), L),
    nh_link(
        "a composite key with a null part",
        ["l|a|b|1|1|x\nl|a|null|1|1|x", "l|a|b|2|2|x\nl|a|c|2|2|x"],
        "l|a|b|1|1|x\nl|a|c|2|2|x",
        NH.replace("src_pk='l_hk', src_fk=['a_hk', 'b_hk']", "src_pk=['l_hk', 'b_hk'], src_fk=['a_hk']"),
    ),
]

REF_TABLES = [
    ref("a first load", ["1|one\n2|two"], "1|one\n2|two"),
    ref("a known code is skipped", ["1|one", "1|uno\n2|two"], "1|one\n2|two"),
    ref("equal rows load once", ["1|one\n1|one"], "1|one"),
    ref("distinct rows of a new code all load", ["1|one\n1|uno"], "1|one\n1|uno"),
    ref("a null code is dropped", ["null|none\n1|one"], "1|one"),
    ref("a blank code is a code", ["''|empty\n' '|blank"], "''|empty\n' '|blank"),
    ref("an empty stage", ["", "1|one", ""], "1|one"),
    ref(
        "a composite code",
        ["1|a\n1|b\nnull|c", "1|a\n2|a"],
        "1|a\n1|b\n2|a",
        REF.replace("'code'", "['code', 'meaning']").replace("src_extra_columns=['meaning'], ", ""),
    ),
    ref(
        "with load date and source",
        ["1|one|1|x", "1|one|2|x\n2|two|2|x"],
        "1|one|1|x\n2|two|2|x",
        REF.replace("source_model", "src_ldts='load_date', src_source='source', source_model"),
        "code | meaning | load_date | source\n",
    ),
]

SCENARIOS = HUBS + LINKS + NH_LINKS + REF_TABLES
