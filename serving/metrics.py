"""A query for metrics: what was asked, checked against the catalogue; the SQL for it; the answer from the served file.

    from serving.metrics import served
    from serving.queries import Query

    with served() as metrics:
        print(metrics.answer(Query(metrics=("net_sales",), group_by=("week",))).rows)

Names are checked before MetricFlow sees them, and values are bound: nothing that a client writes becomes SQL.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

import duckdb

from ingestion.errors import UserError
from serving.database import one_line, quoted
from serving.queries import MAX_VALUES, OPERATORS, Answer, Column, Query, Term, Value
from serving.reader import connect
from serving.semantics import TIME, Field, NotUnderstood, Semantics, suggestion

SECONDS = 30.0
VALUES_OF = {"between": 2, "is_null": 0, "is_not_null": 0}


class TooSlow(UserError):  # noqa: N818
    """A query that took longer than it may."""


@dataclass(frozen=True)
class Statement:
    """SQL with named parameters, and what its columns are."""

    sql: str
    parameters: dict[str, Value]
    columns: tuple[Column, ...]


@dataclass
class Metrics:
    """The semantic layer of one served file, with a connection to it."""

    semantics: Semantics
    connection: duckdb.DuckDBPyConnection
    seconds: float = field(default_factory=lambda: float(os.environ.get("AISLE_QUERY_SECONDS", SECONDS)))

    def answer(self, query: Query, *, limit: int | None = None, offset: int = 0) -> Answer:
        """The rows of a query, from `offset` and at most `limit`. NotUnderstood, TooSlow, or what the database says as UserError."""
        statement = compiled(self.semantics, query)
        rows = self.run(statement, limit=None if limit is None else limit + 1, offset=offset).fetchall()
        more = limit is not None and len(rows) > limit
        return Answer(statement.columns, rows[:limit] if more else rows, more)

    def run(self, statement: Statement, *, limit: int | None = None, offset: int = 0) -> duckdb.DuckDBPyConnection:
        """The cursor with the statement's result."""
        cursor = self.connection.cursor()
        stopper = threading.Timer(self.seconds, cursor.interrupt)
        stopper.start()
        try:
            page = f"\nlimit {int(limit)} offset {int(offset)}" if limit is not None else ""
            return cursor.execute(statement.sql + page, statement.parameters or None)
        except duckdb.InterruptException as error:
            raise TooSlow(
                f"The query took longer than {self.seconds:g} seconds and was stopped: ask for less time or fewer dimensions."
            ) from error
        except (duckdb.ConversionException, duckdb.BinderException, duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
            raise NotUnderstood(f"A value does not fit its field ({one_line(error)[:200]}): dates are written 2017-06-30.") from error
        except (OverflowError, UnicodeEncodeError) as error:
            raise NotUnderstood("A value is too large or no text: give numbers below 2^63 and text in UTF-8.") from error
        except duckdb.Error as error:
            raise UserError(f"The served data cannot answer ({one_line(error)[:200]}): publish it again with `make publish`.") from error
        finally:
            stopper.cancel()


@contextmanager
def served() -> Iterator[Metrics]:
    """The semantic layer that is published now, as `connect` opens it."""
    with connect(external_access=False) as connection:
        yield Metrics(of(connection), connection)


def of(connection: duckdb.DuckDBPyConnection) -> Semantics:
    """The semantics that the served file carries; UserError when it was published without any."""
    try:
        row = connection.execute("select semantic_manifest from aisle.main.publication_semantics").fetchone()
    except duckdb.CatalogException:
        row = None
    if not row or not row[0]:
        raise UserError("What is served carries no metrics (published by an older Aisle?): publish it again with `make publish`.")
    return _semantics(row[0])


@lru_cache(maxsize=2)
def _semantics(manifest: str) -> Semantics:
    return Semantics(manifest)


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
