"""Tables in Glue, as the statements need them."""

import threading
from typing import Any

from infra.local_athena import clients, state
from infra.local_athena.athena.errors import hive_failure

Table = dict[str, Any]

INPUT_KEYS = (
    "Name",
    "Description",
    "Owner",
    "Retention",
    "StorageDescriptor",
    "PartitionKeys",
    "ViewOriginalText",
    "ViewExpandedText",
    "TableType",
    "Parameters",
)
_clients: dict[str, Any] = {}
_making = threading.Lock()


def client(service: str) -> Any:
    """The boto3 client of our own AWS side: one for all threads, because each request has a thread, and a client takes 0.2 s to make."""
    with _making:
        if service not in _clients:
            _clients[service] = clients.make(state.read(), service)
        return _clients[service]


def find(database: str, name: str) -> Table | None:
    """The table or view, None when there is none."""
    glue = client("glue")
    try:
        return glue.get_table(DatabaseName=database, Name=name)["Table"]
    except glue.exceptions.EntityNotFoundException:
        return None


def require(database: str, name: str) -> Table:
    """The table or view; QueryError when there is none."""
    found = find(database, name)
    if found is None:
        raise hive_failure(f"SemanticException [Error 10001]: Table not found {database}.{name}")
    return found


def all_tables(database: str) -> list[Table]:
    """Every table and view of a database; QueryError when there is no such database."""
    glue = client("glue")
    try:
        return [table for page in glue.get_paginator("get_tables").paginate(DatabaseName=database) for table in page["TableList"]]
    except glue.exceptions.EntityNotFoundException:
        raise hive_failure(f"SemanticException [Error 10072]: Database does not exist: {database}") from None


def update(database: str, table: Table) -> None:
    """Write a changed table back; what Glue derives is left out."""
    client("glue").update_table(DatabaseName=database, TableInput={key: value for key, value in table.items() if key in INPUT_KEYS})


def is_iceberg(table: Table) -> bool:
    return (table.get("Parameters") or {}).get("table_type", "").upper() == "ICEBERG"


def is_view(table: Table) -> bool:
    return table.get("TableType") == "VIRTUAL_VIEW"
