"""Effectivity satellites, with the driving key a."""

from tests.vault.scenario import Scenario, one

EFF = (
    "eff_sat(src_pk='l_hk', src_dfk='a_hk', src_sfk='b_hk', src_start_date='start_date', src_end_date='end_date', src_eff='effective_from',"
    " src_ldts='load_date', src_source='source', source_model='@stage')"
)
AUTO = EFF.replace("eff_sat(", "eff_sat(is_auto_end_dating=true, ")
COMPOSITE = AUTO.replace("'a_hk'", "['a_hk', 'c_hk']")
SHORT = AUTO.replace("src_start_date='start_date', src_end_date='end_date', ", "")
EXTRA = AUTO.replace("src_eff", "src_extra_columns='extra', src_eff")
F = "l_hk | a_hk | b_hk | start_date | end_date | effective_from | load_date | source\n"
C = "l_hk | a_hk | c_hk | b_hk | start_date | end_date | effective_from | load_date | source\n"
X = "l_hk | a_hk | b_hk | start_date | end_date | extra | effective_from | load_date | source\n"
HEAD = "l_hk | a_hk | b_hk | effective_from | load_date | source\n"


def eff(name: str, loads: list[str], expected: str, call: str = AUTO, head: str = F) -> Scenario:
    return Scenario(f"eff_sat: {name}", call, one(*[head + load for load in loads]), head + expected)


def opens(link: str, day: int, load: int | None = None, source: str = "x") -> str:
    """Relationship l1 is of a and b1, l2 of a and b2; open from a day on."""
    return f"{link}|a|b{link[1:]}|{day}|open|{day}|{load or day}|{source}"


def closes(link: str, day: int, end: int, load: int | None = None, source: str = "x") -> str:
    return f"{link}|a|b{link[1:]}|{day}|{end}|{end}|{load or end}|{source}"


def rows(*told: str) -> str:
    return "\n".join(told)


AUTOMATIC = [
    eff("a new relationship opens a row", [opens("l1", 1)], opens("l1", 1)),
    eff("unchanged is not loaded", [opens("l1", 1), opens("l1", 2)], opens("l1", 1)),
    eff("another one closes it", [opens("l1", 1), opens("l2", 5)], rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5))),
    eff(
        "a closed relationship that returns opens again",
        [opens("l1", 1), opens("l2", 5), opens("l1", 9)],
        rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5), closes("l2", 5, 9), opens("l1", 9)),
    ),
    eff(
        "several effective dates of a batch are applied in order",
        [rows(opens("l1", 1, 9), opens("l3", 7, 9), opens("l2", 5, 9))],
        rows(opens("l1", 1, 9), closes("l1", 1, 5, 9), opens("l2", 5, 9), closes("l2", 5, 7, 9), opens("l3", 7, 9)),
    ),
    eff(
        "there and back in one batch",
        [opens("l1", 1), rows(opens("l2", 5), opens("l1", 7))],
        rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5), closes("l2", 5, 7), opens("l1", 7)),
    ),
    eff(
        "the open one again, then another, in one batch",
        [opens("l1", 1), rows(opens("l1", 3), opens("l2", 5))],
        rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5)),
    ),
    eff(
        "an unchanged row of a batch is not the start",
        [rows(opens("l1", 1), opens("l1", 3), opens("l2", 5))],
        rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5)),
    ),
    eff(
        "other driving keys stay open",
        [rows(opens("l1", 1), "k1|e|b1|1|open|1|1|x"), opens("l2", 5)],
        rows(opens("l1", 1), "k1|e|b1|1|open|1|1|x", closes("l1", 1, 5), opens("l2", 5)),
    ),
    eff(
        "the driving key decides, not the secondary",
        [rows(opens("l1", 1), "k1|e|b1|1|open|1|1|x")],
        rows(opens("l1", 1), "k1|e|b1|1|open|1|1|x"),
    ),
    eff("an empty batch closes nothing", [opens("l1", 1), ""], opens("l1", 1)),
    eff("an empty first load", ["", opens("l1", 1)], opens("l1", 1)),
    eff("a null driving key is dropped", ["l1|null|b1|1|open|1|1|x"], ""),
    eff("a null secondary key is dropped, and closes nothing", [opens("l1", 1), "l2|a|null|5|open|5|5|x"], opens("l1", 1)),
    eff("a null key is dropped", ["null|a|b1|1|open|1|1|x"], ""),
    eff("a null end date is open", ["l1|a|b1|1|null|1|1|x", opens("l2", 5)], rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5))),
    eff(
        "the last day of all is open at any time of it",
        ["l1|a|b1|1|9999-12-31|1|1|x", opens("l2", 5)],
        rows("l1|a|b1|1|9999-12-31|1|1|x", closes("l1", 1, 5), opens("l2", 5)),
    ),
    eff("the source closes it itself", [opens("l1", 1), closes("l1", 1, 4)], rows(opens("l1", 1), closes("l1", 1, 4))),
    eff(
        "closed by the source, then another",
        [opens("l1", 1), closes("l1", 1, 4), opens("l2", 6)],
        rows(opens("l1", 1), closes("l1", 1, 4), opens("l2", 6)),
    ),
    eff(
        "closed by the source, then it returns",
        [opens("l1", 1), closes("l1", 1, 4), opens("l1", 6)],
        rows(opens("l1", 1), closes("l1", 1, 4), opens("l1", 6)),
    ),
    eff(
        "the source's closing row beside the next one",
        [opens("l1", 1), rows(closes("l1", 1, 5), opens("l2", 5))],
        rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5)),
    ),
    eff("arrives closed", [closes("l1", 1, 4)], closes("l1", 1, 4)),
    eff(
        "opens and closes in one batch",
        [rows(opens("l1", 1), closes("l1", 1, 4), opens("l2", 6))],
        rows(opens("l1", 1), closes("l1", 1, 4), opens("l2", 6)),
    ),
    eff(
        "a late relationship takes its place",
        [opens("l1", 1), opens("l2", 9), opens("l3", 5, 20)],
        rows(opens("l1", 1), closes("l1", 1, 9), opens("l2", 9), opens("l3", 5, 20), closes("l1", 1, 5, 20), closes("l3", 5, 9, 20)),
    ),
    eff(
        "an old batch once more", [opens("l1", 1), opens("l2", 5), opens("l1", 1)], rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5))
    ),
    eff(
        "at the same effective time the later load closes the earlier",
        [opens("l1", 5), opens("l2", 5, 6)],
        rows(opens("l1", 5), closes("l1", 5, 5, 6), opens("l2", 5, 6)),
    ),
    eff("an equal row twice", [rows(opens("l1", 1), opens("l1", 1))], opens("l1", 1)),
    eff("an equal row of two sources, the first wins", [rows(opens("l1", 1), opens("l1", 1, source="b"))], opens("l1", 1, source="b")),
    eff(
        "the closing row has the source of the next one",
        [opens("l1", 1), opens("l2", 5, source="y")],
        rows(opens("l1", 1), closes("l1", 1, 5, source="y"), opens("l2", 5, source="y")),
    ),
    eff(
        "microseconds order relationships",
        [
            rows(
                "l2|a|b2|2020-01-01 00:00:00.000002|open|2020-01-01 00:00:00.000002|2|x",
                "l1|a|b1|2020-01-01 00:00:00.000001|open|2020-01-01 00:00:00.000001|2|x",
            )
        ],
        "l1|a|b1|2020-01-01 00:00:00.000001|open|2020-01-01 00:00:00.000001|2|x\n"
        "l1|a|b1|2020-01-01 00:00:00.000001|2020-01-01 00:00:00.000002|2020-01-01 00:00:00.000002|2|x\n"
        "l2|a|b2|2020-01-01 00:00:00.000002|open|2020-01-01 00:00:00.000002|2|x",
    ),
    eff(
        "a composite driving key",
        ["l1|a|c|b1|1|open|1|1|x\nl2|a|d|b1|1|open|1|1|x", "l3|a|c|b2|5|open|5|5|x"],
        "l1|a|c|b1|1|open|1|1|x\nl2|a|d|b1|1|open|1|1|x\nl1|a|c|b1|1|5|5|5|x\nl3|a|c|b2|5|open|5|5|x",
        COMPOSITE,
        C,
    ),
    eff(
        "extra columns pass, into closing rows too",
        ["l1|a|b1|1|open|e|1|1|x", "l2|a|b2|5|open|f|5|5|x"],
        "l1|a|b1|1|open|e|1|1|x\nl1|a|b1|1|5|e|5|5|x\nl2|a|b2|5|open|f|5|5|x",
        EXTRA,
        X,
    ),
    Scenario(
        "eff_sat: start and end from effective-from",
        SHORT,
        one(HEAD + "l1|a|b1|1|1|x", HEAD + "l2|a|b2|5|5|x"),
        F + rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5)),
    ),
    Scenario(
        "eff_sat: auto end-dating as a config of the model",
        EFF,
        one(F + opens("l1", 1), F + opens("l2", 5)),
        F + rows(opens("l1", 1), closes("l1", 1, 5), opens("l2", 5)),
        config="is_auto_end_dating=true",
    ),
    Scenario(
        "eff_sat: several sources",
        AUTO.replace("'@stage'", "['@stage', '@other']"),
        {"stage": [F + opens("l1", 1), F], "other": [F, F + opens("l2", 5, source="y")]},
        F + rows(opens("l1", 1), closes("l1", 1, 5, source="y"), opens("l2", 5, source="y")),
    ),
    Scenario(
        "eff_sat: an extra column is added later",
        AUTO.replace("src_eff", "src_extra_columns=(none if load == 1 else 'extra'), src_eff"),
        one(F + opens("l1", 1), X + "l2|a|b2|5|open|f|5|5|x"),
        X + "l1|a|b1|1|open|null|1|1|x\nl1|a|b1|1|5|null|5|5|x\nl2|a|b2|5|open|f|5|5|x",
        columns_change=True,
    ),
]

MANUAL = [
    eff("without auto end-dating both stay open", [opens("l1", 1), opens("l2", 5)], rows(opens("l1", 1), opens("l2", 5)), EFF),
    eff("without it the source closes", [opens("l1", 1), closes("l1", 1, 4)], rows(opens("l1", 1), closes("l1", 1, 4)), EFF),
    eff(
        "without it what returns opens again",
        [opens("l1", 1), closes("l1", 1, 4), opens("l1", 6)],
        rows(opens("l1", 1), closes("l1", 1, 4), opens("l1", 6)),
        EFF,
    ),
    eff("without it unchanged is not loaded", [opens("l1", 1), rows(opens("l1", 2), opens("l1", 3))], opens("l1", 1), EFF),
    eff("without it two may be open at once", [rows(opens("l1", 1), opens("l2", 1))], rows(opens("l1", 1), opens("l2", 1)), EFF),
    eff(
        "without it a closing row once more",
        [opens("l1", 1), closes("l1", 1, 4), closes("l1", 1, 4, 9)],
        rows(opens("l1", 1), closes("l1", 1, 4)),
        EFF,
    ),
    eff("without it another end is a change", [closes("l1", 1, 4), closes("l1", 1, 6)], rows(closes("l1", 1, 4), closes("l1", 1, 6)), EFF),
    eff("without it null keys are dropped", ["l1|null|b1|1|open|1|1|x\nl2|a|null|1|open|1|1|x"], "", EFF),
]

SCENARIOS = AUTOMATIC + MANUAL
