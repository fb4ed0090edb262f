"""The project's conventions as rules over dbt's manifest.

A rule takes the manifest and returns one sentence a violation: what is wrong, why it matters, what to do.
`test_conventions.py` holds the project to each, and shows each failing on a bad example.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from serving import bus_matrix

PAGE = Path(__file__).parents[2] / "docs" / "conventions.md"
HEAD = """# Conventions

What every model, macro, source and metric keeps. Each is a rule over dbt's manifest, which `make test` holds the project to and shows
failing on a bad example; its message names what breaks it and the remedy. This page is written from the rules (`python -m tests.project`).
"""
PARTS = ("Reason", "Bad", "Good", "Remedy")
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
CLOCK = "meta"
# What a rule cannot see, each with the reason; test_conventions.py tells those that are needed no longer.
EXCEPTIONS = {
    "vault_derived_columns": "stage() calls its steps by their names",
    "vault_null_columns": "stage() calls its steps by their names",
    "vault_hashed_columns": "stage() calls its steps by their names",
    "vault_ranked_columns": "stage() calls its steps by their names",
    "vstg_new_promotion_placements": "it reads the link as it stands, which no fixture replaces; tests/increments loads it again",
}
ENGINES = {"default", "duckdb", "athena", "trino"}
READERS = {"model", "snapshot", "exposure", "semantic_model", "metric", "saved_query", "analysis"}
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
STAR = re.compile(r"\w+\.\*|\*\s*,|,\s*\*(?!\s*\w)|\bselect\s+\*\s+from\s+[^()]*?\bjoin\b")
DISPATCHED = re.compile(r"\bdispatch\('(\w+)'\)")
SCHEMAS = "staging|normalized|vault|star|wide|serving|reference|snapshots|raw_\\w+"
NAMED_RELATION = re.compile(rf"\b(?:from|join)\s+((?:{SCHEMAS})\.[a-z_]\w*)")
UNTYPED = re.compile(r"(?<!\()\bnull as \w+")
LOGIC = re.compile(r"\bcase\b|\bover\s*\(|\bgroup by\b|\b(?:sum|count|min|max|avg)\(|\bbetween\b|\bjoin\b[^()]*?\bon\b[^()]*?[<>]=?")


def question_sql() -> Iterator[str]:
    """The SQL of every question and answer that people ask of models without dbt."""
    serving = Path(bus_matrix.__file__).parent
    return (file.read_text() for folder in ("questions", "answers") for file in (serving / folder).rglob("*.sql"))


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
    """Data flows one way, layer by layer.

    Reason: one that skips a layer hides where a number is from.
    Bad: `dim_products` reads `nf2_products`
    Good: `dim_products` reads `nf3_products`
    Remedy: select from the layer before it, and add there what is missing.
    """
    return [
        f"{node['name']} reads {parent['name']}: models in {layer}/ read {', '.join(sorted(MAY_READ[layer]))} only; "
        "select from the layer before it, and add there what is missing."
        for node in models_and_snapshots(manifest)
        for layer in [folder(node) if node["resource_type"] == "snapshot" else node["fqn"][1]]
        for parent in upstream(manifest, node)
        if not kinds(parent) & MAY_READ[layer]
    ]


def normal_forms_build_on_each_other(manifest: Manifest) -> list[str]:
    """A normal form never reads a later one.

    Reason: the walk from the receipt to third normal form would go in circles.
    Bad: `nf2_products` reads `nf3_products`
    Good: `nf3_products` reads `nf2_products`
    Remedy: move what it needs to the earlier form.
    """
    return [
        f"{node['name']} reads {parent['name']}, a later normal form: move what it needs to {folder(node)}/ or before."
        for node in models(manifest)
        if node["fqn"][1] == "normalized"
        for parent in upstream(manifest, node)
        if parent["fqn"][1] == "normalized" and NORMAL_FORMS.index(folder(parent)) > NORMAL_FORMS.index(folder(node))
    ]


def raw_is_read_by_staging_only(manifest: Manifest) -> list[str]:
    """Only staging reads raw.

    Reason: renames, types and deduplication happen once; a second reader would repeat or miss them.
    Bad: `source('pos', 'transactions')` in `nf1_receipt_lines`
    Good: `ref('stg_pos__transactions')`
    Remedy: read the source's staging model.
    """
    return [
        f"{node['name']} reads the source {parent['source_name']}.{parent['name']}: only staging/ reads raw; use its staging model."
        for node in models_and_snapshots(manifest)
        if node["fqn"][1] != "staging"
        for parent in upstream(manifest, node)
        if parent["resource_type"] == "source"
    ]


def names(manifest: Manifest) -> list[str]:
    """A name begins with its layer's prefix.

    Reason: a prefix says what a table is before anyone opens it.
    Bad: `models/star/products.sql`
    Good: `models/star/dim_products.sql`
    Remedy: rename it, or move it to the folder of its prefix.
    """
    return [
        f"{node['name']} lies in {folder(node)}/: its name starts with {' or '.join(PREFIXES[folder(node)])}; rename it or move it."
        for node in models_and_snapshots(manifest)
        if not node["name"].startswith(PREFIXES[folder(node)])
    ]


def yml_of_the_same_stem(manifest: Manifest) -> list[str]:
    """A model is described in the yml of its own name beside it.

    Reason: everything about a model stands in one file, so that nobody has to look for it.
    Bad: `models/star/_models.yml`
    Good: `models/star/dim_products.yml`
    Remedy: move its entry there.
    """
    wrong = []
    for node in models_and_snapshots(manifest):
        expected = PurePosixPath(node["original_file_path"]).with_suffix(".yml")
        found = (node["patch_path"] or "").removeprefix("aisle://")
        if found != str(expected):
            wrong.append(f"{node['name']} is described in {found or 'no file'}: describe it in {expected}.")
    return wrong


def grain_declared(manifest: Manifest) -> list[str]:
    """A model declares its grain.

    Reason: a reader who has to guess what one row is will count wrongly.
    Bad: no `config.meta.grain`, or one with a column that is not there
    Good: `grain: [basket_id, product_id]`
    Remedy: list the columns that identify a row in `config.meta.grain`.
    """
    wrong = []
    for node in models_and_snapshots(manifest):
        grain = node["config"]["meta"].get("grain")
        if not grain:
            wrong.append(f"{node['name']} declares no grain: list the columns that identify a row in config.meta.grain.")
        elif unknown := sorted(set(grain) - set(node["columns"])):
            wrong.append(f"{node['name']} declares the grain {grain}, but has no column {', '.join(unknown)}: correct config.meta.grain.")
    return wrong


def described(manifest: Manifest) -> list[str]:
    """Every model, seed, source and column has a description.

    Reason: a column without one is a question that an analyst has to ask a person.
    Bad: `- name: sales_amount` alone
    Good: `description: What the receipt shows after the loyalty discount, in dollars.`
    Remedy: say in its yml what it means, with its unit.
    """
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
    """What describes a household as people is marked as personal data.

    Reason: grants and exports can leave out only what is marked.
    Bad: `income_band` without meta
    Good: `config: {meta: {pii: true}}`
    Remedy: mark the column.
    """
    return [
        f"{node['name']}.{name} holds personal data: mark it with config.meta.pii: true."
        for node in models_and_snapshots(manifest)
        for name, column in node["columns"].items()
        if name in PII and (column.get("config") or {}).get("meta", {}).get("pii") is not True
    ]


def contracts_enforced(manifest: Manifest) -> list[str]:
    """Third normal form, raw vault, star, wide and served models enforce a contract.

    Reason: people build on these tables: a changed column must fail the build and not their query.
    Bad: `contract: {enforced: false}`, or a column without its type
    Good: `contract: {enforced: true}` from dbt_project.yml; what nests rows says `meta.nested`
    Remedy: give every column its data_type.
    """
    return [
        f"{node['name']} has no enforced contract: set config.contract.enforced and give every column its data_type."
        for node in models(manifest)
        if folder(node) in CONTRACTED and not node["config"]["contract"]["enforced"] and not node["config"]["meta"].get("nested")
    ]


def access_and_group(manifest: Manifest) -> list[str]:
    """Public models are grouped, the steps on the way are protected.

    Reason: a public model has an owner; nobody builds on a step by accident.
    Bad: `access: public` on `nf3_products`
    Good: access and group from dbt_project.yml
    Remedy: leave both to dbt_project.yml.
    """
    public = {"star", "wide", "serving"}
    return [
        f"{node['name']} is {node['access']} in {node['group'] or 'no group'}: models in {folder(node)}/ are "
        f"{'public and grouped' if folder(node) in public else 'protected'}; leave it to dbt_project.yml."
        for node in models(manifest)
        if {node["access"] == "public", bool(node["group"])} != {folder(node) in public}
    ]


def not_nulls_are_tested(manifest: Manifest) -> list[str]:
    """A column that a contract declares not null is tested, too.

    Reason: Athena has no constraints: nothing else looks there.
    Bad: a new table with `not_null` constraints alone
    Good: its name in `tests/data/contracts/declared_not_nulls_hold.sql`
    Remedy: add the model to that test's list.
    """
    test = manifest["nodes"]["test.aisle.declared_not_nulls_hold"]
    return [
        f"{node['name']} declares a column not null, which nothing checks on Athena: add it to {test['original_file_path']}."
        for node in models(manifest)
        if any(constraint["type"] == "not_null" for column in node["columns"].values() for constraint in column.get("constraints", []))
        and node["unique_id"] not in test["depends_on"]["nodes"]
    ]


def served_models_have_an_exposure(manifest: Manifest) -> list[str]:
    """A served model has an exposure.

    Reason: without a stated need it is a table that nobody dares to drop.
    Bad: `vw_things` that no exposure names
    Good: an exposure with stakeholder and questions that depends on it
    Remedy: add the exposure.
    """
    exposed = {unique_id for exposure in manifest["exposures"].values() for unique_id in exposure["depends_on"]["nodes"]}
    return [
        f"{node['name']} serves no stated need: add an exposure that names it, with its stakeholder and questions."
        for node in models(manifest)
        if folder(node) == "serving" and node["unique_id"] not in exposed
    ]


def facts_name_process_and_kind(manifest: Manifest) -> list[str]:
    """A fact names its business process and its kind.

    Reason: the bus matrix is read from the facts' own words.
    Bad: `fact_kind: some`
    Good: `process: shopping`, `fact_kind: transaction`
    Remedy: set both in `config.meta`.
    """
    return [
        f"{fact.name} is of process '{fact.process}' and kind '{fact.kind}': name a process in config.meta.process, and one of "
        f"{', '.join(sorted(FACT_KINDS))} in config.meta.fact_kind."
        for fact in bus_matrix.facts(manifest)
        if not fact.process or fact.kind not in FACT_KINDS
    ]


def facts_point_at_conformed_dimensions(manifest: Manifest) -> list[str]:
    """A fact carries the keys of the dimensions that it means.

    Reason: without the key it cannot be compared with other facts by that dimension.
    Bad: `product_id` without `product_key`, or a key that no test follows
    Good: `product_key`, and `references_exist` to `dim_products`
    Remedy: add the key, and the reference to the model's test.
    """
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
    """A model does not know its engine.

    Reason: one source serves both; what differs is a dispatched macro.
    Bad: `id::int`, `target.type`
    Good: `cast(id as integer)`, a macro of `macros/cross_db/`
    Remedy: write the standard SQL, or a macro.
    """
    return [
        f"{node['name']} contains `{word}`: write cast(…) or a macro of macros/cross_db/ in its place."
        for node in models(manifest)
        for word in ENGINE_WORDS
        if word in node["raw_code"]
    ]


def grain_tested(manifest: Manifest) -> list[str]:
    """A declared grain is tested.

    Reason: one that no test reads is a wish.
    Bad: `config.meta.grain` alone
    Good: `data_tests: [grain]`; a view of big rows names its table in `meta.grain_tested_on`
    Remedy: add the generic test `grain`.
    """
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
    """A snapshot is dated by the load's clock and keeps what is deleted.

    Reason: one that waits for no clock is dated by an old one; one that drops the deleted has a gap that nobody explains.
    Bad: `hard_deletes: ignore`
    Good: hook, `hard_deletes` and schema from dbt_project.yml
    Remedy: leave them to dbt_project.yml.
    """
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
    """A metric says what it is, how it is made and who answers for it.

    Reason: a number that nobody explains is not used, or used wrongly.
    Bad: a metric without owner
    Good: label, description, and in `config.meta` formula, owner, format and dimensions
    Remedy: add what is missing.
    """
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
    """Semantics stand on the star, and never group by personal data.

    Reason: metrics of another layer would be a second answer to the same question; people are nothing to group by.
    Bad: `semantic_model` on `nf3_products`; `age_band` as a dimension
    Good: semantics in the yml of the star's model
    Remedy: move them, or take `dimension` from the column.
    """
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


def columns_are_named(manifest: Manifest) -> list[str]:
    """`select *` passes on a relation as it is, an import, a filter or the last line; whoever adds or joins names the columns.

    Reason: beside a join or a new column nobody sees what goes on, and a new column upstream slips through or doubles a name.
    Bad: `select orders.*, customers.name from orders inner join customers`
    Good: `orders as (select * from {{ ref('stg_orders') }})`, `select * from final`
    Remedy: name the columns.
    """
    return [
        f"{node['name']} has `{' '.join(star.group().split())}` beside other columns or a join: name the columns."
        for node in models(manifest)
        for star in STAR.finditer(COMMENT.sub("", node["raw_code"]))
    ]


def relations_are_named_by_ref(manifest: Manifest) -> list[str]:
    """A model names what it reads by `ref` or `source`.

    Reason: a schema in the SQL is another one on a developer's target and on Athena, and dbt does not know the order.
    Bad: `from star.dim_products`
    Good: `from {{ ref('dim_products') }}`
    Remedy: put a `ref` or a `source` in its place.
    """
    return [
        f"{node['name']} reads `{found.group(1)}` by name: put ref() or source() in its place."
        for node in models(manifest)
        for found in NAMED_RELATION.finditer(JINJA.sub("", COMMENT.sub("", node["raw_code"])))
    ]


def one_staging_model_a_source(manifest: Manifest) -> list[str]:
    """Each table of a source has one staging model, and each staging model one table.

    Reason: renames, types and deduplication of a table happen in one place, which is found by its name.
    Bad: `stg_pos__lines` and `stg_pos__receipts`, both from `pos.transactions`
    Good: `stg_pos__transactions` from `pos.transactions`; a table for people alone says who in `meta.read_by`
    Remedy: merge the staging models, or add the one that is missing.
    """
    readers: dict[str, list[str]] = {unique_id: [] for unique_id in manifest["sources"]}
    wrong = []
    for node in models(manifest):
        read = [unique_id for unique_id in node["depends_on"]["nodes"] if unique_id in readers]
        for unique_id in read if node["fqn"][1] == "staging" else ():
            readers[unique_id].append(node["name"])
        if node["fqn"][1] == "staging" and len(read) != 1:
            wrong.append(f"{node['name']} reads {len(read)} tables of sources: a staging model is one table's; split it.")
    for unique_id, names in readers.items():
        source = manifest["sources"][unique_id]
        if len(names) != 1 and not (source.get("config") or {}).get("meta", {}).get("read_by"):
            told = f"{source['source_name']}.{source['name']} has {len(names)} staging models ({', '.join(names) or 'none'})"
            wrong.append(f"{told}: leave one, which the others read, or say who reads it in meta.read_by.")
    return wrong


def sources_are_fresh_or_say_why(manifest: Manifest) -> list[str]:
    """A source says when it is stale; meta, by which the others are told, is the loader's own.

    Reason: a loader that stopped is noticed by nobody, because every build is green.
    Bad: a source without `freshness`
    Good: `loaded_at_query` with `warn_after` and `error_after`
    Remedy: add both to the source's config.
    """
    return [
        f"{source['source_name']}.{source['name']} never gets stale: add freshness to the source's config."
        for source in manifest["sources"].values()
        if source["source_name"] != CLOCK and not ((source.get("freshness") or {}).get("error_after") or {}).get("count")
    ]


def nothing_is_unused(manifest: Manifest) -> list[str]:
    """Every model, seed and snapshot is read: by a model, a test of its own SQL, an exposure, a question, or by people.

    Reason: what nobody reads is built, tested and explained for nobody, and nobody dares to drop it.
    Bad: `nf3_things`, which no model reads
    Good: a public model, an exposure, `meta.read_by` with who reads it where, or no such model
    Remedy: drop it, or say who reads it.
    """
    asked = set(re.findall(r"\w+", " ".join(question_sql())))
    return [
        f"{node['name']} is read by nobody: drop it, or add the model, the exposure or the question that reads it."
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in {"model", "seed", "snapshot"} and node["package_name"] == "aisle"
        if node.get("access") != "public" and node["name"] not in asked and not node["config"]["meta"].get("read_by")
        if not any(_reads(manifest, child) for child in manifest["child_map"].get(unique_id, ()))
    ]


def _reads(manifest: Manifest, child: str) -> bool:
    """A generic test looks after a table, and is no reason to have it."""
    kind = child.partition(".")[0]
    return kind in READERS or (kind == "test" and not manifest["nodes"][child].get("test_metadata"))


def macros_are_used(manifest: Manifest) -> list[str]:
    """Every macro is called: by a model, a test, another macro, dbt itself, or it is described in a yml for those who lift it.

    Reason: a macro that nobody calls is not tested by any build, and misleads who looks for the right one.
    Bad: `cents(column)`, which no model calls any more
    Good: a macro that a model calls, an operation in `macros/operations/`, or one of the library with its entry in `_macros.yml`
    Remedy: drop it, or describe it where it is offered.
    """
    called = {
        macro
        for kind in ("nodes", "macros", "unit_tests", "sources", "exposures")
        for node in manifest.get(kind, {}).values()
        for macro in (node.get("depends_on") or {}).get("macros", ())
    }
    called_names = {macro.rpartition(".")[2] for macro in called}
    called_names |= {name for macro in manifest["macros"].values() for name in DISPATCHED.findall(macro["macro_sql"])}
    called_names |= {implementation.partition("__")[2] for implementation in called_names if "__" in implementation}
    elsewhere = {macro["name"] for macro in manifest["macros"].values() if macro["package_name"] != "aisle"}
    wrong = []
    for unique_id, macro in manifest["macros"].items():
        name = macro["name"]
        plain = name.partition("__")[2] if name.partition("__")[0] in ENGINES else name
        offered = macro.get("patch_path") or macro["original_file_path"].startswith("macros/operations/")
        of_dbt = name.startswith("materialization_") or plain in elsewhere
        if (
            macro["package_name"] == "aisle"
            and name not in EXCEPTIONS
            and unique_id not in called
            and plain not in called_names
            and not (offered or of_dbt)
        ):
            wrong.append(f"{name} ({macro['original_file_path']}) is called by nothing: drop it, or describe it in the yml of its folder.")
    return wrong


def logic_has_a_unit_test(manifest: Manifest) -> list[str]:
    """A model with a CASE, a window, an aggregation or a range has a unit test; whether it has a negative case is for who reviews it.

    Reason: data tests see what the data happens to hold; a unit test holds the rule itself.
    Bad: `row_number() over (…)` in a model without `unit_tests`
    Good: given rows with a tie, a late one and one that must not count; expected rows without it
    Remedy: add a unit test to the model's yml.
    """
    tested = {f"model.aisle.{test['model']}" for test in manifest["unit_tests"].values()}
    return [
        f"{node['name']} has logic (`{found.group().strip()}`) and no unit test: add one to its yml, with a row that must not count."
        for node in models(manifest)
        if node["unique_id"] not in tested
        and node["name"] not in EXCEPTIONS
        and node["depends_on"]["nodes"]  # what reads nothing is its own fixture
        and (found := LOGIC.search(JINJA.sub("", COMMENT.sub("", node["raw_code"]))))
    ]


def nulls_in_fixtures_have_a_type(manifest: Manifest) -> list[str]:
    """A null that a unit test's SQL gives or expects has a type.

    Reason: Athena makes a table of the rows and refuses a column without a type; DuckDB takes it for an integer, and nobody notices.
    Bad: `select 1 as thing_hk, null as load_date`
    Good: `select 1 as thing_hk, cast(null as timestamp(6)) as load_date`
    Remedy: cast the null to the column's type.
    """
    return [
        f"{test['name']} has a null without a type (`{found.group()}`), which Athena refuses: cast it to the column's type."
        for test in manifest["unit_tests"].values()
        for rows in (part["rows"] for part in (*test["given"], test["expect"]))
        if isinstance(rows, str) and (found := UNTYPED.search(rows))
    ]


def exposures_have_an_owner(manifest: Manifest) -> list[str]:
    """An exposure says who asked for it and where it is seen.

    Reason: who changes a model has to know whom to tell.
    Bad: an exposure without `owner.email`
    Good: `owner: {name: Commercial analytics, email: …}` and a description
    Remedy: add owner and description.
    """
    return [
        f"The exposure {exposure['name']} has no {what}: add it in {exposure['original_file_path']}."
        for exposure in manifest["exposures"].values()
        for what, given in (("owner with an email", (exposure["owner"] or {}).get("email")), ("description", exposure["description"]))
        if not given
    ]


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
    columns_are_named,
    relations_are_named_by_ref,
    one_staging_model_a_source,
    sources_are_fresh_or_say_why,
    nothing_is_unused,
    macros_are_used,
    logic_has_a_unit_test,
    nulls_in_fixtures_have_a_type,
    exposures_have_an_owner,
]


def told(rule: Rule) -> dict[str, str]:
    """What a rule's docstring says: its title, then reason, bad and good example, remedy; empty where it says nothing."""
    title, _, rest = (rule.__doc__ or "").partition("\n\n")
    found = {"Title": title.strip()}
    for part in PARTS:
        match = re.search(rf"^ *{part}: (.*?)(?=^ *(?:{'|'.join(PARTS)}): |\Z)", rest, re.DOTALL | re.MULTILINE)
        found[part] = " ".join(match.group(1).split()) if match else ""
    return found


def page() -> str:
    """docs/conventions.md."""
    parts = [HEAD]
    for rule in RULES:
        said = told(rule)
        lines = [f"- **{part}.** {said[part][0].upper()}{said[part][1:]}" for part in PARTS]
        parts.append(f"\n## {said['Title'].rstrip('.')}\n\n`{rule.__name__}`\n\n" + "\n".join(lines) + "\n")
    exceptions = "\n".join(f"- `{name}`: {reason}." for name, reason in EXCEPTIONS.items())
    return "".join([*parts, f"\n## Exceptions\n\n{exceptions}\n"])
