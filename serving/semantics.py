"""The semantic layer in this process: which metrics there are, what they can be grouped by, and the SQL that MetricFlow makes of them.

Source: dbt's `semantic_manifest.json`. MetricFlow (pinned: its Python interface is not promised) parses it and writes SQL; it runs none.
"""

import difflib
import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import Any, NoReturn

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.engine.models import Dimension
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.athena import AthenaSqlPlanRenderer
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer
from metricflow_semantics.errors.error_classes import MetricFlowException
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from ingestion.errors import UserError

TIME = "metric_time"
GRAINS = {
    "day": "The day, local to the stores.",
    "grocer_week": "The grocer's week, 1 to 53: Monday weeks within its year.",
    "week": "The Monday week, by its first day.",
    "month": "The calendar month, by its first day.",
    "quarter": "The calendar quarter, by its first day.",
    "year": "The calendar year, by its first day.",
}
SHORT = {"grocer_week": "week", "week": "calendar_week"}
"""What people say, where it is not the grain's own name: a week is the grocer's."""
NATURAL = {"household", "store", "product", "campaign"}
"""Entities that people know by their number; the others are keys of rows and versions."""

DIALECTS: dict[str, tuple[SqlEngine, type[SqlPlanRenderer]]] = {
    "duckdb": (SqlEngine.DUCKDB, DuckDbSqlPlanRenderer),
    "athena": (SqlEngine.ATHENA, AthenaSqlPlanRenderer),
}

_ONE_AT_A_TIME = threading.Lock()  # MetricFlow numbers what it makes by counters of the whole process


class NotUnderstood(UserError):  # noqa: N818 (it is what the client reads)
    """A query that asks for what there is not; the sentence says what there is."""


@dataclass(frozen=True)
class Metric:
    """One metric of the catalogue. `dimensions` are those that make sense; what else can be reached is in `Semantics.fields`."""

    name: str
    label: str
    description: str
    type: str
    formula: str
    owner: str
    format: str
    needs_time: bool
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """What metrics can be grouped and filtered by: `kind` is time, categorical or entity."""

    name: str
    short: str
    kind: str
    description: str

    @property
    def grain(self) -> str:
        """Of a time field, MetricFlow's name of its grain."""
        return self.name.removeprefix(f"{TIME}__")


class _WritesOnly:
    """The client that MetricFlow asks for, with nothing behind it."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect

    @property
    def sql_engine_type(self) -> SqlEngine:
        return DIALECTS[self._dialect][0]

    @property
    def sql_plan_renderer(self) -> SqlPlanRenderer:
        return DIALECTS[self._dialect][1]()

    def query(self, *_: object, **__: object) -> NoReturn:
        raise NotImplementedError

    execute = dry_run = query

    def close(self) -> None:
        pass

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        return f"${bind_parameter_key}"


class Semantics:
    """What one semantic manifest says; its SQL is of one of the `DIALECTS`. Safe to share between threads."""

    def __init__(self, manifest: str, dialect: str = "duckdb") -> None:
        self._manifest: dict[str, Any] = json.loads(manifest)
        with _ONE_AT_A_TIME:
            lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest_json_string=manifest))
            self._engine = MetricFlowEngine(semantic_manifest_lookup=lookup, sql_client=_WritesOnly(dialect))
        self._by_name = {metric["name"]: metric for metric in self._manifest["metrics"]}
        self.fields = lru_cache(maxsize=1024)(self._fields)
        self.sql = lru_cache(maxsize=4096)(self._sql)

    @cached_property
    def metrics(self) -> dict[str, Metric]:
        """The catalogue by name; what only other metrics are made of is left out."""
        return {
            name: Metric(
                name=name,
                label=metric["label"] or name,
                description=" ".join((metric["description"] or "").split()),
                type=metric["type"],
                formula=" ".join(meta.get("formula", "").split()),
                owner=meta.get("owner", ""),
                format=meta.get("format", ""),
                needs_time=self._needs_time(name),
                dimensions=tuple(meta.get("dimensions", ())),
            )
            for name, metric in sorted(self._by_name.items())
            if not metric["type_params"].get("is_private")
            for meta in [(metric.get("config") or {}).get("meta") or {}]
        }

    @property
    def saved_queries(self) -> list[dict[str, Any]]:
        """dbt's saved queries as the manifest has them."""
        return self._manifest.get("saved_queries", [])

    def catalogue(self) -> dict[str, Any]:
        """Everything that a person or a program needs to ask: metrics, and the fields that each can be grouped by."""
        return {
            "metrics": [
                asdict(metric) | {"group_by": [TIME + "__" + grain for grain in GRAINS] + list(metric.dimensions)}
                for metric in self.metrics.values()
            ],
            "fields": [asdict(field) for field in self.all_fields().values()],
        }

    def all_fields(self) -> dict[str, Field]:
        """Every field that some metric can be grouped by."""
        return {name: field for metric in self.metrics for name, field in self.fields((metric,)).items()}

    def metric(self, name: str) -> str:
        """The metric's name if there is one; NotUnderstood with suggestions if not."""
        if name in self.metrics:
            return name
        raise NotUnderstood(
            f"There is no metric {_shown(name)}{suggestion(name, self.metrics)}: `python -m serving metrics` or GET /metrics lists them."
        )

    def field(self, name: str, metrics: tuple[str, ...]) -> Field:
        """The field of that name, full or short, that all of these metrics can be grouped by; NotUnderstood if there is none."""
        reachable = self.fields(metrics)
        if found := reachable.get(name):
            return found
        short = [field for field in reachable.values() if field.short == name]
        if not short and (found := reachable.get(f"{TIME}__{name}")):
            return found
        if len(short) == 1:
            return short[0]
        if short:
            raise NotUnderstood(f"{_shown(name)} can be {' or '.join(sorted(field.name for field in short))}: give the whole name.")
        known = self.all_fields()
        if name in known or name in {field.short for field in known.values()}:
            alone = [metric for metric in metrics if not _named(name, self.fields((metric,)))]
            who = " and ".join(alone or metrics)
            raise NotUnderstood(
                f"{who} cannot be grouped or filtered by {name}: what the metrics of this query share is {_list(reachable)}."
                if alone
                else f"{who} have {name} in different places: ask for them in queries of their own."
            )
        near = suggestion(name, _names(known.values()))
        raise NotUnderstood(f"There is no field {_shown(name)}{near}: `python -m serving metrics` or GET /dimensions lists them.")

    def _needs_time(self, name: str) -> bool:
        """Whether MetricFlow answers only with a time grain: what looks back has no total."""
        params = self._by_name[name]["type_params"]
        inputs = [*(params.get("metrics") or ()), params.get("numerator"), params.get("denominator")]
        return self._by_name[name]["type"] == "cumulative" or any(
            given.get("offset_window") or given.get("offset_to_grain") or self._needs_time(given["name"]) for given in inputs if given
        )

    def _fields(self, metrics: tuple[str, ...]) -> dict[str, Field]:
        """By full name: the grains of time first, then what the metrics share."""
        with _ONE_AT_A_TIME:
            group_bys = self._engine.list_group_bys(list(metrics))
        found = {f"{TIME}__{grain}": Field(f"{TIME}__{grain}", SHORT.get(grain, grain), "time", said) for grain, said in GRAINS.items()}
        for item in group_bys:
            meta = item.config.meta if item.config else {}
            described = " ".join((item.description or "").split())
            if not isinstance(item, Dimension) and item.name in NATURAL:
                found[item.name] = Field(item.name, item.name, "entity", described)
            elif isinstance(item, Dimension) and item.type.value == "categorical" and len(item.entity_links) == 1 and not meta.get("pii"):
                found[item.dunder_name] = Field(item.dunder_name, item.name, "categorical", described)
        return found

    def _sql(self, metrics: tuple[str, ...], group_by: tuple[str, ...], where: tuple[str, ...]) -> str:
        """MetricFlow's SQL. `where` holds MetricFlow's templates, made here and never by a client."""
        return self._explained(
            MetricFlowQueryRequest.create(metric_names=list(metrics), group_by_names=list(group_by), where_constraints=list(where) or None)
        )

    def saved_sql(self, name: str) -> str:
        """MetricFlow's SQL of a saved query."""
        return self._explained(MetricFlowQueryRequest.create(saved_query_name=name))

    def _explained(self, request: MetricFlowQueryRequest) -> str:
        try:
            with _ONE_AT_A_TIME:
                return self._engine.explain(request).sql_statement.without_descriptions.sql
        except MetricFlowException as error:
            raise NotUnderstood(f"The metrics cannot be asked like this: {_first_sentence(str(error))}.") from error


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """` (did you mean …?)` with the nearest names, or nothing."""
    near = difflib.get_close_matches(name.lower(), list(candidates), n=3, cutoff=0.6)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def _names(fields: Iterable[Field]) -> list[str]:
    return sorted({name for field in fields for name in (field.name, field.short)})


def _named(name: str, fields: dict[str, Field]) -> bool:
    return name in fields or any(field.short == name for field in fields.values())


def _list(fields: dict[str, Field]) -> str:
    return ", ".join(fields)


def _shown(name: str) -> str:
    """A client's word in a sentence: printable and short."""
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
    return f"'{text[:60]}{'…' if len(text) > 60 else ''}'"


def _first_sentence(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[0] if lines else "MetricFlow does not say why").rstrip(".:")[:300]
