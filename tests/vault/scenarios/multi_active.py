"""Multi-active satellites: sets of rows."""

from tests.vault.scenario import DEFAULT, Scenario, Variant, one
from tests.vault.scenarios.satellites import GHOSTS

MAS = (
    "ma_sat(src_pk='a_hk', src_cdk='child', src_hashdiff='hashdiff', src_payload=['name'], src_ldts='load_date', src_source='source',"
    " source_model='@stage')"
)
TWO_CHILDREN = MAS.replace("'child'", "['child', 'kind']")
COMPOSITE = MAS.replace("'a_hk'", "['a_hk', 'b_hk']")
EFF = MAS.replace("src_ldts", "src_eff='effective_from', src_ldts")
M = "a_hk | child | hashdiff | name | load_date | source\n"
K = "a_hk | child | kind | hashdiff | name | load_date | source\n"
C = "a_hk | b_hk | child | hashdiff | name | load_date | source\n"
E = "a_hk | child | hashdiff | name | effective_from | load_date | source\n"
P = "a|p|A|A|{0}|x\na|q|B|B|{0}|x"


def mas(name: str, loads: list[str], expected: str, call: str = MAS, head: str = M, variant: Variant = DEFAULT) -> Scenario:
    return Scenario(f"ma_sat: {name}", call, one(*[head + load for load in loads]), head + expected, variant=variant)


PAIR = P.format(1)
SCENARIOS = [
    mas("a first set", [PAIR], PAIR),
    mas("the same set is not loaded", [PAIR, P.format(2)], PAIR),
    mas("the same set in another order", [PAIR, "a|q|B|B|2|x\na|p|A|A|2|x"], PAIR),
    mas("a changed member loads the whole set", [PAIR, "a|p|A|A|2|x\na|q|C|C|2|x"], PAIR + "\na|p|A|A|2|x\na|q|C|C|2|x"),
    mas("a member more loads the whole set", [PAIR, P.format(2) + "\na|r|C|C|2|x"], PAIR + "\n" + P.format(2) + "\na|r|C|C|2|x"),
    mas("a member less loads the whole set", [PAIR, "a|p|A|A|2|x"], PAIR + "\na|p|A|A|2|x"),
    mas("another child with the same hashdiff", ["a|p|A|A|1|x", "a|q|A|A|2|x"], "a|p|A|A|1|x\na|q|A|A|2|x"),
    mas("hashdiffs swapped between children", [PAIR, "a|p|B|B|2|x\na|q|A|A|2|x"], PAIR + "\na|p|B|B|2|x\na|q|A|A|2|x"),
    mas("a set returns", ["a|p|A|A|1|x", PAIR.replace("|1|", "|2|"), "a|p|A|A|3|x"], "a|p|A|A|1|x\n" + P.format(2) + "\na|p|A|A|3|x"),
    mas(
        "several load dates of a batch in order",
        [PAIR + "\n" + P.format(2) + "\na|p|A|A|3|x\n" + P.format(4)],
        PAIR + "\na|p|A|A|3|x\n" + P.format(4),
    ),
    mas("several load dates against the stored set", [PAIR, P.format(2) + "\na|p|A|A|3|x\na|p|A|A|4|x"], PAIR + "\na|p|A|A|3|x"),
    mas(
        "one key changes, the other does not", [PAIR + "\nb|p|A|A|1|x", P.format(2) + "\nb|p|B|B|2|x"], PAIR + "\nb|p|A|A|1|x\nb|p|B|B|2|x"
    ),
    mas("equal rows are one member", ["a|p|A|A|1|x\na|p|A|A|1|x", "a|p|A|A|2|x"], "a|p|A|A|1|x"),
    mas("one child with two hashdiffs", ["a|p|A|A|1|x\na|p|B|B|1|x", "a|p|A|A|2|x"], "a|p|A|A|1|x\na|p|B|B|1|x\na|p|A|A|2|x"),
    mas("the same member of two sources, the first wins", ["a|p|A|A|1|x\na|p|A|A|1|c"], "a|p|A|A|1|c"),
    mas("a null key or child is dropped", ["null|p|A|A|1|x\na|null|A|A|1|x\na|p|A|A|1|x"], "a|p|A|A|1|x"),
    mas("a blank child is a child", ["a|''|A|A|1|x\na|' '|A|A|1|x", "a|''|A|A|2|x\na|' '|A|A|2|x"], "a|''|A|A|1|x\na|' '|A|A|1|x"),
    mas("the case of a child counts", ["a|p|A|A|1|x", "a|P|A|A|2|x"], "a|p|A|A|1|x\na|P|A|A|2|x"),
    mas("a unicode child", ["a|\u65e5|A|A|1|x", "a|\u65e5|A|A|2|x"], "a|\u65e5|A|A|1|x"),
    mas("a null payload", ["a|p|^^|null|1|x", "a|p|^^|null|2|x"], "a|p|^^|null|1|x"),
    mas("an empty stage keeps the set", ["", PAIR, ""], PAIR),
    mas("a late set takes its place", [PAIR, "a|p|C|C|5|x", "a|p|A|A|3|x"], PAIR + "\na|p|C|C|5|x\na|p|A|A|3|x"),
    mas("a late set like the one before it", [PAIR, "a|p|C|C|5|x", P.format(3)], PAIR + "\na|p|C|C|5|x"),
    mas("an old batch once more", [PAIR, "a|p|A|A|2|x", PAIR], PAIR + "\na|p|A|A|2|x"),
    mas("a member for a stored load date", [PAIR, PAIR + "\na|r|C|C|1|x"], PAIR + "\na|r|C|C|1|x"),
    mas("a part of a stored load date's set", [PAIR, "a|p|A|A|1|x"], PAIR),
    mas(
        "two child keys", ["a|p|1|A|A|1|x\na|p|2|A|A|1|x", "a|p|1|A|A|2|x"], "a|p|1|A|A|1|x\na|p|2|A|A|1|x\na|p|1|A|A|2|x", TWO_CHILDREN, K
    ),
    mas("child keys do not run together", ["a|p|q r|A|A|1|x", "a|p q|r|A|A|2|x"], "a|p|q r|A|A|1|x\na|p q|r|A|A|2|x", TWO_CHILDREN, K),
    mas(
        "a composite key",
        ["a|b|p|A|A|1|x\na|c|p|A|A|1|x", "a|b|p|B|B|2|x\na|c|p|A|A|2|x"],
        "a|b|p|A|A|1|x\na|c|p|A|A|1|x\na|b|p|B|B|2|x",
        COMPOSITE,
        C,
    ),
    mas("effective-from passes", ["a|p|A|A|1|2|x", "a|p|A|A|2|3|x", "a|p|B|B|3|4|x"], "a|p|A|A|1|2|x\na|p|B|B|3|4|x", EFF, E),
    mas(
        "microseconds tell sets apart",
        ["a|p|A|A|2020-01-01 00:00:00.000001|x\na|q|B|B|2020-01-01 00:00:00.000002|x"],
        "a|p|A|A|2020-01-01 00:00:00.000001|x\na|q|B|B|2020-01-01 00:00:00.000002|x",
    ),
    mas("a ghost record", ["a|p|A|A|1|x", "a|p|B|B|2|x"], f"a|p|A|A|1|x\na|p|B|B|2|x\n0|{'0' * 32}|0|null|ghost|SYSTEM", variant=GHOSTS),
    Scenario(
        "ma_sat: the sources' members are one set",
        MAS.replace("'@stage'", "['@stage', '@other']"),
        {"stage": [M + "a|p|A|A|1|x", M + "a|p|A|A|2|x"], "other": [M + "a|q|B|B|1|y", M + "a|q|B|B|2|y"]},
        M + "a|p|A|A|1|x\na|q|B|B|1|y",
    ),
]
