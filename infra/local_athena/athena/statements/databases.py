"""CREATE, ALTER and DROP DATABASE, on Glue."""

from infra.local_athena.athena import glue_tables
from infra.local_athena.athena.errors import hive_failure
from infra.local_athena.athena.lexer import Cursor
from infra.local_athena.athena.query import DDL, Query


def create(query: Query) -> None:
    query.is_a(DDL, "CREATE_DATABASE")
    cursor = _begin(query)
    if_absent = cursor.accept("IF", "NOT", "EXISTS")
    given = {"Name": cursor.name()}
    if cursor.accept("COMMENT"):
        given["Description"] = cursor.string()
    if cursor.accept("LOCATION"):
        given["LocationUri"] = cursor.string()
    parameters = cursor.properties() if cursor.accept("WITH", "DBPROPERTIES") else {}
    cursor.end()
    glue = glue_tables.client("glue")
    try:
        glue.create_database(DatabaseInput=given | {"Parameters": parameters})
    except glue.exceptions.AlreadyExistsException:
        if not if_absent:
            raise hive_failure(f"Execution Error, return code 1. Database {given['Name']} already exists") from None


def alter(query: Query) -> None:
    query.is_a(DDL, "ALTER_DATABASE")
    cursor = _begin(query)
    name = cursor.name()
    cursor.expect("SET", "DBPROPERTIES")
    given = cursor.properties()
    cursor.end()
    glue = glue_tables.client("glue")
    try:
        known = glue.get_database(Name=name)["Database"]
    except glue.exceptions.EntityNotFoundException:
        raise _missing(name) from None
    kept = {key: known[key] for key in ("Name", "Description", "LocationUri") if key in known}
    glue.update_database(Name=name, DatabaseInput=kept | {"Parameters": (known.get("Parameters") or {}) | given})


def drop(query: Query) -> None:
    query.is_a(DDL, "DROP_DATABASE")
    cursor = _begin(query)
    if_present = cursor.accept("IF", "EXISTS")
    name = cursor.name()
    cascade = cursor.accept("CASCADE") or (cursor.accept("RESTRICT") and False)
    cursor.end()
    glue = glue_tables.client("glue")
    try:
        glue.get_database(Name=name)
    except glue.exceptions.EntityNotFoundException:
        if if_present:
            return
        raise _missing(name) from None
    tables = glue_tables.all_tables(name)
    if tables and not cascade:
        raise hive_failure(f"Execution Error: InvalidOperationException: Database {name} is not empty. One or more tables exist.")
    for table in tables:
        glue.delete_table(DatabaseName=name, Name=table["Name"])
    glue.delete_database(Name=name)


def _begin(query: Query) -> Cursor:
    cursor = Cursor(query.sql)
    cursor.take()
    cursor.take()
    return cursor


def _missing(name: str) -> Exception:
    return hive_failure(f"SemanticException [Error 10072]: Database does not exist: {name}")
