"""Satellites, their ghost records, and the views that date their ends."""

from tests.vault.grids import Hashing
from tests.vault.scenario import DEFAULT, Scenario, Variant, one

GHOSTS = Variant("ghosts", {"enable_ghost_records": True})
FIELD = Variant(
    "field",
    {"enable_ghost_records": True, "hash_form": "hex", "hash": "SHA-256", "hash_collision_safe": False, "system_record_value": "NOBODY"},
    Hashing("sha256", "hex"),
)
SAT = "sat(src_pk='a_hk', src_hashdiff='hashdiff', src_payload=['name'], src_ldts='load_date', src_source='source', source_model='@stage')"
EFF = SAT.replace("src_ldts", "src_eff='effective_from', src_ldts")
COMPOSITE = SAT.replace("'a_hk'", "['a_hk', 'b_hk']")
EXTRA = SAT.replace("sat(", "sat(src_extra_columns=['extra'], ")
S = "a_hk | hashdiff | name | load_date | source\n"
E = "a_hk | hashdiff | name | effective_from | load_date | source\n"
C = "a_hk | b_hk | hashdiff | name | load_date | source\n"
DISTINCT = SAT.replace("sat(", "sat(is_distinct=true, ")
X = "a_hk | hashdiff | name | extra | load_date | source\n"
WIDER = "a_hk | hashdiff | name | load_date | source | colour\n"
VIEW = "sat_end_dated(src_pk='a_hk', src_ldts='load_date', src_hashdiff='hashdiff', source_model='@stage')"
V = "a_hk | hashdiff | load_date\n"
D = "a_hk | hashdiff | load_date | load_end_date | is_current\n"


def sat(name: str, loads: list[str], expected: str, call: str = SAT, head: str = S, variant: Variant = DEFAULT) -> Scenario:
    return Scenario(f"sat: {name}", call, one(*[head + load for load in loads]), head + expected, variant=variant)


def view(name: str, rows: str, expected: str, call: str = VIEW, head: str = V, result: str = D) -> Scenario:
    return Scenario(f"end dates: {name}", call, one(head + rows), result + expected)


SATELLITES = [
    sat("a first load", ["a|A|A|1|x\nb|B|B|1|x"], "a|A|A|1|x\nb|B|B|1|x"),
    sat("unchanged is not loaded", ["a|A|A|1|x", "a|A|A|2|x"], "a|A|A|1|x"),
    sat("changed is loaded", ["a|A|A|1|x", "a|B|B|2|x"], "a|A|A|1|x\na|B|B|2|x"),
    sat("back to what was is a change", ["a|A|A|1|x", "a|B|B|2|x", "a|A|A|3|x"], "a|A|A|1|x\na|B|B|2|x\na|A|A|3|x"),
    sat("A, A, B, A in one batch loads A, B, A", ["a|A|A|1|x\na|A|A|2|x\na|B|B|3|x\na|A|A|4|x"], "a|A|A|1|x\na|B|B|3|x\na|A|A|4|x"),
    sat("the first staged row is compared with the latest", ["a|A|A|1|x", "a|A|A|2|x\na|B|B|3|x"], "a|A|A|1|x\na|B|B|3|x"),
    sat("A, B, A on a target that ends in A", ["a|A|A|1|x", "a|A|A|2|x\na|B|B|3|x\na|A|A|4|x"], "a|A|A|1|x\na|B|B|3|x\na|A|A|4|x"),
    sat("keys do not mix", ["a|A|A|1|x\nb|A|A|1|x", "a|B|B|2|x\nb|A|A|2|x"], "a|A|A|1|x\nb|A|A|1|x\na|B|B|2|x"),
    sat("a null payload is a payload", ["a|^^|null|1|x", "a|A|A|2|x", "a|^^|null|3|x"], "a|^^|null|1|x\na|A|A|2|x\na|^^|null|3|x"),
    sat("a null key is dropped", ["null|A|A|1|x\nb|B|B|1|x"], "b|B|B|1|x"),
    sat("an equal row twice in a batch", ["a|A|A|1|x\na|A|A|1|x"], "a|A|A|1|x"),
    sat("equal but for the source, the first source wins", ["a|A|A|1|x\na|A|A|1|b"], "a|A|A|1|b"),
    sat("one load date, two hashdiffs", ["a|B|B|1|x\na|A|A|1|x"], "a|B|B|1|x\na|A|A|1|x"),
    sat(
        "one load date, two hashdiffs, then the later of them again",
        ["a|A|A|1|x\na|B|B|1|x", "a|B|B|2|x"],
        "a|A|A|1|x\na|B|B|1|x",
    ),
    sat(
        "one load date, two hashdiffs, then the earlier of them again",
        ["a|A|A|1|x\na|B|B|1|x", "a|A|A|2|x"],
        "a|A|A|1|x\na|B|B|1|x\na|A|A|2|x",
    ),
    sat("one load date, two hashdiffs, in two loads", ["a|A|A|1|x", "a|B|B|1|x"], "a|A|A|1|x\na|B|B|1|x"),
    sat("two sources that disagree are two versions", ["a|A|A|1|x\na|B|B|1|y"], "a|A|A|1|x\na|B|B|1|y"),
    sat("an empty stage", ["", "a|A|A|1|x", ""], "a|A|A|1|x"),
    sat(
        "a stage known to be distinct",
        ["a|A|A|1|x\na|B|B|2|x\nnull|B|B|1|x\nb|B|B|1|x", "a|B|B|3|x\nb|A|A|2|x"],
        "a|A|A|1|x\na|B|B|2|x\nb|B|B|1|x\nb|A|A|2|x",
        DISTINCT,
    ),
    sat("a late row takes its place", ["a|A|A|1|x\na|B|B|5|x", "a|C|C|3|x"], "a|A|A|1|x\na|B|B|5|x\na|C|C|3|x"),
    sat("a late row that repeats the row before it", ["a|A|A|1|x\na|B|B|5|x", "a|A|A|3|x"], "a|A|A|1|x\na|B|B|5|x"),
    sat("a late row that is like the row after it", ["a|A|A|1|x\na|B|B|5|x", "a|B|B|3|x"], "a|A|A|1|x\na|B|B|5|x\na|B|B|3|x"),
    sat("a late row before the first", ["a|B|B|5|x", "a|A|A|1|x"], "a|B|B|5|x\na|A|A|1|x"),
    sat("a late row and a new one", ["a|A|A|1|x\na|B|B|5|x", "a|C|C|3|x\na|D|D|7|x"], "a|A|A|1|x\na|B|B|5|x\na|C|C|3|x\na|D|D|7|x"),
    sat("an old batch once more", ["a|A|A|1|x", "a|B|B|2|x", "a|A|A|1|x"], "a|A|A|1|x\na|B|B|2|x"),
    sat("an old batch that changed nothing, once more", ["a|A|A|1|x", "a|A|A|2|x", "a|B|B|3|x", "a|A|A|2|x"], "a|A|A|1|x\na|B|B|3|x"),
    sat(
        "microseconds order versions",
        ["a|B|B|2020-01-01 00:00:00.000002|x\na|A|A|2020-01-01 00:00:00.000001|x\na|B|B|2020-01-01 00:00:00.000003|x"],
        "a|A|A|2020-01-01 00:00:00.000001|x\na|B|B|2020-01-01 00:00:00.000002|x",
    ),
    sat("a composite key", ["a|b|A|A|1|x\na|c|A|A|1|x", "a|b|B|B|2|x\na|c|A|A|2|x"], "a|b|A|A|1|x\na|c|A|A|1|x\na|b|B|B|2|x", COMPOSITE, C),
    sat("a null part of a composite key", ["a|null|A|A|1|x\nnull|b|A|A|1|x"], "", COMPOSITE, C),
    sat("extra columns pass, and are no change", ["a|A|A|e|1|x", "a|A|A|f|2|x", "a|B|B|g|3|x"], "a|A|A|e|1|x\na|B|B|g|3|x", EXTRA, X),
    sat("effective-from passes", ["a|A|A|1|2|x", "a|B|B|2|3|x"], "a|A|A|1|2|x\na|B|B|2|3|x", EFF, E),
    sat("effective-from orders within a load date", ["a|A|A|2|9|x\na|B|B|1|9|x\na|A|A|3|9|x"], "a|B|B|1|9|x\na|A|A|2|9|x", EFF, E),
    sat(
        "A, B, A within a load date by effective-from",
        ["a|A|A|1|9|x\na|B|B|2|9|x\na|A|A|3|9|x"],
        "a|A|A|1|9|x\na|B|B|2|9|x\na|A|A|3|9|x",
        EFF,
        E,
    ),
    sat("load date comes before effective-from", ["a|A|A|8|1|x\na|A|A|1|2|x\na|B|B|1|3|x"], "a|A|A|8|1|x\na|B|B|1|3|x", EFF, E),
    sat("a null effective-from sorts first", ["a|A|A|null|9|x\na|B|B|1|9|x\na|B|B|2|9|x"], "a|A|A|null|9|x\na|B|B|1|9|x", EFF, E),
    sat("another effective-from alone is no change", ["a|A|A|1|1|x", "a|A|A|2|2|x"], "a|A|A|1|1|x", EFF, E),
    sat("unicode payload", ["a|A|\u00e9\u00df\u65e5 \U0001f34e|1|x"], "a|A|\u00e9\u00df\u65e5 \U0001f34e|1|x"),
    sat(
        "three batches of several dates",
        ["a|A|A|1|x\na|B|B|2|x", "a|B|B|3|x\na|C|C|4|x\na|C|C|5|x", "a|A|A|6|x\nb|A|A|6|x"],
        "a|A|A|1|x\na|B|B|2|x\na|C|C|4|x\na|A|A|6|x\nb|A|A|6|x",
    ),
    Scenario(
        "sat: several sources are one stage",
        SAT.replace("'@stage'", "['@stage', '@other']"),
        {"stage": [S + "a|A|A|1|x", S + "a|A|A|4|x"], "other": [S + "a|B|B|2|y", S + "b|B|B|3|y"]},
        S + "a|A|A|1|x\na|B|B|2|y\na|A|A|4|x\nb|B|B|3|y",
    ),
    Scenario(
        "sat: a new column in the stage is no matter",
        SAT,
        one(S + "a|A|A|1|x", WIDER + "a|B|B|2|x|red"),
        S + "a|A|A|1|x\na|B|B|2|x",
        columns_change=True,
    ),
    Scenario(
        "sat: a payload column is added later",
        SAT.replace("['name']", "(['name'] if load == 1 else ['name', 'colour'])"),
        one(S + "a|A|A|1|x\nb|B|B|1|x", WIDER + "a|A red|A|2|x|red"),
        WIDER + "a|A|A|1|x|null\nb|B|B|1|x|null\na|A red|A|2|x|red",
        columns_change=True,
    ),
    Scenario(
        "sat: a hashdiff under another name",
        SAT.replace("src_hashdiff='hashdiff'", "src_hashdiff={'source_column': 'name_hashdiff', 'alias': 'hashdiff'}"),
        one("a_hk | name_hashdiff | name | load_date | source\na|A|A|1|x\na|A|A|2|x\na|B|B|3|x"),
        S + "a|A|A|1|x\na|B|B|3|x",
    ),
]

GHOST_RECORDS = [
    sat("a ghost record", ["a|A|A|1|x"], "a|A|A|1|x\n0|0|null|ghost|SYSTEM", variant=GHOSTS),
    sat("one ghost record of many loads", ["a|A|A|1|x", "a|B|B|2|x", ""], "a|A|A|1|x\na|B|B|2|x\n0|0|null|ghost|SYSTEM", variant=GHOSTS),
    sat("a ghost record in an empty satellite", [""], "0|0|null|ghost|SYSTEM", variant=GHOSTS),
    sat("a ghost record that the stage has too", ["0|0|null|ghost|SYSTEM\na|A|A|1|x"], "a|A|A|1|x\n0|0|null|ghost|SYSTEM", variant=GHOSTS),
    sat(
        "a ghost record beside a distinct stage",
        ["a|A|A|1|x", "a|B|B|2|x"],
        "a|A|A|1|x\na|B|B|2|x\n0|0|null|ghost|SYSTEM",
        DISTINCT,
        S,
        GHOSTS,
    ),
    sat("a ghost record with effective-from", ["a|A|A|1|1|x"], "a|A|A|1|1|x\n0|0|null|ghost|ghost|SYSTEM", EFF, E, GHOSTS),
    sat("a ghost record of a composite key", ["a|b|A|A|1|x"], "a|b|A|A|1|x\n0|0|0|null|ghost|SYSTEM", COMPOSITE, C, GHOSTS),
    sat("a ghost record's extra column", ["a|A|A|e|1|x"], "a|A|A|e|1|x\n0|0|null|null|ghost|SYSTEM", EXTRA, X, GHOSTS),
    sat("a ghost record of text keys", ["a|A|A|1|x", "a|B|B|2|x"], "a|A|A|1|x\na|B|B|2|x\n0|0|null|ghost|NOBODY", variant=FIELD),
]

VIEWS = [
    view("one version is current", "a|A|1", "a|A|1|open|True"),
    view("a version ends where the next begins", "a|A|1\na|B|3\nb|B|2", "a|A|1|3|False\na|B|3|open|True\nb|B|2|open|True"),
    view("of one load date the last holds", "a|B|1\na|A|1", "a|A|1|1|False\na|B|1|open|True"),
    view("an empty satellite", "", ""),
    view(
        "sets end together",
        "a|A|1\na|B|1\na|C|2\na|D|2",
        "a|A|1|2|False\na|B|1|2|False\na|C|2|open|True\na|D|2|open|True",
        VIEW.replace("src_hashdiff", "src_cdk='hashdiff', src_hashdiff"),
    ),
    view(
        "a composite key",
        "a|b|A|1\na|c|A|1\na|b|B|2",
        "a|b|A|1|2|False\na|c|A|1|open|True\na|b|B|2|open|True",
        VIEW.replace("'a_hk'", "['a_hk', 'b_hk']"),
        "a_hk | b_hk | hashdiff | load_date\n",
        "a_hk | b_hk | hashdiff | load_date | load_end_date | is_current\n",
    ),
]

SCENARIOS = SATELLITES + GHOST_RECORDS + VIEWS
