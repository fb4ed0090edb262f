"""Extended tracking and record tracking satellites."""

from tests.vault.scenario import Scenario, one

XTS = "xts(src_pk='a_hk', src_satellite={'sat_a': 'hashdiff'}, src_ldts='load_date', src_source='source', source_model='@stage')"
TWO = XTS.replace("{'sat_a': 'hashdiff'}", "{'sat_a': 'hashdiff', 'sat_b': 'b_hashdiff'}")
KNOWN = XTS.replace("{'sat_a': 'hashdiff'}", "{'any': {'sat_name': {'satellite': 'sat'}, 'hashdiff': {'hashdiff': 'a_hashdiff'}}}")
RTS = "rec_track_sat(src_pk='a_hk', src_ldts='load_date', src_source='source', source_model='@stage')"
G = "a_hk | hashdiff | load_date | source\n"
T = "a_hk | hashdiff | satellite_name | load_date | source\n"
R = "a_hk | load_date | source\n"


def xts(name: str, loads: list[str], expected: str, call: str = XTS, head: str = G, result: str = T) -> Scenario:
    return Scenario(f"xts: {name}", call, one(*[head + load for load in loads]), result + expected)


def rts(name: str, loads: list[str], expected: str, call: str = RTS, head: str = R) -> Scenario:
    return Scenario(f"rec_track_sat: {name}", call, one(*[head + load for load in loads]), head + expected)


SCENARIOS = [
    xts("a first load", ["a|A|1|x\nb|B|1|x"], "a|A|sat_a|1|x\nb|B|sat_a|1|x"),
    xts("unchanged is tracked too", ["a|A|1|x", "a|A|2|x"], "a|A|sat_a|1|x\na|A|sat_a|2|x"),
    xts("equal rows are one", ["a|A|1|x\na|A|1|x"], "a|A|sat_a|1|x"),
    xts("each source is tracked", ["a|A|1|x\na|A|1|y"], "a|A|sat_a|1|x\na|A|sat_a|1|y"),
    xts("each hashdiff of a load date", ["a|A|1|x\na|B|1|x"], "a|A|sat_a|1|x\na|B|sat_a|1|x"),
    xts("several load dates of a batch", ["a|A|1|x\na|A|2|x"], "a|A|sat_a|1|x\na|A|sat_a|2|x"),
    xts("a null key is dropped", ["null|A|1|x"], ""),
    xts("a null hashdiff is tracked", ["a|null|1|x", "a|null|2|x"], "a|null|sat_a|1|x\na|null|sat_a|2|x"),
    xts("a late row", ["a|A|5|x", "a|B|3|x"], "a|A|sat_a|5|x\na|B|sat_a|3|x"),
    xts("an old batch once more", ["a|A|1|x", "a|A|2|x", "a|A|1|x"], "a|A|sat_a|1|x\na|A|sat_a|2|x"),
    xts("an empty stage", ["", "a|A|1|x", ""], "a|A|sat_a|1|x"),
    xts(
        "two satellites of a stage",
        ["a|A|B|1|x"],
        "a|A|sat_a|1|x\na|B|sat_b|1|x",
        TWO,
        "a_hk | hashdiff | b_hashdiff | load_date | source\n",
    ),
    xts(
        "the same hashdiff in two satellites",
        ["a|A|A|1|x"],
        "a|A|sat_a|1|x\na|A|sat_b|1|x",
        TWO,
        "a_hk | hashdiff | b_hashdiff | load_date | source\n",
    ),
    xts(
        "names as AutomateDV has them",
        ["a|A|s1|1|x\na|A|s2|1|x"],
        "a|A|s1|1|x\na|A|s2|1|x",
        KNOWN,
        "a_hk | a_hashdiff | sat | load_date | source\n",
        "a_hk | hashdiff | satellite | load_date | source\n",
    ),
    xts(
        "a constant as a satellite's name",
        ["a|A|1|x"],
        "a|A|it's|1|x",
        XTS.replace("'hashdiff'}", "{'sat_name': {'satellite_name': \"!it's\"}, 'hashdiff': {'hashdiff': 'hashdiff'}}}"),
    ),
    xts(
        "a composite key",
        ["a|b|A|1|x\na|c|A|1|x", "a|b|A|1|x\na|b|A|2|x"],
        "a|b|A|sat_a|1|x\na|c|A|sat_a|1|x\na|b|A|sat_a|2|x",
        XTS.replace("'a_hk'", "['a_hk', 'b_hk']"),
        "a_hk | b_hk | hashdiff | load_date | source\n",
        "a_hk | b_hk | hashdiff | satellite_name | load_date | source\n",
    ),
    xts(
        "extra columns pass, one row each",
        ["a|A|f|1|x\na|A|e|1|x"],
        "a|A|sat_a|e|1|x",
        XTS.replace("xts(", "xts(src_extra_columns='extra', "),
        "a_hk | hashdiff | extra | load_date | source\n",
        "a_hk | hashdiff | satellite_name | extra | load_date | source\n",
    ),
    Scenario(
        "xts: several sources",
        XTS.replace("'@stage'", "['@stage', '@other']"),
        {"stage": [G + "a|A|1|x"], "other": [G + "a|A|1|y\nb|A|1|y"]},
        T + "a|A|sat_a|1|x\na|A|sat_a|1|y\nb|A|sat_a|1|y",
    ),
    rts("a first load", ["a|1|x\nb|1|x"], "a|1|x\nb|1|x"),
    rts("each load date", ["a|1|x", "a|2|x"], "a|1|x\na|2|x"),
    rts("each source", ["a|1|x\na|1|y"], "a|1|x\na|1|y"),
    rts("a null source is one", ["a|1|null", "a|1|null\na|1|x"], "a|1|null\na|1|x"),
    rts("equal rows are one", ["a|1|x\na|1|x"], "a|1|x"),
    rts("a null key is dropped", ["null|1|x\na|1|x"], "a|1|x"),
    rts("a late row", ["a|5|x", "a|1|x"], "a|5|x\na|1|x"),
    rts("an empty stage", ["", "a|1|x", ""], "a|1|x"),
    rts(
        "microseconds",
        ["a|2020-01-01 00:00:00.000001|x", "a|2020-01-01 00:00:00.000002|x"],
        "a|2020-01-01 00:00:00.000001|x\na|2020-01-01 00:00:00.000002|x",
    ),
    rts(
        "a composite key",
        ["a|b|1|x\na|c|1|x\na|null|1|x", "a|b|1|x"],
        "a|b|1|x\na|c|1|x",
        RTS.replace("'a_hk'", "['a_hk', 'b_hk']"),
        "a_hk | b_hk | load_date | source\n",
    ),
]
