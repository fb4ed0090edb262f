"""What is refused, and the sentence that says so."""

from tests.vault.scenario import Scenario, one
from tests.vault.scenarios.effectivity import AUTO, F, opens, rows
from tests.vault.scenarios.hubs_and_links import HUB, LINK, NH, REF
from tests.vault.scenarios.multi_active import MAS
from tests.vault.scenarios.satellites import SAT, VIEW
from tests.vault.scenarios.tracking import RTS, XTS

HUB_STAGE = "a_hk | a_id | load_date | source\n"
SAT_STAGE = "a_hk | hashdiff | name | load_date | source\n"
GIVEN = one(
    "a_hk | b_hk | l_hk | a_id | hashdiff | name | child | amount | code | meaning"
    " | start_date | end_date | effective_from | load_date | source\n"
)
PIT = (
    "pit(source_model='@stage', src_pk='a_hk', as_of_dates_table='@stage',"
    " satellites={'@stage': {'pk': {'pk': 'a_hk'}, 'ldts': {'l': 'load_date'}}})"
)
BRIDGE = (
    "bridge(source_model='@stage', src_pk='a_hk', as_of_dates_table='@stage', bridge_walk={'s': {'bridge_link_pk': 'x',"
    " 'link_table': '@stage', 'link_pk': 'l_hk', 'link_fk1': 'a_hk', 'link_fk2': 'b_hk', 'eff_sat_table': '@stage',"
    " 'eff_sat_pk': 'l_hk', 'eff_sat_end_date': 'end_date', 'eff_sat_load_date': 'load_date'}})"
)
STAGE = "stage(source_model='@stage', hashed_columns={'key_hk': 'a_id'})"
DATES = {"stage": ["a_hk | l_hk | b_hk | end_date | load_date | as_of_date\n"]}


def refused(name: str, call: str, sentence: str, given: dict[str, list[str]] | None = None) -> Scenario:
    return Scenario(f"refused: {name}", call, given or GIVEN, refused=sentence)


LOADING = {
    "hub": HUB,
    "link": LINK,
    "nh_link": NH,
    "ref_table": REF,
    "sat": SAT,
    "ma_sat": MAS,
    "eff_sat": AUTO,
    "xts": XTS,
    "rec_track_sat": RTS,
}
NEEDED = {
    "hub": ["src_pk", "src_nk", "src_ldts", "src_source"],
    "link": ["src_pk", "src_fk", "src_ldts", "src_source"],
    "nh_link": ["src_pk", "src_fk", "src_ldts", "src_source"],
    "ref_table": ["src_pk"],
    "sat": ["src_pk", "src_hashdiff", "src_payload", "src_ldts", "src_source"],
    "ma_sat": ["src_pk", "src_cdk", "src_hashdiff", "src_ldts", "src_source"],
    "eff_sat": ["src_pk", "src_dfk", "src_sfk", "src_eff", "src_ldts", "src_source"],
    "xts": ["src_pk", "src_ldts", "src_source"],
    "rec_track_sat": ["src_pk", "src_ldts", "src_source"],
}


def without(call: str, argument: str) -> str:
    """The call with none in place of what an argument is."""
    return call.replace(f"{argument}=", f"{argument}=none if true else ", 1)


MISSING = [
    refused(
        f"{macro} without {argument}",
        without(LOADING[macro], argument),
        f"macro {macro}: the argument {argument} is missing; expected the name of a column",
    )
    for macro, arguments in NEEDED.items()
    for argument in arguments
] + [
    refused(
        f"{macro} without source_model",
        call.replace("source_model='@stage'", "source_model=none").replace("['@stage']", "none"),
        f"macro {macro}: the argument source_model is missing; expected the name of a stage, or a list of them.",
    )
    for macro, call in LOADING.items()
]

UNKNOWN = [
    refused(
        f"{macro} with an unknown argument",
        call.replace("(", "(src_key='a_hk', ", 1),
        f"macro {macro}: the argument src_key is unknown; expected one of ",
    )
    for macro, call in (LOADING | {"pit": PIT, "bridge": BRIDGE, "stage": STAGE, "sat_end_dated": VIEW}).items()
]

LACKING = [
    refused(
        f"{macro}: a column that its source lacks",
        call.replace("load_date", "loaded_at", 1),
        f"macro {macro}: the argument src_ldts names the column loaded_at, which @stage lacks; expected one of a_hk, ",
    )
    for macro, call in LOADING.items()
    if macro != "ref_table"
] + [
    refused(
        "ref_table: a column that its source lacks",
        REF.replace("'code'", "'kode'"),
        "the argument src_pk names the column kode, which @stage lacks",
    ),
    refused(
        "sat: no hashdiff in the stage",
        SAT,
        "macro sat: the argument src_hashdiff names the column hashdiff, which @stage lacks; expected one of",
        one("a_hk | name | load_date | source\n"),
    ),
    refused(
        "hub: the second stage lacks a column",
        HUB.replace("'@stage'", "['@stage', '@other']"),
        "names the column a_id, which @other lacks",
        {"stage": [HUB_STAGE], "other": ["a_hk | load_date | source\n"]},
    ),
    refused(
        "hub: a number for a column",
        HUB.replace("'a_id'", "7"),
        "the argument src_nk is 7; expected the name of a column, or a list of them.",
    ),
    refused(
        "hub: two load dates",
        HUB.replace("'load_date'", "['load_date', 'load_date']"),
        "the argument src_ldts is a list; expected the name of a column.",
    ),
    refused(
        "pit: no satellites",
        PIT.split(", satellites")[0] + ")",
        "macro pit: the argument satellites is missing; expected {satellite: ",
        DATES,
    ),
    refused(
        "pit: a satellite's column is wrong",
        PIT.replace("{'pk': 'a_hk'}", "{'pk': 'z_hk'}"),
        "the argument satellites names the column z_hk",
        DATES,
    ),
    refused("pit: a satellite without its key", PIT.replace("'pk': {'pk': 'a_hk'}, ", ""), "the argument satellites is {'ldts'", DATES),
    refused(
        "pit: too few parts of the key",
        PIT.replace("src_pk='a_hk'", "src_pk=['a_hk', 'b_hk']"),
        "with as many parts of the key as src_pk",
        DATES,
    ),
    refused(
        "pit: no dates",
        PIT.replace("as_of_dates_table='@stage'", "as_of_dates_table=none"),
        "the argument as_of_dates_table is missing",
        DATES,
    ),
    refused("pit: dates without their column", PIT, "the argument as_of_dates_table names the column as_of_date, which"),
    refused(
        "pit: a hub without its key",
        PIT.replace("src_pk='a_hk'", "src_pk='z_hk'"),
        "macro pit: the argument src_pk names the column z_hk",
        DATES,
    ),
    refused(
        "bridge: no walk",
        BRIDGE.split(", bridge_walk")[0] + ")",
        "macro bridge: the argument bridge_walk is missing; expected {step: ",
        DATES,
    ),
    refused(
        "bridge: a step lacks a part",
        BRIDGE.replace("'link_fk2': 'b_hk',", ""),
        "the argument bridge_walk has no link_fk2 in the step s",
        DATES,
    ),
    refused(
        "bridge: a step with an unknown part",
        BRIDGE.replace("'link_fk2'", "'link_fk3': 'b_hk', 'link_fk2'"),
        "has the unknown link_fk3 in the step s",
        DATES,
    ),
    refused(
        "bridge: a step's column is wrong",
        BRIDGE.replace("'link_fk2': 'b_hk'", "'link_fk2': 'z_hk'"),
        "the argument bridge_walk names the column z_hk",
        DATES,
    ),
    refused("stage: no source_model", "stage(hashed_columns={'key_hk': 'a_id'})", "macro stage: the argument source_model is missing"),
    refused(
        "stage: a hashed column that is not there",
        STAGE.replace("'a_id'", "['a_id', 'zz']"),
        "the argument hashed_columns names the column zz, which @stage lacks",
    ),
    refused(
        "stage: a null key that is not there",
        STAGE.replace("hashed_columns={'key_hk': 'a_id'}", "null_columns={'required': 'zz'}"),
        "the argument null_columns names the column zz",
    ),
    refused(
        "stage: hashed_columns is a list",
        STAGE.replace("{'key_hk': 'a_id'}", "['a_id']"),
        "the argument hashed_columns is ['a_id']; expected a mapping",
    ),
    refused(
        "stage: a rank without an order",
        STAGE.replace("hashed_columns={'key_hk': 'a_id'}", "ranked_columns={'r': {'partition_by': 'a_id'}}"),
        "the argument ranked_columns lacks a part for r",
    ),
    refused(
        "stage: a ghost row without its columns", STAGE.replace("stage(", "stage(ghost_rows=true, "), "the argument src_ldts is missing"
    ),
    refused(
        "xts: a satellite without its hashdiff",
        XTS.replace("{'sat_a': 'hashdiff'}", "{'s': {'sat_name': {'n': 'name'}}}"),
        "the argument src_satellite says no hashdiff for s",
    ),
    refused("xts: no satellite", XTS.replace("{'sat_a': 'hashdiff'}", "none"), "the argument src_satellite is missing"),
    refused(
        "sat_end_dated: no load date", VIEW.replace("src_ldts='load_date', ", ""), "macro sat_end_dated: the argument src_ldts is missing"
    ),
]

ROWS = [
    refused("a null load date in a hub", HUB, "macro hub: a staged row of @stage has no load_date.", one(HUB_STAGE + "a|a|null|x")),
    refused(
        "a null load date in a later load",
        SAT,
        "macro sat: a staged row of @stage has no load_date.",
        one(SAT_STAGE + "a|A|A|1|x", SAT_STAGE + "b|B|B|null|x"),
    ),
    refused("a null effective-from", AUTO, "macro eff_sat: a staged row has no effective_from.", one(F + "l1|a|b1|1|open|null|1|x")),
    refused(
        "two open rows of a driving key at the same time",
        AUTO,
        "macro eff_sat: two open rows of one driving key (a_hk) have the same effective_from.",
        one(F + rows(opens("l1", 1), opens("l2", 1))),
    ),
    refused(
        "two open rows at the same time in a later load",
        AUTO,
        "two open rows of one driving key",
        one(F + opens("l3", 1), F + rows(opens("l1", 5), opens("l2", 5))),
    ),
]

SCENARIOS = MISSING + UNKNOWN + LACKING + ROWS
