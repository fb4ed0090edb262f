"""Faults that people make in SQL, each as a change of one node of a statement's syntax tree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
FIXTURE = "__dbt__cte__"
TIME_ZONE = "America/New_York"
DELIMITERS = ("||", "-", "|", "~", ";")
BOUNDARIES = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
AGGREGATES = {exp.Sum: exp.Max, exp.Max: exp.Min, exp.Min: exp.Max}
NEIGHBOURS = {exp.Lead: exp.Lag, exp.Lag: exp.Lead}
ARITHMETIC = {exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Div}


@dataclass(frozen=True)
class Operator:
    """A kind of fault: where it can be made, and what takes a node's place (None: the node goes)."""

    name: str
    where: Callable[[exp.Expression], bool]
    change: Callable[[exp.Expression], exp.Expression | None]


def swapped(pairs: dict[type[exp.Expression], type[exp.Expression]]) -> Callable[[exp.Expression], exp.Expression]:
    """The same operands under another node."""
    return lambda node: pairs[type(node)](**{name: node.args[name].copy() for name in ("this", "expression") if node.args.get(name)})


def with_args(**changes: object) -> Callable[[exp.Expression], exp.Expression]:
    """The same node with other arguments."""

    def change(node: exp.Expression) -> exp.Expression:
        copy = node.copy()
        for name, value in changes.items():
            copy.set(name, value)
        return copy

    return change


def _without_last_branch(node: exp.Expression) -> exp.Expression:
    copy = node.copy()
    copy.set("ifs", copy.args["ifs"][:-1])
    return copy


def _shorter_key(node: exp.Expression) -> exp.Expression:
    copy = node.copy()
    copy.set("on", copy.args["on"].left.copy())
    return copy


def _undistinct(node: exp.Expression) -> exp.Expression | None:
    """Without the word: of a select the node goes, in an aggregate its arguments stay."""
    return node.expressions[0].copy() if node.expressions else None


def _exclusive(node: exp.Expression) -> exp.Expression:
    """`a between b and c` without its lower end."""
    return exp.and_(
        exp.GT(this=node.this.copy(), expression=node.args["low"].copy()),
        exp.LTE(this=node.this.copy(), expression=node.args["high"].copy()),
    )


def _is_side(node: exp.Expression, side: str) -> bool:
    return isinstance(node, exp.Join) and (node.side or "") == side and bool(node.args.get("on"))


def _is_separator(node: exp.Expression) -> bool:
    inside = node.find_ancestor(exp.ConcatWs, exp.DPipe, exp.Concat)
    return isinstance(node, exp.Literal) and node.is_string and node.this in DELIMITERS and inside is not None


def _is_condition(node: exp.Expression) -> bool:
    return node.find_ancestor(exp.Where, exp.Case) is not None


def _stands_alone(node: exp.Expression) -> bool:
    """Neither in a coalesce nor over a window."""
    return isinstance(node.find_ancestor(exp.Coalesce, exp.Window, exp.Select), exp.Select)


def _counted_once(node: exp.Expression) -> exp.Expression:
    return exp.Count(this=exp.Distinct(expressions=[node.this.copy()]))


def _is_decimal(node: exp.Expression) -> bool:
    return isinstance(node, exp.Cast) and node.to.is_type(exp.DataType.Type.DECIMAL)


OPERATORS = (
    Operator("filter dropped", lambda node: isinstance(node, exp.Where | exp.Having | exp.Qualify), lambda _: None),
    Operator("inner for left join", lambda node: _is_side(node, "LEFT"), with_args(side=None)),
    Operator("left for inner join", lambda node: _is_side(node, ""), with_args(side="LEFT", kind=None)),
    Operator("boundary", lambda node: type(node) in BOUNDARIES, swapped(BOUNDARIES)),
    Operator("other aggregate", lambda node: type(node) in AGGREGATES, swapped(AGGREGATES)),
    Operator("deduplication lost", lambda node: isinstance(node, exp.Distinct), _undistinct),
    Operator("wrong time zone", lambda node: node == exp.Literal.string(TIME_ZONE), lambda _: exp.Literal.string("UTC")),
    Operator("part of a key", lambda node: isinstance(node, exp.Join) and isinstance(node.args.get("on"), exp.And), _shorter_key),
    Operator("no coalesce", lambda node: isinstance(node, exp.Coalesce), lambda node: node.this.copy()),
    Operator(
        "coalesce to 0",
        lambda node: isinstance(node, exp.Sum | exp.Max | exp.Min) and _stands_alone(node),
        lambda node: exp.Coalesce(this=node.copy(), expressions=[exp.Literal.number(0)]),
    ),
    Operator("counted once", lambda node: isinstance(node, exp.Count) and isinstance(node.this, exp.Column), _counted_once),
    Operator("lower end left out", lambda node: isinstance(node, exp.Between), _exclusive),
    Operator("frame lost", lambda node: isinstance(node, exp.Window) and bool(node.args.get("spec")), with_args(spec=None)),
    Operator("union arm dropped", lambda node: isinstance(node, exp.Union), lambda node: node.left.copy()),
    Operator("neighbour on the other side", lambda node: type(node) in NEIGHBOURS, swapped(NEIGHBOURS)),
    Operator("hash without delimiter", _is_separator, lambda _: exp.Literal.string("")),
    Operator("float for decimal", _is_decimal, with_args(to=exp.DataType.build("double"))),
    Operator("other order", lambda node: isinstance(node, exp.Ordered), lambda node: with_args(desc=not node.args.get("desc"))(node)),
    Operator("branch lost", lambda node: isinstance(node, exp.Case) and len(node.args["ifs"]) > 1, _without_last_branch),
    Operator("other arithmetic", lambda node: type(node) in ARITHMETIC, swapped(ARITHMETIC)),
    Operator(
        "or for and",
        lambda node: isinstance(node, exp.And) and node.find_ancestor(exp.Where, exp.Case) is not None,
        swapped({exp.And: exp.Or}),
    ),
)


@dataclass(frozen=True)
class Fault:
    """The `number`th place of a statement where an operator applies."""

    operator: Operator
    number: int

    def made(self, sql: str) -> str | None:
        """The statement with the fault; None when it has no such place."""
        tree = parsed(sql)
        places = [node for node in of_the_model(tree) if self.operator.where(node)]
        if self.number >= len(places):
            return None
        node = places[self.number]
        new = self.operator.change(node)
        if node is tree:
            return new.sql(DIALECT)
        if new is None:
            node.pop()
        else:
            node.replace(new)
        return tree.sql(DIALECT)

    def shown(self, sql: str) -> str:
        """The place, as it was."""
        places = [node for node in of_the_model(parsed(sql)) if self.operator.where(node)]
        return " ".join(places[self.number].sql(DIALECT).split())[:100]


def faults(sql: str) -> Iterator[Fault]:
    """Every fault that can be made in a statement."""
    nodes = list(of_the_model(parsed(sql)))
    for operator in OPERATORS:
        for number in range(sum(operator.where(node) for node in nodes)):
            yield Fault(operator, number)


def of_the_model(tree: exp.Expression) -> Iterator[exp.Expression]:
    """Its nodes, but for the fixtures that dbt puts before a model's SQL in a unit test: they have unions and casts of their own."""
    return tree.walk(prune=lambda node: isinstance(node, exp.CTE) and node.alias.startswith(FIXTURE))


def parsed(sql: str) -> exp.Expression:
    """The statement's tree."""
    return sqlglot.parse_one(sql, dialect=DIALECT)
