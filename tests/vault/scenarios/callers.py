"""The macros as called by people from elsewhere: stages that are not ours, keys of text and numbers, days, names in upper case, yaml."""

from tests.vault.scenario import Scenario, one
from tests.vault.scenarios.bridges import DATES, LINK_B, ONE
from tests.vault.scenarios.effectivity import AUTO
from tests.vault.scenarios.satellites import EFF, GHOSTS, SAT, C, E, S

HUB = "hub(src_pk='CUSTOMER', src_nk='ID_NUMBER', src_ldts='LOAD_DAY', src_source='SOURCE', source_model='@stage')"
H = "customer | id_number | load_day | source\n"
TEXT_SAT = (
    "sat(src_pk='CUSTOMER', src_hashdiff={'source_column': 'CUSTOMER_HASHDIFF', 'alias': 'HASHDIFF'}, src_payload=['NAME'],"
    " src_ldts='LOAD_DAY', src_source='SOURCE', source_model='@stage')"
)
T = "customer | customer_hashdiff | name | load_day | source\n"
T_TARGET = "customer | hashdiff | name | load_day | source\n"
NUMBERS = SAT.replace("'a_hk'", "'key_number'").replace("'hashdiff'", "'diff'")
TEXT_MAS = (
    "ma_sat(src_pk=['CUSTOMER'], src_cdk=['BOUGHT_DAY'], src_hashdiff='DIFF', src_payload='PHONE', src_ldts='LOAD_DAY',"
    " src_source='SOURCE', source_model=['@stage'])"
)
M = "customer | bought_day | diff | phone | load_day | source\n"
TEXT_EFF = (
    "eff_sat(src_pk='LINK', src_dfk=['CUSTOMER'], src_sfk='NATION', src_start_date='START_DAY', src_end_date='END_DAY',"
    " src_eff='EFFECTIVE_DAY', src_ldts='LOAD_DAY', src_source='SOURCE', source_model='@stage')"
)
T_EFF = "link | customer | nation | start_day | end_day | effective_day | load_day | source\n"
# effective-from is the start date itself: a closing row keeps it, and is told by its end.
SAME = AUTO.replace("src_eff='effective_from'", "src_eff='start_date'")
E_SAME = "l_hk | a_hk | b_hk | start_date | end_date | load_date | source\n"
TEXT_PIT = (
    "pit(source_model='@hub', src_pk='CUSTOMER', as_of_dates_table='@dates', satellites={'@sat':"
    " {'pk': {'CUSTOMER': 'CUSTOMER'}, 'ldts': {'SEEN_DAY': 'LOAD_DAY'}}}, stage_tables_ldts={'@sat': 'LOAD_DAY'}, src_ldts='LOAD_DAY')"
)
YAML_STAGE = """{%- set yaml_metadata -%}
source_model: '@stage'
derived_columns:
  SOURCE: '!1'
  LOAD_DATE: 'CRM_DATE'
  NAMES:
    - A
    - '!x'
    - B
hashed_columns:
  CUSTOMER_HK: 'CUSTOMER_ID'
  ORDER_HK:
    - CUSTOMER_ID
    - ORDER_ID
  CUSTOMER_HASHDIFF:
    is_hashdiff: true
    columns:
      - B
      - a
      - CUSTOMER_ID
{%- endset -%}
{% set metadata_dict = fromyaml(yaml_metadata) %}
{{ stage(include_source_columns=true, source_model=metadata_dict['source_model'], derived_columns=metadata_dict['derived_columns'],
         null_columns=metadata_dict['null_columns'], hashed_columns=metadata_dict['hashed_columns'],
         ranked_columns=metadata_dict['ranked_columns']) }}"""


def case(name: str, call: str, head: str, loads: list[str], expected: str, **more: object) -> Scenario:
    return Scenario(f"callers: {name}", call, one(*[head + load for load in loads]), expected, **more)


STAGES = [
    Scenario(
        "callers: a stage in yaml",
        YAML_STAGE,
        one("customer_id | order_id | a | b | crm_date\n1 | 2 | p | q | 3"),
        "customer_id | order_id | a | b | crm_date | source | load_date | names | customer_hk | order_hk | customer_hashdiff\n"
        "1 | 2 | p | q | 3 | 1 | 3 | 'p\\x7c\\x7cx\\x7c\\x7cq' | 1 | 1||2 | P||Q||1",
    ),
    Scenario(
        "callers: a stage from a relation",
        "stage(source_model=ref('@stage'), hashed_columns={'KEY_HK': ['A']})",
        one("a\nx"),
        "a | key_hk\nx | X",
    ),
    Scenario(
        "callers: constants that are numbers",
        "stage(source_model='@stage', derived_columns={'one_number': 1, 'COPY': {'source_column': 'A', 'escape': true}})",
        one("a\nx"),
        "a | one_number | copy\nx | 1 | x",
    ),
]

HUBS_AND_LINKS = [
    case("a hub of text keys and days", HUB, H, ["c|7|2|x\nc|7|1|y\nnull|8|1|x", "c|7|3|x\nd|9|3|x"], H + "c|7|1|y\nd|9|3|x"),
    case(
        "a hub of numbers", HUB.replace("'CUSTOMER'", "['ID_NUMBER']"), H, ["c|7|2|x", "d|7|3|x\nd|8|3|x"], "id_number | load_day\n7|2\n8|3"
    ),
    case(
        "a hub whose columns are renamed",
        HUB.replace("'CUSTOMER'", "{'source_column': 'CUSTOMER', 'alias': 'CLIENT'}").replace(
            "'LOAD_DAY'", "{'source_column': 'LOAD_DAY', 'alias': 'SEEN_DAY'}"
        ),
        H,
        ["c|7|2|x\nc|7|1|x", "c|7|3|x\nd|9|3|x"],
        "client | id_number | seen_day | source\nc|7|1|x\nd|9|3|x",
    ),
    case("a hub from a relation", HUB.replace("'@stage'", "ref('@stage')"), H, ["c|7|2|x"], H + "c|7|2|x"),
    Scenario(
        "callers: an extra column is given no longer",
        HUB.replace("hub(", "hub(src_extra_columns=('EXTRA' if load == 1 else none), "),
        one("customer | id_number | extra | load_day | source\nc|7|e|1|x", H + "d|8|2|x"),
        "customer | id_number | extra | load_day | source\nc|7|e|1|x\nd|8|null|2|x",
        columns_change=True,
    ),
    case(
        "a link with one foreign key",
        "link(src_pk='LINK', src_fk='CUSTOMER', src_ldts='LOAD_DAY', src_source='SOURCE', source_model='@stage')",
        "link | customer | load_day | source\n",
        ["l|c|2|x\nl|c|1|x\nm|null|1|x", "l|c|3|x\nn|c|3|x"],
        "link | customer | load_day | source\nl|c|1|x\nn|c|3|x",
    ),
    case(
        "a transaction link of text keys with effective-from",
        "nh_link(src_pk='LINK', src_fk=['CUSTOMER', 'NATION'], src_payload='AMOUNT', src_eff='EFFECTIVE_DAY', src_ldts='LOAD_DAY',"
        " src_source='SOURCE', source_model='@stage')",
        "link | customer | nation | amount | effective_day | load_day | source\n",
        ["l|c|n|1|1|2|x\nl|c|n|1|1|2|x\nm|c|null|1|1|2|x", "l|c|n|2|3|3|x\no|c|n|1|3|3|x"],
        "link | customer | nation | amount | effective_day | load_day | source\nl|c|n|1|1|2|x\no|c|n|1|3|3|x",
    ),
]

SATELLITES = [
    case(
        "a satellite of text keys and days",
        TEXT_SAT,
        T,
        ["c|A|a|1|x\nnull|A|a|1|x", "c|A|a|2|x\nc|B|b|3|x\nd|A|a|3|x", "c|A|a|4|x"],
        T_TARGET + "c|A|a|1|x\nc|B|b|3|x\nd|A|a|3|x\nc|A|a|4|x",
    ),
    case(
        "its ghost record",
        TEXT_SAT,
        T,
        ["c|A|a|1|x", "c|B|b|3|x"],
        f"customer | hashdiff | load_day | source\nc|A|1|x\nc|B|3|x\n{'0' * 32}|0|ghost|SYSTEM",
        variant=GHOSTS,
    ),
    case(
        "a satellite of numbers, with its ghost record",
        NUMBERS,
        "key_number | diff | name | load_date | source\n",
        ["7|A|a|1|x\n8|A|a|1|x", "7|B|b|2|x\n8|A|a|2|x"],
        f"key_number | diff | name | load_date | source\n7|A|a|1|x\n8|A|a|1|x\n7|B|b|2|x\n0|{'0' * 32}|null|ghost|SYSTEM",
        variant=GHOSTS,
    ),
    case(
        "a payload of all columns but some",
        SAT.replace("['name']", "{'exclude_columns': true, 'columns': ['B_HK']}"),
        C,
        ["a|b|A|n|1|x", "a|b|A|n|2|x\na|b|B|m|3|x"],
        S + "a|A|n|1|x\na|B|m|3|x",
    ),
    case(
        "a payload under another name",
        SAT.replace("['name']", "[{'source_column': 'name', 'alias': 'label'}]"),
        S,
        ["a|A|n|1|x", "a|B|m|2|x"],
        "a_hk | hashdiff | label | load_date | source\na|A|n|1|x\na|B|m|2|x",
    ),
    Scenario(
        "callers: effective-from is given later",
        EFF.replace("src_eff='effective_from'", "src_eff=(none if load == 1 else 'effective_from')"),
        one(S + "a|A|A|1|x", E + "a|A|A|2|2|x\na|B|B|3|3|x"),
        E + "a|A|A|null|1|x\na|B|B|3|3|x",
        columns_change=True,
    ),
    case(
        "sets whose child is a day",
        TEXT_MAS,
        M,
        ["c|1|A|a|1|x\nc|2|A|a|1|x\nc|null|A|a|1|x", "c|1|A|a|2|x\nc|2|A|a|2|x\nc|2|A|a|3|x", "c|2|A|a|4|x"],
        M + "c|1|A|a|1|x\nc|2|A|a|1|x\nc|2|A|a|3|x",
    ),
    case(
        "the ghost record of sets whose child is a day",
        TEXT_MAS,
        M,
        ["c|1|A|a|1|x"],
        M + f"c|1|A|a|1|x\n{'0' * 32}|ghost|{'0' * 32}|null|ghost|SYSTEM",
        variant=GHOSTS,
    ),
]

EFFECTIVITY = [
    case(
        "relationships of text keys and days",
        TEXT_EFF,
        T_EFF,
        ["l|c|n|1|open|1|1|x", "m|c|o|5|open|5|5|x", "m|c|o|5|open|5|6|x\nl|c|n|9|open|9|9|x"],
        T_EFF + "l|c|n|1|open|1|1|x\nl|c|n|1|5|5|5|x\nm|c|o|5|open|5|5|x\nm|c|o|5|9|9|9|x\nl|c|n|9|open|9|9|x",
        config="is_auto_end_dating=true",
    ),
    case(
        "auto end-dating in meta",
        TEXT_EFF,
        T_EFF,
        ["l|c|n|1|open|1|1|x", "m|c|o|5|open|5|5|x"],
        T_EFF + "l|c|n|1|open|1|1|x\nl|c|n|1|5|5|5|x\nm|c|o|5|open|5|5|x",
        config="meta={'is_auto_end_dating': true}",
    ),
    case(
        "the start date as effective-from",
        SAME,
        E_SAME,
        ["l|a|b|1|open|1|x", "l|a|b|1|open|2|x\nm|a|c|5|open|5|x", "l|a|b|9|open|9|x"],
        E_SAME + "l|a|b|1|open|1|x\nl|a|b|1|5|5|x\nm|a|c|5|open|5|x\nm|a|c|5|9|9|x\nl|a|b|9|open|9|x",
    ),
    case(
        "the start date as effective-from, closed by the source",
        SAME,
        E_SAME,
        ["l|a|b|1|open|1|x", "l|a|b|1|4|4|x", "l|a|b|1|4|5|x\nl|a|b|7|open|7|x"],
        E_SAME + "l|a|b|1|open|1|x\nl|a|b|1|4|4|x\nl|a|b|7|open|7|x",
    ),
    case(
        "the start date as effective-from, everything in one batch",
        SAME,
        E_SAME,
        ["l|a|b|1|open|9|x\nm|a|c|5|open|9|x\nl|a|b|7|open|9|x"],
        E_SAME + "l|a|b|1|open|9|x\nl|a|b|1|5|9|x\nm|a|c|5|open|9|x\nm|a|c|5|7|9|x\nl|a|b|7|open|9|x",
    ),
]

AS_OF = [
    Scenario(
        "callers: a point in time of text keys and days",
        TEXT_PIT,
        {"hub": ["customer\nc\nd"], "dates": [DATES + "2\n4"], "sat": ["customer | load_day\nc|1\nc|3\nd|4"]},
        f"customer | as_of_date | @sat_customer | @sat_seen_day\nc|2|c|1\nc|4|c|3\nd|2|{'0' * 32}|ghost\nd|4|d|4",
    ),
    Scenario(
        "callers: a point in time of two hubs",
        TEXT_PIT.replace("'@hub'", "['@hub', '@other']"),
        {"hub": ["customer\nc"], "other": ["customer\nc\nd"], "dates": ["as_of_date\n2"], "sat": ["customer | load_day\nc|1\nd|2"]},
        "customer | as_of_date | @sat_customer | @sat_seen_day\nc|2|c|1\nd|2|d|2",
    ),
    Scenario(
        "callers: a bridge tells a return from a closing by the satellite's dates",
        ONE,
        {
            "hub": ["a_hk\na"],
            "dates": [DATES + "10"],
            "link_b": [LINK_B + "l|a|b\nm|a|c"],
            "eff_b": [
                (
                    "l_hk | start_date | end_date | effective_from | load_date\n"
                    "l|1|open|1|1\nl|1|5|5|9\nl|7|open|7|9\nm|5|open|5|9\nm|5|7|7|9"
                )
            ],
        },
        "a_hk | as_of_date | link_b_hk\na|10|l",
    ),
]

SCENARIOS = STAGES + HUBS_AND_LINKS + SATELLITES + EFFECTIVITY + AS_OF
