"""The stage: hashes, derived, null-key and ranked columns, ghost rows."""

from tests.vault.grids import Hashing
from tests.vault.scenario import DEFAULT, Scenario, Variant, one
from tests.vault.scenarios.satellites import FIELD

PLAIN = Variant("plain", {"hash_collision_safe": False, "hash_form": "hex"}, Hashing("md5", "hex"))
OWN = Variant(
    "own",
    {
        "hash": "SHA-1",
        "concat_string": "::",
        "null_placeholder_string": "<nothing>",
        "hash_content_casing": "DISABLED",
        "null_key_required": "none",
        "null_key_optional": "unknown",
    },
    Hashing("sha1"),
)
KEY = "stage(source_model='@stage', hashed_columns={'key_hk': 'a'})"
PAIR = "stage(source_model='@stage', hashed_columns={'key_hk': ['b', 'a']})"
DIFF = "stage(source_model='@stage', hashed_columns={'hashdiff': {'is_hashdiff': true, 'columns': ['b', 'a']}})"
ONE_DIFF = DIFF.replace("['b', 'a']", "['a']")


def keys(name: str, cells: dict[str, str], call: str = KEY, variant: Variant = DEFAULT) -> Scenario:
    """What is hashed for each cell of column a, or for each `a | b`: `null` is no hash."""
    head = "a | b" if "'b'" in call else "a"
    out = "hashdiff" if "hashdiff" in call else "key_hk"
    rows = "\n".join(cells)
    expected = "\n".join(f"{cell} | {hashed}" for cell, hashed in cells.items())
    return Scenario(f"stage: {name}", call, one(f"{head}\n{rows}"), f"{head} | {out}\n{expected}", variant=variant)


HASHES = [
    keys("a key is hashed", {"AB": "AB"}),
    keys("case and outer blanks do not count", {"ab": "AB", "'  aB '": "AB", "'a b'": "A B"}),
    keys("null, empty and blank are no key", {"null": "null", "''": "null", "'   '": "null"}),
    keys("spaces of unicode are blanks", {"'\u3000ab\u00a0'": "AB", "'\u2003'": "null"}),
    keys("a tab is no blank", {"'\\tab'": "'\\tAB'"}),
    keys(
        "unicode",
        {"\u00e9\u00e4": "\u00c9\u00c4", "\u65e5\u672c": "\u65e5\u672c", "\U0001f34e": "\U0001f34e", "stra\u00dfe": "STRA\u1e9eE"},
    ),
    keys("a digit is a text", {"7": "7", "007": "007"}),
    keys("quotes and backslashes of a single key", {"it's": "IT'S", "a\\b": "A\\B"}),
    keys("a list of one is the key itself", {"ab": "AB", "null": "null", "a\\b": "A\\B"}, KEY.replace("'a'", "['a']")),
    keys("a list keeps its order", {"x | y": "Y||X", "'' | Y": "Y||^^"}, PAIR),
    keys("nulls of a list are placeholders", {"null | y": "Y||^^", "x | null": "^^||X", "x | ' '": "^^||X"}, PAIR),
    keys("a list of nulls is no key", {"null | null": "null", "'' | ' '": "null"}, PAIR),
    keys("a hashdiff is sorted", {"x | y": "X||Y"}, DIFF),
    keys("a hashdiff of nulls is a hash", {"null | null": "^^||^^", "x | null": "X||^^"}, DIFF),
    keys("a hashdiff of one null", {"null": "^^", "''": "^^", "x": "X"}, ONE_DIFF),
    keys("a hashdiff of one column that is no list", {"null": "^^", "x": "X"}, ONE_DIFF.replace("['a']", "'a'")),
    keys("what looks like a placeholder is escaped", {"^^ | x": "'X||\\\\^\\\\^'"}, PAIR),
    keys("a backslash in a list is escaped", {"'a\\\\b' | x": "'X||A\\\\\\\\B'"}, PAIR),
    keys("casing of a column", {"x | y": "y||X"}, PAIR.replace("['b', 'a']", "{'columns': ['b', 'a'], 'casing': {'b': 'DISABLED'}}")),
    keys("casing of a hash", {"x | y": "y||x"}, PAIR.replace("['b', 'a']", "{'columns': ['b', 'a'], 'casing': 'DISABLED'}")),
    keys("a constant among hashed columns", {"x": "X||de"}, KEY.replace("'a'", "['a', '!de']")),
    keys("plain: hexadecimal text", {"ab": "AB", "null": "null"}, variant=PLAIN),
    keys("plain: as the field has it", {"x | y": "Y||X", "null | null": "null", "^^ | x": "X||^^"}, PAIR, PLAIN),
    keys("SHA-256 as text", {"x | y": "Y||X", "null | null": "null"}, PAIR, FIELD),
    keys("SHA-1 with own constants", {"x | Y": "Y::x", "x | null": "<nothing>::x", "null | null": "null"}, PAIR, OWN),
]

COLUMNS = [
    Scenario(
        "stage: the delimiter does not make keys collide",
        "stage(source_model='@stage', hashed_columns={'key_hk': ['a', 'b']})",
        one("a | b\n'x\\x7c\\x7cy' | z\nx | 'y\\x7c\\x7cz'"),
        "key_hk\n'X\\\\\\x7c\\\\\\x7cY\\x7c\\x7cZ'\n'X\\x7c\\x7cY\\\\\\x7c\\\\\\x7cZ'",
    ),
    Scenario(
        "stage: derived columns",
        "stage(source_model='@stage', derived_columns={'source': '!it\\'s', 'twice': 'a || a', 'joined': ['a', 'b', '!c'], 'copy': 'b'})",
        one("a | b\nx | y\nx | null"),
        "a | b | source | twice | joined | copy\n"
        "x | y | it's | xx | 'x\\x7c\\x7cy\\x7c\\x7cc' | y\nx | null | it's | xx | 'x\\x7c\\x7cc' | null",
    ),
    Scenario(
        "stage: a derived column takes a source column's place",
        "stage(source_model='@stage', derived_columns={'A': \"a || '!'\"}, hashed_columns={'key_hk': 'a'})",
        one("a | b\nx | y"),
        "a | b | key_hk\nx! | y | X!",
    ),
    Scenario(
        "stage: every source column is made anew",
        "stage(source_model='@stage', derived_columns={'b': 'a', 'a': 'b'}, hashed_columns={'key_hk': ['a', 'b']})",
        one("a | b\nx | y"),
        "b | a | key_hk\nx | y | Y||X",
    ),
    Scenario(
        "stage: every source column is a null key",
        "stage(source_model='@stage', null_columns={'required': ['a'], 'optional': 'b'}, hashed_columns={'key_hk': ['a', 'b']})",
        one("a | b\nnull | null"),
        "a_original | a | b_original | b | key_hk\nnull | -1 | null | -2 | -1||-2",
    ),
    Scenario(
        "stage: without the source's columns",
        "stage(source_model='@stage', include_source_columns=false, derived_columns={'c': 'b'}, hashed_columns={'key_hk': ['a', 'c']})",
        one("a | b\nx | y"),
        "c | key_hk\ny | X||Y",
    ),
    Scenario("stage: nothing but the source", "stage(source_model='@stage')", one("a | b\nx | y"), "a | b\nx | y"),
    Scenario(
        "stage: null keys",
        "stage(source_model='@stage', null_columns={'required': 'a', 'optional': ['b']}, hashed_columns={'key_hk': ['a', 'b']})",
        one("a | b\nnull | null\nx | y"),
        "a | b | a_original | b_original | key_hk\n-1 | -2 | null | null | -1||-2\nx | y | x | y | X||Y",
    ),
    Scenario(
        "stage: null keys that are numbers",
        "stage(source_model='@stage', null_columns={'required': ['a_number']}, hashed_columns={'key_hk': 'a_number'})",
        one("a_number\nnull\n7"),
        "a_number | key_hk\n-1 | -1\n7 | 7",
    ),
    Scenario(
        "stage: null keys of own constants",
        "stage(source_model='@stage', null_columns={'required': 'a', 'optional': 'b'})",
        one("a | b\nnull | null"),
        "a | b\nnone | unknown",
        variant=OWN,
    ),
    Scenario(
        "stage: ranked columns",
        "stage(source_model='@stage', ranked_columns={'place_number': {'partition_by': 'a', 'order_by': {'b': 'desc'}},"
        " 'dense_number': {'partition_by': ['a'], 'order_by': ['c'], 'dense_rank': true}})",
        one("a | b | c\nx | 1 | 1\nx | 2 | 1\nx | 3 | 2\ny | 1 | 1"),
        "a | b | c | place_number | dense_number\nx | 1 | 1 | 3 | 1\nx | 2 | 1 | 2 | 1\nx | 3 | 2 | 1 | 2\ny | 1 | 1 | 1 | 1",
    ),
    Scenario(
        "stage: all columns but some are the hashdiff",
        "stage(source_model='@stage', derived_columns={'d': \"'D'\"}, hashed_columns={'key_hk': 'a',"
        " 'hashdiff': {'is_hashdiff': true, 'exclude_columns': true, 'columns': ['A', 'load_date']}})",
        one("a | c | b | load_date\nx | z | y | 1"),
        "hashdiff\nY||Z||D",
    ),
    Scenario(
        "stage: all columns are the hashdiff",
        "stage(source_model='@stage', hashed_columns={'hashdiff': {'is_hashdiff': true, 'exclude_columns': true}})",
        one("b | a\ny | x"),
        "hashdiff\nX||Y",
    ),
    Scenario(
        "stage: a moment is hashed without the zeros at its end",
        "stage(source_model='@stage', hashed_columns={'hashdiff': {'is_hashdiff': true, 'columns': ['load_date', 'a_number']}})",
        one("load_date | a_number\n1 | 7\n2020-01-01 00:00:00.120000 | null"),
        "hashdiff\n7||2020-01-01 00:00:00\n^^||2020-01-01 00:00:00.12",
    ),
    Scenario(
        "stage: a ghost row",
        "stage(source_model='@stage', hashed_columns={'key_hk': 'a'}, ghost_rows=true, src_ldts='load_date', src_source='source')",
        one("a | load_date | source\nx | 1 | s"),
        "a | load_date | source | key_hk\nx | 1 | s | X\nnull | ghost | SYSTEM | 0",
    ),
    Scenario("stage: an empty source", KEY, one("a\n"), "a | key_hk"),
]

SCENARIOS = HASHES + COLUMNS
