"""A query for metrics: what was asked, checked against the catalogue; the SQL for it; the answer from the served file.

    from serving.metrics import served
    from serving.queries import Query

    with served() as metrics:
        print(metrics.answer(Query(metrics=("net_sales",), group_by=("week",))).rows)

Names are checked before MetricFlow sees them, and values are bound: nothing that a client writes becomes SQL.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb

from ingestion.errors import UserError
from serving import artifacts
from serving.database import quoted
from serving.engines import Engine, Found
from serving.engines.served_file import ServedFile
from serving.queries import MAX_VALUES, OPERATORS, Answer, Column, Query, Term, Value
from serving.reader import connect
from serving.semantics import TIME, Field, NotUnderstood, Semantics, suggestion

if TYPE_CHECKING:
    from serving.engines.lake import Lake

SECONDS = 30.0
VALUES_OF = {"between": 2, "is_null": 0, "is_not_null": 0}


@dataclass(frozen=True)
class Statement:
    """SQL with named parameters, and what its columns are."""

    sql: str
    parameters: dict[str, Value]
    columns: tuple[Column, ...]


@dataclass
class Metrics:
    """The semantic layer of what is served, and the engine that computes it."""

    semantics: Semantics
    engine: Engine
    seconds: float = field(default_factory=lambda: float(os.environ.get("AISLE_QUERY_SECONDS", SECONDS)))

    def answer(self, query: Query, *, limit: int | None = None, offset: int = 0) -> Answer:
        """The rows of a query, from `offset` and at most `limit`. NotUnderstood, TooSlow, or what the database says as UserError."""
        statement = compiled(self.semantics, query)
        rows = self.run(statement, limit=None if limit is None else limit + 1, offset=offset).fetchall()
        more = limit is not None and len(rows) > limit
        return Answer(statement.columns, rows[:limit] if more else rows, more)

    def run(self, statement: Statement, *, limit: int | None = None, offset: int = 0) -> Found:
        """The statement's result."""
        return self.engine.run(statement.sql, statement.parameters, self.seconds, limit=limit, offset=offset)


@contextmanager
def served(target: str = "local") -> Iterator[Metrics]:
    """The semantic layer that is published now, as `connect` opens it; with "athena", that of the lake."""
    if target == "athena":
        from serving.engines import lake  # boto3, for those who need it

        with lake.opened() as engine:
            yield Metrics(of_lake(engine), engine)
    else:
        with connect(external_access=False) as connection:
            yield Metrics(of(connection), ServedFile(connection))


def of(connection: duckdb.DuckDBPyConnection) -> Semantics:
    """The semantics that the served file carries; UserError when it was published without any."""
    try:
        row = connection.execute("select semantic_manifest from aisle.main.publication_semantics").fetchone()
    except duckdb.CatalogException:
        row = None
    if not row or not row[0]:
        raise UserError("What is served carries no metrics (published by an older Aisle?): publish it again with `make publish`.")
    return _semantics(row[0], ServedFile.dialect)


def of_lake(lake: "Lake") -> Semantics:
    """The semantics of dbt's last run on Athena; UserError when its last run was on another target, or for another lake."""
    manifest = artifacts.semantic_manifest()
    relations = [model["node_relation"] for model in json.loads(manifest)["semantic_models"]]
    if any((relation["database"], relation["schema_name"]) != lake.star for relation in relations):
        raise UserError(
            f"dbt's last run was not for the lake {lake.athena.schema} on Athena: run `dbt parse --target athena`, then ask again."
        )
    return _semantics(manifest, lake.dialect)


@lru_cache(maxsize=2)
def _semantics(manifest: str, dialect: str) -> Semantics:
    return Semantics(manifest, dialect)


def compiled(semantics: Semantics, query: Query) -> Statement:
    """The query as SQL; MetricFlow is asked once for each shape, because values are parameters. NotUnderstood when it is wrong."""
    if not query.metrics:
        raise NotUnderstood("A query needs a metric: `python -m serving metrics` or GET /metrics lists them.")
    metrics = _distinct("metrics", tuple(semantics.metric(name) for name in query.metrics))
    fields = tuple(semantics.field(name, metrics) for name in query.group_by)
    names = _distinct("group_by", tuple(found.name for found in fields))
    _check_time(semantics, metrics, names)
    parameters: dict[str, Value] = {}
    templates, having = _conditions(semantics, query, metrics, parameters)
    inner = semantics.sql(metrics, names, tuple(templates))
    columns = (
        *(Column(found.name, found.short) for found in fields),
        *(Column(name, semantics.metrics[name].label, semantics.metrics[name].format) for name in metrics),
    )
    shown = [
        *(_day(found) for found in fields),
        *(_whole(semantics, name) for name in metrics),
    ]
    sql = f"select {', '.join(shown)}\nfrom (\n{inner}\n) as answer"
    if having:
        sql += "\nwhere " + " and ".join(having)
    order = _order(semantics, query.order_by, metrics, fields)
    return Statement(sql + (f"\norder by {order}" if order else ""), parameters, columns)


def _day(found: Field) -> str:
    """A field of the answer; a period is the day that it begins with, and not that day's midnight."""
    name = quoted(found.name)
    return f"cast({name} as date) as {name}" if found.kind == "time" and found.grain != "grocer_week" else name


def _whole(semantics: Semantics, metric: str) -> str:
    """A metric of the answer; a sum of whole numbers in 64 bits, because few programs know 128."""
    name = quoted(metric)
    return f"cast({name} as bigint) as {name}" if semantics.metrics[metric].format == ",d" else name


def _check_time(semantics: Semantics, metrics: tuple[str, ...], names: tuple[str, ...]) -> None:
    needing = [name for name in metrics if semantics.metrics[name].needs_time]
    if needing and not any(name.startswith(f"{TIME}__") for name in names):
        raise NotUnderstood(f"{needing[0]} looks back in time: group it by day, week, month, quarter or year.")


def _conditions(semantics: Semantics, query: Query, metrics: tuple[str, ...], parameters: dict[str, Value]) -> tuple[list[str], list[str]]:
    """Templates for MetricFlow, and conditions on the result where a term is about a metric; fills in the parameters."""
    if query.start and query.end and query.start > query.end:
        raise NotUnderstood(f"The time range ends ({query.end}) before it begins ({query.start}).")
    terms = [*query.where]
    terms += [Term("day", operator, (str(day),)) for operator, day in (("ge", query.start), ("le", query.end)) if day]
    templates, having = [], []
    for position, term in enumerate(terms):
        _check(term)
        keys = [f"v{position}_{number}" for number in range(len(term.values))]
        parameters.update(zip(keys, term.values, strict=True))
        places = [f"${key}" for key in keys]
        if term.field in semantics.metrics:
            if term.field not in metrics:
                raise NotUnderstood(f"{term.field} is a metric that the query does not ask for: add it to the metrics to filter by it.")
            having.append(_condition(term, quoted(term.field), places))
        else:
            found = semantics.field(term.field, metrics)
            templates.append(_condition(term, _template(found), [_typed(found, place) for place in places]))
    return templates, having


def _check(term: Term) -> None:
    if term.operator not in OPERATORS:
        near = suggestion(term.operator, OPERATORS)
        raise NotUnderstood(f"There is no operator '{term.operator[:40]}'{near}: choose one of {', '.join(OPERATORS)}.")
    count, given = VALUES_OF.get(term.operator), len(term.values)
    if term.operator in {"in", "not_in"}:
        if not 1 <= given <= MAX_VALUES:
            raise NotUnderstood(f"The operator {term.operator} takes 1 to {MAX_VALUES} values and {given} were given.")
    elif given != (1 if count is None else count):
        raise NotUnderstood(f"The operator {term.operator} takes {1 if count is None else count} values and {given} were given.")


def _condition(term: Term, left: str, places: list[str]) -> str:
    listed = [", ".join(places)] if term.operator in {"in", "not_in"} else places
    return OPERATORS[term.operator].format(left, *listed)


def _template(found: Field) -> str:
    if found.kind == "time":
        return f"{{{{ TimeDimension('{TIME}', '{found.grain}') }}}}"
    return f"{{{{ {'Entity' if found.kind == 'entity' else 'Dimension'}('{found.name}') }}}}"


def _typed(found: Field, place: str) -> str:
    """A comparison with a day is one of dates, whatever the client wrote it as."""
    if found.kind != "time":
        return place
    return f"cast({place} as {'integer' if found.grain == 'grocer_week' else 'date'})"


def _order(semantics: Semantics, order_by: tuple[str, ...], metrics: tuple[str, ...], fields: tuple[Field, ...]) -> str:
    """What was asked for, then all that the rows are grouped by, so that an order is the same each time."""
    ordered: dict[str, str] = {}
    for given in order_by:
        name = given.removeprefix("-")
        if name not in metrics:
            name = semantics.field(name, metrics).name
            if name not in {found.name for found in fields}:
                raise NotUnderstood(f"The query cannot be ordered by {name}, which it does not ask for: add it to the group by.")
        ordered.setdefault(name, "desc" if given.startswith("-") else "asc")
    for found in fields:
        ordered.setdefault(found.name, "asc")
    return ", ".join(f"{quoted(name)} {direction} nulls last" for name, direction in ordered.items())


def _distinct(what: str, names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [name for position, name in enumerate(names) if name in names[:position]]
    if twice:
        raise NotUnderstood(f"{twice[0]} stands twice in {what}: once is enough.")
    return names
