"""SELECT, EXPLAIN and the writes: Trino takes them as Athena does, but for bare decimal literals."""

from infra.local_athena.athena.errors import QueryError
from infra.local_athena.athena.lexer import literal, tokens, with_doubles
from infra.local_athena.athena.query import DML, UTILITY, Query


def select(query: Query) -> None:
    query.is_a(DML, "SELECT")
    query.select(_with_parameters(query))


def write(query: Query) -> None:
    query.is_a(DML, tokens(query.sql)[0].text.upper())
    query.answer(query.engine.run(_with_parameters(query)))


def explain(query: Query) -> None:
    query.is_a(UTILITY, "EXPLAIN")
    query.answer(query.engine.run(with_doubles(query.sql)))
    query.rows = [["Query Plan"], *([line] for row in query.rows for line in (row[0] or "").split("\n"))]


def syntax_error(query: Query) -> None:
    """Let Trino say what is wrong with a statement that begins as none does."""
    query.engine.run(query.sql)
    raise QueryError("NOT_SUPPORTED", "Local Athena does not implement this statement")


def _with_parameters(query: Query) -> str:
    """The statement, with its question marks bound by Trino itself: a parameter is a literal, whatever it holds."""
    sql = with_doubles(query.sql)
    if not query.parameters:
        return sql
    return f"execute immediate {literal(sql)} using {', '.join(map(with_doubles, query.parameters))}"
