"""Athena's statements, told apart by their first words. What none of them takes is refused."""

import re
from collections.abc import Callable

from infra.local_athena.athena.errors import QueryError, not_implemented
from infra.local_athena.athena.lexer import Token, tokens
from infra.local_athena.athena.query import Query
from infra.local_athena.athena.statements import alter, create_table, ctas, databases, drops, maintenance, queries, shows, views

Statement = Callable[[Query], None]

# First match wins; a word may stand for several.
STATEMENTS: tuple[tuple[tuple[str, ...], Statement], ...] = (
    (("SELECT|WITH|VALUES|TABLE|(",), queries.select),
    (("EXPLAIN",), queries.explain),
    (("INSERT|MERGE|UPDATE|DELETE",), queries.write),
    (("CREATE", "VIEW"), views.create),
    (("CREATE", "OR", "REPLACE", "VIEW"), views.create),
    (("CREATE", "SCHEMA|DATABASE"), databases.create),
    (("CREATE", "TABLE"), ctas.create_or(create_table.create)),
    (("CREATE", "EXTERNAL", "TABLE"), create_table.create),
    (("ALTER", "TABLE"), alter.alter),
    (("ALTER", "DATABASE|SCHEMA"), databases.alter),
    (("DROP", "SCHEMA|DATABASE"), databases.drop),
    (("DROP", "TABLE"), drops.table),
    (("DROP", "VIEW"), drops.view),
    (("OPTIMIZE",), maintenance.optimize),
    (("VACUUM",), maintenance.vacuum),
    (("MSCK", "REPAIR", "TABLE"), maintenance.repair),
    (("SHOW", "DATABASES|SCHEMAS"), shows.databases),
    (("SHOW", "TABLES"), shows.tables),
    (("SHOW", "VIEWS"), shows.views),
    (("SHOW", "COLUMNS"), shows.columns),
    (("SHOW", "PARTITIONS"), shows.partitions),
    (("SHOW", "TBLPROPERTIES"), shows.properties),
    (("SHOW", "CREATE", "VIEW"), shows.create_view),
    (("DESCRIBE|DESC",), shows.describe),
)
# Trino would do some of these, Athena others; none is ours.
REFUSED = re.compile(
    "ALTER|ANALYZE|CALL|COMMENT|COMMIT|CREATE|DEALLOCATE|DENY|DROP|EXECUTE|GRANT|MSCK"
    "|PREPARE|REFRESH|RESET|REVOKE|ROLLBACK|SET|SHOW|START|TRUNCATE|UNLOAD|USE"
)
SHOWN_WORDS = 4


def run(query: Query) -> None:
    """Do what the query says and leave the outcome in it; QueryError or QueryCancelledError when that cannot be."""
    found = tokens(query.sql)
    if not found:
        raise QueryError("SYNTAX_ERROR", "Query is empty")
    for words, statement in STATEMENTS:
        if _begins(found, words):
            if query.parameters and statement not in (queries.select, queries.write):
                raise not_implemented("execution parameters for this statement")
            return statement(query)
    if REFUSED.fullmatch(found[0].text.upper()):
        raise not_implemented(" ".join(token.text.upper() for token in found[:SHOWN_WORDS] if token.kind == "word"))
    return queries.syntax_error(query)


def _begins(found: list[Token], words: tuple[str, ...]) -> bool:
    return len(found) >= len(words) and all(
        token.kind in ("word", "mark") and token.text.upper() in word.split("|") for token, word in zip(found, words, strict=False)
    )
