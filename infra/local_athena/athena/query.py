"""One query while it is worked on: what was asked, and what a statement sets as its outcome."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local_athena.athena import glue_tables, results
from infra.local_athena.athena.engine import Answer, Engine
from infra.local_athena.athena.errors import QueryError, not_implemented
from infra.local_athena.athena.lexer import identifier
from infra.local_athena.athena.results import Row
from infra.local_athena.trino_server import HIVE, ICEBERG

DML, DDL, UTILITY = "DML", "DDL", "UTILITY"


@dataclass
class Query:
    """A statement without its final semicolon, where its results go, and its parameters; below them the outcome.

    A SELECT's rows are in `file`, as long as a result may be; any other statement's are in `rows`.
    """

    sql: str
    database: str
    output: str
    engine: Engine
    file: Path
    parameters: list[str] = field(default_factory=list)

    kind: str = DML
    substatement: str | None = None
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    update_count: int | None = None

    def is_a(self, kind: str, substatement: str) -> None:
        self.kind, self.substatement = kind, substatement

    def answer(self, answer: Answer) -> None:
        """Take Trino's answer for the result."""
        self.columns = [results.column_info(column) for column in answer.columns]
        self.rows = list(results.text_rows(answer.columns, answer.rows))
        self.update_count = answer.update_count

    def select(self, sql: str) -> None:
        """Have Trino run a query, and write its rows into the file as they come."""

        def take(columns: list[dict[str, Any]], rows: Iterator[list[Any]]) -> None:
            self.columns = [results.column_info(column) for column in columns]
            results.write_csv(self.file, [column["name"] for column in columns], results.text_rows(columns, rows))

        self.engine.run(sql, take=take)

    def table(self, *columns: str, rows: list[Row]) -> None:
        """A result of texts, as DDL gives it."""
        self.columns = [results.described(name) for name in columns]
        self.rows = rows

    def resolve(self, names: list[str]) -> tuple[str, str]:
        """`table`, `database.table` or `awsdatacatalog.database.table` → database and table."""
        if len(names) == 1 and "." in names[0]:
            names = names[0].split(".")
        if len(names) == 3 and names[0] == HIVE:
            names = names[1:]
        if len(names) > 2:
            raise not_implemented(f"the catalog {names[0]}")
        return (names[0], names[1]) if len(names) == 2 else (self.database, names[0])

    def iceberg(self, database: str, name: str) -> str:
        """The table's name where Trino keeps Iceberg's own statements."""
        return f"{ICEBERG}.{identifier(database)}.{identifier(name)}"

    def require_iceberg(self, database: str, name: str, statement: str) -> str:
        """The name of an Iceberg table; QueryError when there is none, or it is another kind."""
        if not glue_tables.is_iceberg(glue_tables.require(database, name)):
            raise QueryError("NOT_SUPPORTED", f"{statement} is only supported for Iceberg tables")
        return self.iceberg(database, name)
