"""The project keeps its conventions, and each rule fails on a bad example."""

import copy
from typing import Any

import duckdb
import pytest

from tests.project import conventions
from tests.support import Warehouse

FACT = {"grain": ["thing_key"], "process": "doing things", "fact_kind": "transaction"}


@pytest.mark.parametrize("rule", conventions.RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: conventions.Rule, manifest: dict[str, Any]) -> None:
    assert not rule(manifest), f"{rule.__doc__}\n" + "\n".join(rule(manifest))


def model(name: str, *path: str, reads: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """A model that keeps every rule, as far as the manifest's fields that the rules read; `changes` break it."""
    file = "/".join(("models", *path, name))
    public = path[0] in {"star", "wide", "serving"}
    return {
        "resource_type": "model",
        "package_name": "aisle",
        "unique_id": f"model.aisle.{name}",
        "name": name,
        "fqn": ["aisle", *path, name],
        "original_file_path": f"{file}.sql",
        "patch_path": f"aisle://{file}.yml",
        "description": "Something.",
        "columns": {"id": {"description": "The key."}},
        "config": {"meta": {"grain": ["id"]}, "contract": {"enforced": True}},
        "depends_on": {"nodes": list(reads), "macros": ["macro.aisle.things"]},
        "access": "public" if public else "protected",
        "group": "star" if public else None,
        "raw_code": "select id from somewhere",
    } | changes


def snapshot(**changes: Any) -> dict[str, Any]:
    """A snapshot that keeps every rule; `changes` break it."""
    return (
        {
            "resource_type": "snapshot",
            "unique_id": "snapshot.aisle.snap_pos__things",
            "name": "snap_pos__things",
            "fqn": ["aisle", "snap_pos__things"],
            "original_file_path": "snapshots/snap_pos__things.yml",
            "patch_path": "aisle://snapshots/snap_pos__things.yml",
            "config": {"meta": {"grain": ["id"], "read_by": "people"}, "hard_deletes": "new_record", "schema": "snapshots"},
            "depends_on": {"nodes": ["model.aisle.stg_pos__things", "model.aisle.stg_meta__clock"]},
        }
        | {key: value for key, value in model("snap_pos__things", "snapshots").items() if key in {"package_name", "description", "columns"}}
        | changes
    )


def metric(**changes: Any) -> dict[str, Any]:
    """A metric that keeps every rule; `changes` break it."""
    return {
        "resource_type": "metric",
        "unique_id": "metric.aisle.things",
        "name": "things",
        "label": "Things",
        "description": "How many there are.",
        "original_file_path": "models/star/fct_things.yml",
        "type_params": {"is_private": False},
        "config": {"meta": {"formula": "the number of things", "owner": "stores", "format": ",d", "dimensions": ["store"]}},
    } | changes


def semantic_model(**changes: Any) -> dict[str, Any]:
    """Semantics of a star model that keep every rule; `changes` break them."""
    return {
        "resource_type": "semantic_model",
        "unique_id": "semantic_model.aisle.fct_things",
        "name": "fct_things",
        "depends_on": {"nodes": ["model.aisle.fct_things"]},
        "dimensions": [{"name": "colour", "config": {"meta": {}}}],
    } | changes


def exposure(**changes: Any) -> dict[str, Any]:
    """A need that keeps every rule; `changes` break it."""
    return {
        "resource_type": "exposure",
        "name": "need",
        "description": "Who asks for it.",
        "owner": {"name": "They", "email": "they@aisle.example"},
        "original_file_path": "models/serving/vw_things.yml",
        "depends_on": {"nodes": ["model.aisle.vw_things"]},
    } | changes


def macro(name: str, **changes: Any) -> dict[str, Any]:
    """A macro that the star's models call, when it is called `things`."""
    return {
        "resource_type": "macro",
        "package_name": "aisle",
        "unique_id": f"macro.aisle.{name}",
        "name": name,
        "original_file_path": f"macros/star/{name}.sql",
        "patch_path": None,
        "macro_sql": "{% macro " + name + "() %}1{% endmacro %}",
        "depends_on": {"macros": []},
    } | changes


def unit_test(rows: str) -> dict[str, Any]:
    """A unit test that expects these rows, as SQL."""
    given = {"input": "ref('nf3_things')", "rows": [{"thing_id": None}]}
    return {"resource_type": "unit_test", "name": "a_thing_counts_once", "given": [given], "expect": {"rows": rows}}


def a_manifest(*changed: dict[str, Any]) -> dict[str, Any]:
    """A small good project, with what is of the same name replaced by the changed."""
    semantics = [metric(), semantic_model(), *(node for node in changed if node["resource_type"] in {"metric", "semantic_model"})]
    nodes = {
        node["unique_id"]: node
        for node in (
            model("stg_pos__things", "staging", "pos", reads=("source.aisle.pos.things",)),
            model("stg_meta__clock", "staging", "meta", reads=("source.aisle.meta.clock",)),
            snapshot(),
            model("nf2_things", "normalized", "nf2", reads=("model.aisle.stg_pos__things",)),
            model("nf3_things", "normalized", "nf3", reads=("model.aisle.nf2_things",)),
            model(
                "dim_things",
                "star",
                reads=("model.aisle.nf3_things",),
                columns={"thing_key": {"description": "The key."}},
                config={"meta": {"grain": ["thing_key"]}, "contract": {"enforced": True}, "materialized": "table"},
            ),
            model(
                "fct_things",
                "star",
                reads=("model.aisle.nf3_things",),
                columns={"thing_key": {"description": "The thing."}, "thing_id": {"description": "Its number."}},
                config={"meta": FACT, "contract": {"enforced": True}},
            ),
            model("vw_things", "serving", reads=("model.aisle.dim_things",)),
            *(node for node in changed if node["resource_type"] in {"model", "snapshot", "seed"}),
        )
    }
    tests = {
        f"test.aisle.{node['name']}": {
            "resource_type": "test",
            "package_name": "aisle",
            "attached_node": unique_id,
            "test_metadata": {"name": "grain"},
        }
        for unique_id, node in nodes.items()
        if node["name"] != "dim_untested"
    }
    tests["test.aisle.fct_things_references"] = {
        "resource_type": "test",
        "package_name": "aisle",
        "attached_node": "model.aisle.fct_things",
        "test_metadata": {"name": "references_exist", "kwargs": {"references": [{"columns": ["thing_key"], "to": "ref('dim_things')"}]}},
    }
    tests["test.aisle.declared_not_nulls_hold"] = {
        "resource_type": "test",
        "package_name": "aisle",
        "attached_node": None,
        "original_file_path": "tests/data/contracts/declared_not_nulls_hold.sql",
        "depends_on": {"nodes": []},
    }
    source = {
        "resource_type": "source",
        "source_name": "pos",
        "name": "things",
        "fqn": ["aisle", "staging", "pos", "things"],
        "description": "Raw.",
        "columns": {},
        "freshness": {"error_after": {"count": 31, "period": "day"}},
    }
    meta = source | {"source_name": "meta", "name": "clock", "fqn": ["aisle", "staging", "meta", "clock"], "freshness": None}
    sources = {"source.aisle.pos.things": source, "source.aisle.meta.clock": meta}
    sources |= {node["unique_id"]: source | node for node in changed if node["resource_type"] == "source"}
    exposures = [exposure(), *(node for node in changed if node["resource_type"] == "exposure")]
    macros = [macro("things"), *(node for node in changed if node["resource_type"] == "macro")]
    children: dict[str, list[str]] = {}
    for node in [*nodes.values(), *exposures]:
        for parent in node["depends_on"]["nodes"]:
            children.setdefault(parent, []).append(node.get("unique_id", "exposure.aisle.need"))
    return {
        "nodes": nodes | tests,
        "sources": sources,
        "exposures": {f"exposure.aisle.{node['name']}": node for node in exposures},
        "macros": {node["unique_id"]: node for node in macros},
        "unit_tests": {node["name"]: node for node in changed if node["resource_type"] == "unit_test"},
        "child_map": children,
    } | {
        f"{kind}s": {node["unique_id"]: node for node in semantics if node["resource_type"] == kind}
        for kind in ("metric", "semantic_model")
    }


NOT_NULL = {"id": {"description": "The key.", "constraints": [{"type": "not_null"}]}}
BAD = {
    conventions.layer_order: model("dim_things", "star", reads=("model.aisle.nf2_things",)),
    conventions.normal_forms_build_on_each_other: model("nf2_things", "normalized", "nf2", reads=("model.aisle.nf3_things",)),
    conventions.raw_is_read_by_staging_only: model("nf3_things", "normalized", "nf3", reads=("source.aisle.pos.things",)),
    conventions.names: model("things", "star"),
    conventions.yml_of_the_same_stem: model("dim_things", "star", patch_path="aisle://models/star/_models.yml"),
    conventions.grain_declared: model("dim_things", "star", config={"meta": {"grain": ["other_id"]}, "contract": {"enforced": True}}),
    conventions.grain_tested: model("dim_untested", "star"),
    conventions.described: model("dim_things", "star", columns={"id": {"description": " "}}),
    conventions.demographics_are_marked: model(
        "dim_things", "star", columns={"id": {"description": "Key."}, "age_band": {"description": "Age.", "config": {"meta": {}}}}
    ),
    conventions.contracts_enforced: model("dim_things", "star", config={"meta": {"grain": ["id"]}, "contract": {"enforced": False}}),
    conventions.access_and_group: model("nf3_things", "normalized", "nf3", access="public"),
    conventions.not_nulls_are_tested: model("dim_things", "star", columns=NOT_NULL),
    conventions.served_models_have_an_exposure: model("vw_more_things", "serving"),
    conventions.facts_name_process_and_kind: model(
        "fct_things",
        "star",
        columns={"thing_key": {"description": "The thing."}},
        config={"meta": FACT | {"fact_kind": "some"}, "contract": {"enforced": True}},
    ),
    conventions.facts_point_at_conformed_dimensions: model(
        "fct_more_things",
        "star",
        columns={"thing_id": {"description": "The thing's number."}},
        config={"meta": FACT | {"grain": ["thing_id"]}, "contract": {"enforced": True}},
    ),
    conventions.no_engine_in_models: model("dim_things", "star", raw_code="select id::int from somewhere"),
    conventions.snapshots_go_by_the_clock: snapshot(depends_on={"nodes": ["model.aisle.stg_pos__things"]}),
    conventions.metrics_are_told: metric(config={"meta": {"formula": "the number of things", "format": ",d", "dimensions": ["store"]}}),
    conventions.semantics_stand_on_the_star: semantic_model(depends_on={"nodes": ["model.aisle.nf3_things"]}),
}
STAR = "select orders.*, customers.name from orders inner join customers on orders.id = customers.id"
BAD |= {
    conventions.columns_are_named: model("dim_things", "star", raw_code=STAR),
    conventions.relations_are_named_by_ref: model("dim_things", "star", raw_code="select id from normalized.nf3_things"),
    conventions.one_staging_model_a_source: model("stg_pos__more", "staging", "pos", reads=("source.aisle.pos.things",)),
    conventions.sources_are_fresh_or_say_why: {
        "resource_type": "source",
        "unique_id": "source.aisle.pos.stale",
        "name": "stale",
        "freshness": {"warn_after": {"count": 1}},
        "config": {"meta": {"read_by": "somebody"}},
    },
    conventions.nothing_is_unused: model("nf3_more", "normalized", "nf3"),
    conventions.macros_are_used: macro("cents"),
    conventions.logic_has_a_unit_test: model(
        "dim_things", "star", reads=("model.aisle.nf3_things",), raw_code="select max(id) from things"
    ),
    conventions.nulls_in_fixtures_have_a_type: unit_test("select 1 as thing_id, null as load_date"),
    conventions.exposures_have_an_owner: exposure(name="other", owner={"name": "They"}),
}
# What each rule's words cover besides the first bad example, and what looks like it and is right.
BAD_SQL = [
    (conventions.columns_are_named, "select *, 1 as one from things", 1),
    (conventions.columns_are_named, "select * from a inner join b on a.id = b.id", 1),
    (conventions.columns_are_named, "select count(*), 2 * 3 as six from a where b in (select b from c) -- select a.*", 0),
    (conventions.columns_are_named, "select * from {{ ref('stg_pos__things') }} where is_current", 0),
    (conventions.relations_are_named_by_ref, "select a from b join raw_pos.things on b.id = things.id", 1),
    (conventions.relations_are_named_by_ref, "select a is distinct from b.c from {{ ref('d') }} {# from star.dim_things #}", 0),
    (conventions.logic_has_a_unit_test, "select case when a then 1 end as b from c", 1),
    (conventions.logic_has_a_unit_test, "select row_number() over (order by a) as b from c", 1),
    (conventions.logic_has_a_unit_test, "select a from b inner join c on b.at >= c.valid_from", 1),
    (conventions.logic_has_a_unit_test, "select a from b inner join c on b.id = c.id", 0),
]
BAD_NODES = [
    (conventions.nothing_is_unused, model("seed_of_nobody", "reference", resource_type="seed"), 1),
    (conventions.nothing_is_unused, model("nf3_more", "normalized", "nf3", config={"meta": {"read_by": "auditors"}}), 0),
    (conventions.macros_are_used, macro("athena__things"), 0),
    (conventions.macros_are_used, macro("athena__cents"), 1),
    (conventions.macros_are_used, macro("cents", patch_path="aisle://macros/vault/_macros.yml"), 0),
    (conventions.macros_are_used, macro("compact", original_file_path="macros/operations/compact.sql"), 0),
    (conventions.one_staging_model_a_source, model("stg_pos__nothing", "staging", "pos"), 1),
    (conventions.exposures_have_an_owner, exposure(name="other", description=""), 1),
    (conventions.nulls_in_fixtures_have_a_type, unit_test("select cast(null as date) as sold_date, coalesce(a, null) as b"), 0),
    (conventions.nulls_in_fixtures_have_a_type, unit_test("select null as a, null as b from (values (null)) as given (c)"), 1),
]
BAD_METRICS = [
    (conventions.metrics_are_told, metric(description=" ")),
    (conventions.metrics_are_told, metric(label="things")),
    (conventions.metrics_are_told, metric(config={"meta": metric()["config"]["meta"] | {"format": "dollars"}})),
    (conventions.metrics_are_told, metric(type_params={"is_private": True}, description="")),
    (conventions.semantics_stand_on_the_star, semantic_model(dimensions=[{"name": "age_band"}])),
    (conventions.semantics_stand_on_the_star, semantic_model(dimensions=[{"name": "x", "config": {"meta": {"pii": True}}}])),
]
BAD_SNAPSHOTS = [
    (conventions.layer_order, {"depends_on": {"nodes": ["model.aisle.dim_things", "model.aisle.stg_meta__clock"]}}),
    (conventions.names, {"name": "things_history"}),
    (conventions.yml_of_the_same_stem, {"patch_path": "aisle://snapshots/_snapshots.yml"}),
    (conventions.grain_declared, {"config": {"meta": {}, "hard_deletes": "new_record", "schema": "snapshots"}}),
    (conventions.described, {"columns": {"id": {"description": ""}}}),
    (conventions.demographics_are_marked, {"columns": {"id": {"description": "Key."}, "age_band": {"description": "Age."}}}),
    (conventions.snapshots_go_by_the_clock, {"config": {"meta": {"grain": ["id"]}, "hard_deletes": "ignore", "schema": "snapshots"}}),
    (conventions.snapshots_go_by_the_clock, {"config": {"meta": {"grain": ["id"]}, "hard_deletes": "new_record", "schema": "star"}}),
]


@pytest.mark.parametrize("rule", conventions.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_fails_on_a_bad_example_and_passes_on_a_good_one(rule: conventions.Rule) -> None:
    assert rule(a_manifest()) == []
    assert len(rule(a_manifest(copy.deepcopy(BAD[rule])))) == 1


@pytest.mark.parametrize(("rule", "sql", "violations"), BAD_SQL)
def test_a_rule_about_sql_tells_the_bad_from_what_looks_like_it(rule: conventions.Rule, sql: str, violations: int) -> None:
    bad = model("dim_things", "star", reads=("model.aisle.nf3_things",), raw_code=sql)
    assert len(rule(a_manifest(bad))) == violations


@pytest.mark.parametrize(("rule", "node", "violations"), BAD_NODES)
def test_a_rule_about_use_tells_the_bad_from_what_looks_like_it(rule: conventions.Rule, node: dict[str, Any], violations: int) -> None:
    assert len(rule(a_manifest(node))) == violations


@pytest.mark.parametrize("rule", conventions.RULES, ids=lambda rule: rule.__name__)
def test_a_rule_says_reason_example_and_remedy(rule: conventions.Rule) -> None:
    assert all(conventions.told(rule).values())
    assert all(": " in sentence for sentence in rule(a_manifest(copy.deepcopy(BAD[rule]))))


def test_an_exception_is_one_still(manifest: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stands for a violation that is there without it."""
    exceptions = dict(conventions.EXCEPTIONS)
    monkeypatch.setattr(conventions, "EXCEPTIONS", {})
    found = " ".join(sentence for rule in conventions.RULES for sentence in rule(manifest))
    assert {name for name in exceptions if f"{name} " not in found} == set()


def test_the_page_is_the_one_that_the_command_writes() -> None:
    assert conventions.PAGE.read_text(encoding="utf-8") == conventions.page(), "run `python -m tests.project`"


@pytest.mark.parametrize(("rule", "changes"), BAD_SNAPSHOTS)
def test_a_rule_that_holds_for_snapshots_fails_on_a_bad_one(rule: conventions.Rule, changes: dict[str, Any]) -> None:
    assert len(rule(a_manifest(snapshot(**changes)))) == 1


@pytest.mark.parametrize(("rule", "bad"), BAD_METRICS)
def test_a_rule_about_metrics_fails_on_each_bad_one(rule: conventions.Rule, bad: dict[str, Any]) -> None:
    assert len(rule(a_manifest(bad))) == 1


def test_the_yml_lists_exactly_the_columns_that_were_built(subset: Warehouse, manifest: dict[str, Any]) -> None:
    """Contracts hold the tables that people build on; this holds the rest: staging, unf, nf1, nf2 and the seeds."""
    with duckdb.connect(str(subset.built), read_only=True) as connection:
        connection.execute(f"attach '{subset.raw}' as raw (read_only)")
        rows = connection.execute(
            "select table_schema, table_name, list(column_name order by ordinal_position) from information_schema.columns "
            "where table_catalog = 'aisle' group by all"
        ).fetchall()
    built = {(schema, table): columns for schema, table, columns in rows}
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed", "snapshot"}]
    wrong = {
        node["name"]: (sorted(built[node["schema"], node["name"]]), sorted(node["columns"]))
        for node in nodes
        if sorted(built[node["schema"], node["name"]]) != sorted(node["columns"])
    }
    assert not wrong, f"columns as built against columns in the yml: {wrong}"
