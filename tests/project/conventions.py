"""The project's conventions as rules over dbt's manifest.

A rule takes the manifest and returns one sentence a violation: what is wrong, why it matters, what to do.
`test_conventions.py` holds the project to each, and shows each failing on a bad example.
"""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from serving import bus_matrix

Manifest = dict[str, Any]
Rule = Callable[[Manifest], list[str]]

MAY_READ = {
    "snapshots": {"staging"},
    "staging": {"source"},
    "normalized": {"staging", "reference", "normalized"},
    "vault": {"staging", "reference", "vault"},
    "star": {"nf3", "star"},
    "wide": {"star", "wide"},
    "serving": {"star", "wide", "serving", "history of loads"},
}
HISTORY_OF_LOADS = ("stg_meta__runs", "stg_meta__loads")
NORMAL_FORMS = ["unf", "nf1", "nf2", "nf3"]
PREFIXES = {
    "snapshots": ("snap_",),
    "staging": ("stg_",),
    "unf": ("unf_",),
    "nf1": ("nf1_",),
    "nf2": ("nf2_",),
    "nf3": ("nf3_",),
    "vault stage": ("vstg_",),
    "vault raw": ("hub_", "lnk_", "nhl_", "sat_", "mas_", "eff_", "ref_"),
    "vault business": ("vstg_", "sat_", "pit_", "brg_", "qav_"),
    "star": ("dim_", "fct_", "bridge_", "dq_"),
    "wide": ("obt_",),
    "serving": ("vw_", "mv_"),
}
CONTRACTED = {"nf3", "vault raw", "star", "wide", "serving"}
PII = {
    "age_band",
    "income_band",
    "home_ownership",
    "marital_status",
    "household_size",
    "household_composition",
    "kids_count",
    "household_profile_key",
}
FACT_KINDS = {
    "transaction",
    "periodic snapshot",
    "accumulating snapshot",
    "factless",
    "coverage",
    "aggregate",
    "price history",
}
METRIC_FORMATS = {"$,.2f", ",d", ",.2f", ".1%"}
GRAIN_TESTS = {"grain", "grain_by_bits", "minimal_key"}
ENGINE_WORDS = ("target.type", "target.name", "::")


def models(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The project's own models."""
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["package_name"] == "aisle")


def snapshots(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The project's own snapshots: tables that people read as they read models, in one folder, each made by a yml alone."""
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "snapshot" and node["package_name"] == "aisle")


def models_and_snapshots(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Where a rule holds for both."""
    yield from models(manifest)
    yield from snapshots(manifest)


def folder(node: dict[str, Any]) -> str:
    """The folder that names and contracts go by: the layer, `nf3` and such, `vault raw` and such; `snapshots` for a snapshot."""
    if node["resource_type"] == "snapshot":
        return "snapshots"
    layer = node["fqn"][1]
    if layer == "vault":
        return f"vault {node['fqn'][2]}"
    return node["fqn"][2] if layer == "normalized" else layer


def kinds(node: dict[str, Any]) -> set[str]:
    """What an upstream node counts as when a model reads it."""
    if node["resource_type"] == "seed":
        return {"reference"}
    if node["name"] in HISTORY_OF_LOADS:  # tells of the loader, not of the grocer: no layer has anything to add
        return {"staging", "history of loads"}
    return {node["resource_type"]} if node["resource_type"] != "model" else {node["fqn"][1], folder(node)}


def upstream(manifest: Manifest, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for unique_id in node["depends_on"]["nodes"]:
        yield manifest["nodes"].get(unique_id) or manifest["sources"][unique_id]


def layer_order(manifest: Manifest) -> list[str]:
    """Data flows one way: raw, staging, normalized (or vault), star, wide, serving; one that skips a layer hides where a number is from."""
    return [
        f"{node['name']} reads {parent['name']}: models in {layer}/ read {', '.join(sorted(MAY_READ[layer]))} only; "
        "select from the layer before it, and add there what is missing."
        for node in models_and_snapshots(manifest)
        for layer in [folder(node) if node["resource_type"] == "snapshot" else node["fqn"][1]]
        for parent in upstream(manifest, node)
        if not kinds(parent) & MAY_READ[layer]
    ]


def normal_forms_build_on_each_other(manifest: Manifest) -> list[str]:
    """A normal form never reads a later one, or the walk from the receipt to 3NF would go in circles."""
    return [
        f"{node['name']} reads {parent['name']}, a later normal form: move what it needs to {folder(node)}/ or before."
        for node in models(manifest)
        if node["fqn"][1] == "normalized"
        for parent in upstream(manifest, node)
        if parent["fqn"][1] == "normalized" and NORMAL_FORMS.index(folder(parent)) > NORMAL_FORMS.index(folder(node))
    ]


def raw_is_read_by_staging_only(manifest: Manifest) -> list[str]:
    """Renames, types and deduplication happen once; a second reader of raw would repeat or miss them."""
    return [
        f"{node['name']} reads the source {parent['source_name']}.{parent['name']}: only staging/ reads raw; use its staging model."
        for node in models_and_snapshots(manifest)
        if node["fqn"][1] != "staging"
        for parent in upstream(manifest, node)
        if parent["resource_type"] == "source"
    ]


def names(manifest: Manifest) -> list[str]:
    """A prefix says what a table is before anyone opens it."""
    return [
        f"{node['name']} lies in {folder(node)}/: its name starts with {' or '.join(PREFIXES[folder(node)])}; rename it or move it."
        for node in models_and_snapshots(manifest)
        if not node["name"].startswith(PREFIXES[folder(node)])
    ]


def yml_of_the_same_stem(manifest: Manifest) -> list[str]:
    """Everything about a model stands in one file beside it, so that nobody has to look for it."""
    wrong = []
    for node in models_and_snapshots(manifest):
        expected = PurePosixPath(node["original_file_path"]).with_suffix(".yml")
        found = (node["patch_path"] or "").removeprefix("aisle://")
        if found != str(expected):
            wrong.append(f"{node['name']} is described in {found or 'no file'}: describe it in {expected}.")
    return wrong


def grain_declared(manifest: Manifest) -> list[str]:
    """`config.meta.grain` says what one row is; a reader who has to guess it will count wrongly."""
    wrong = []
    for node in models_and_snapshots(manifest):
        grain = node["config"]["meta"].get("grain")
        if not grain:
            wrong.append(f"{node['name']} declares no grain: list the columns that identify a row in config.meta.grain.")
        elif unknown := sorted(set(grain) - set(node["columns"])):
            wrong.append(f"{node['name']} declares the grain {grain}, but has no column {', '.join(unknown)}: correct config.meta.grain.")
    return wrong


def described(manifest: Manifest) -> list[str]:
    """A column without a description is a question that an analyst has to ask a person."""
    wrong = []
    seeds = [node for node in manifest["nodes"].values() if node["resource_type"] == "seed"]
    for node in [*models_and_snapshots(manifest), *seeds, *manifest["sources"].values()]:
        if not node["description"].strip():
            wrong.append(f"{node['name']} has no description: say in its yml what it holds.")
        wrong += [
            f"{node['name']}.{name} has no description: say in its yml what it means, with its unit."
            for name, column in node["columns"].items()
            if not column["description"].strip()
        ]
    return wrong


def demographics_are_marked(manifest: Manifest) -> list[str]:
    """What describes a household as people is personal data: marked `meta.pii`, so that grants and exports can leave it out."""
    return [
        f"{node['name']}.{name} holds personal data: mark it with config.meta.pii: true."
        for node in models_and_snapshots(manifest)
        for name, column in node["columns"].items()
        if name in PII and (column.get("config") or {}).get("meta", {}).get("pii") is not True
    ]


def contracts_enforced(manifest: Manifest) -> list[str]:
    """People build on these tables: a changed column must fail the build and not their query. What nests rows (meta.nested) has none."""
    return [
        f"{node['name']} has no enforced contract: set config.contract.enforced and give every column its data_type."
        for node in models(manifest)
        if folder(node) in CONTRACTED and not node["config"]["contract"]["enforced"] and not node["config"]["meta"].get("nested")
    ]


def access_and_group(manifest: Manifest) -> list[str]:
    """Public models have an owner; the steps on the way are protected, so that nobody builds on them by accident."""
    public = {"star", "wide", "serving"}
    return [
        f"{node['name']} is {node['access']} in {node['group'] or 'no group'}: models in {folder(node)}/ are "
        f"{'public and grouped' if folder(node) in public else 'protected'}; leave it to dbt_project.yml."
        for node in models(manifest)
        if {node["access"] == "public", bool(node["group"])} != {folder(node) in public}
    ]


def not_nulls_are_tested(manifest: Manifest) -> list[str]:
    """Athena has no constraints: a column that must not be null is looked at by the test that reads them all."""
    test = manifest["nodes"]["test.aisle.declared_not_nulls_hold"]
    return [
        f"{node['name']} declares a column not null, which nothing checks on Athena: add it to {test['original_file_path']}."
        for node in models(manifest)
        if any(constraint["type"] == "not_null" for column in node["columns"].values() for constraint in column.get("constraints", []))
        and node["unique_id"] not in test["depends_on"]["nodes"]
    ]


def served_models_have_an_exposure(manifest: Manifest) -> list[str]:
    """A served model answers somebody's need; without one it is a table that nobody dares to drop."""
    exposed = {unique_id for exposure in manifest["exposures"].values() for unique_id in exposure["depends_on"]["nodes"]}
    return [
        f"{node['name']} serves no stated need: add an exposure that names it, with its stakeholder and questions."
        for node in models(manifest)
        if folder(node) == "serving" and node["unique_id"] not in exposed
    ]


def facts_name_process_and_kind(manifest: Manifest) -> list[str]:
    """The bus matrix is read from the facts' own words: which business process they measure, and what kind of fact they are."""
    return [
        f"{fact.name} is of process '{fact.process}' and kind '{fact.kind}': name a process in config.meta.process, and one of "
        f"{', '.join(sorted(FACT_KINDS))} in config.meta.fact_kind."
        for fact in bus_matrix.facts(manifest)
        if not fact.process or fact.kind not in FACT_KINDS
    ]


def facts_point_at_conformed_dimensions(manifest: Manifest) -> list[str]:
    """A fact that carries a dimension's meaning without its key cannot be compared with the others by it."""
    keys = {
        grain[0]: name
        for name, dimension in bus_matrix.star(manifest, "dim_").items()
        for grain in [dimension["config"]["meta"]["grain"]]
        if bus_matrix.played_by(manifest, dimension) == name and grain[0].endswith("_key")
    }
    wrong = []
    for name, fact in bus_matrix.star(manifest, "fct_").items():
        points_at = bus_matrix.references(manifest, fact["unique_id"])
        for key, dimension in keys.items():
            wrong += [
                f"{name}.{column} points at {dimension} and nothing tests that it arrives: add it to the model's test references_exist."
                for column in fact["columns"]
                if (column == key or column.endswith(f"_{key}")) and column not in points_at.get(dimension, ())
            ]
            if key.replace("_key", "_id") in fact["columns"] and dimension not in points_at:
                wrong.append(f"{name} has {key.replace('_key', '_id')} without {key}: add the key of {dimension}.")
        days = [column for column, told in fact["columns"].items() if told.get("data_type") == "date"]
        if days and bus_matrix.DATES not in points_at:
            wrong.append(f"{name}.{days[0]} is a day without a key of {bus_matrix.DATES}: add one, named after its role.")
    return wrong


def no_engine_in_models(manifest: Manifest) -> list[str]:
    """One source for both engines: what differs is a dispatched macro in macros/cross_db/."""
    return [
        f"{node['name']} contains `{word}`: write cast(…) or a macro of macros/cross_db/ in its place."
        for node in models(manifest)
        for word in ENGINE_WORDS
        if word in node["raw_code"]
    ]


def grain_tested(manifest: Manifest) -> list[str]:
    """A declared grain that no test reads is a wish; a view of big rows may name the model that tests it (meta.grain_tested_on)."""
    tested = {
        test["attached_node"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test" and (test.get("test_metadata") or {}).get("name") in GRAIN_TESTS
    }
    return [
        f"{node['name']} has no test of its grain: add the generic test `grain` to its yml."
        for node in models_and_snapshots(manifest)
        if not tested & {node["unique_id"], f"model.aisle.{node['config']['meta'].get('grain_tested_on')}"}
    ]


def snapshots_go_by_the_clock(manifest: Manifest) -> list[str]:
    """A snapshot that waits for no clock is dated by an old one; one that drops the deleted has a gap that nobody explains."""
    clock = "model.aisle.stg_meta__clock"
    return [
        f"{node['name']} {wrong}"
        for node in snapshots(manifest)
        for broken, wrong in (
            (clock not in node["depends_on"]["nodes"], "is not built after stg_meta__clock: leave its pre-hook to dbt_project.yml."),
            (node["config"].get("hard_deletes") != "new_record", "forgets what is deleted: leave hard_deletes to dbt_project.yml."),
            (node["config"].get("schema") != "snapshots", "lies in another schema: leave it to dbt_project.yml."),
        )
        if broken
    ]


def metrics_are_told(manifest: Manifest) -> list[str]:
    """A number that nobody explains is not used, or used wrongly: a metric says what it is, how it is made, who answers for it."""
    wrong = []
    for metric in manifest["metrics"].values():
        meta = (metric.get("config") or {}).get("meta") or {}
        hidden = metric["type_params"].get("is_private")
        missing = [] if hidden else [name for name in ("formula", "owner", "format", "dimensions") if not meta.get(name)]
        missing += [name for name in ("description", "label") if not metric[name].strip() or metric[name] == metric["name"]]
        if missing:
            wrong.append(f"The metric {metric['name']} has no {', '.join(missing)}: add it in {metric['original_file_path']}.")
        elif not hidden and meta["format"] not in METRIC_FORMATS:
            wrong.append(f"The metric {metric['name']} has the format {meta['format']}: choose one of {', '.join(sorted(METRIC_FORMATS))}.")
    return wrong


def semantics_stand_on_the_star(manifest: Manifest) -> list[str]:
    """Metrics of another layer would be a second answer to the same question; personal data is nothing to group by."""
    wrong = []
    for semantic_model in manifest["semantic_models"].values():
        wrong += [
            f"{semantic_model['name']} has semantics outside of star/: give them to the star model that it reads."
            for unique_id in semantic_model["depends_on"]["nodes"]
            if manifest["nodes"][unique_id]["fqn"][1] != "star"
        ]
        wrong += [
            f"{semantic_model['name']}.{dimension['name']} holds personal data and is a dimension of metrics: take `dimension` from it."
            for dimension in semantic_model["dimensions"]
            if dimension["name"] in PII or ((dimension.get("config") or {}).get("meta") or {}).get("pii")
        ]
    return wrong


RULES: list[Rule] = [
    layer_order,
    normal_forms_build_on_each_other,
    raw_is_read_by_staging_only,
    names,
    yml_of_the_same_stem,
    grain_declared,
    grain_tested,
    described,
    demographics_are_marked,
    contracts_enforced,
    access_and_group,
    not_nulls_are_tested,
    served_models_have_an_exposure,
    facts_name_process_and_kind,
    facts_point_at_conformed_dimensions,
    no_engine_in_models,
    snapshots_go_by_the_clock,
    metrics_are_told,
    semantics_stand_on_the_star,
]
