"""ALTER TABLE: on Glue for Hive tables, by Trino for Iceberg tables."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

from infra.local_athena.athena import columns, glue_tables, properties
from infra.local_athena.athena.errors import QueryError, hive_failure, not_implemented
from infra.local_athena.athena.lexer import Cursor, identifier
from infra.local_athena.athena.query import DDL, Query
from infra.local_athena.athena.types import trino_type


@dataclass
class Change:
    """The table that is altered, and the statement from the word after its action."""

    query: Query
    cursor: Cursor
    database: str
    name: str
    table: glue_tables.Table

    @property
    def iceberg(self) -> bool:
        return glue_tables.is_iceberg(self.table)

    @property
    def columns(self) -> list[columns.Column]:
        return self.table["StorageDescriptor"]["Columns"]

    def by_trino(self, action: str) -> None:
        self.query.engine.run(f"alter table {self.query.iceberg(self.database, self.name)} {action}")

    def write(self) -> None:
        glue_tables.update(self.database, self.table)


def alter(query: Query) -> None:
    cursor = Cursor(query.sql)
    cursor.expect("ALTER", "TABLE")
    database, name = query.resolve(cursor.names())
    for words, action in ACTIONS:
        if cursor.accept(*words):
            query.is_a(DDL, f"ALTER_TABLE_{'_'.join(words)}")
            return action(Change(query, cursor, database, name, glue_tables.require(database, name)))
    word = cursor.take()
    cursor.at -= 1
    if word.is_word("PARTITION", "RENAME", "SET", "CLUSTERED", "NOT", "EXECUTE", "ALTER"):
        raise not_implemented(f"ALTER TABLE … {word.text.upper()} in this form")
    raise cursor.failure()


def _rename(change: Change) -> None:
    """Athena renames Iceberg tables only, within their database."""
    if not change.iceberg:
        raise QueryError("NOT_SUPPORTED", "Only Iceberg tables can be renamed")
    database, name = change.query.resolve(change.cursor.names())
    change.cursor.end()
    change.by_trino(f"rename to {change.query.iceberg(database, name)}")


def _add_columns(change: Change) -> None:
    added = columns.definitions(change.cursor)
    change.cursor.end()
    for column in added:
        if column["Name"] in _names(change):
            raise columns.duplicate(column["Name"])
    if change.iceberg:
        for column in added:
            change.by_trino(f"add column {columns.for_trino(column)}")
    else:
        change.columns.extend(added)
        change.write()


def _replace_columns(change: Change) -> None:
    """On Iceberg, columns that stay keep their values and may only change to a wider type."""
    wanted = columns.definitions(change.cursor)
    change.cursor.end()
    if not change.iceberg:
        change.table["StorageDescriptor"]["Columns"] = wanted
        change.write()
        return
    before = {column["Name"]: column["Type"] for column in change.columns}
    for name in before.keys() - {column["Name"] for column in wanted}:
        change.by_trino(f"drop column {identifier(name)}")
    for column in wanted:
        if column["Name"] not in before:
            change.by_trino(f"add column {columns.for_trino(column)}")
        else:
            _retype(change, column, before[column["Name"]])


def _change_column(change: Change) -> None:
    old = change.cursor.name()
    wanted = columns.definition(change.cursor)
    if change.cursor.peek():
        raise not_implemented("FIRST and AFTER in CHANGE COLUMN")
    found = next((column for column in change.columns if column["Name"] == old), None)
    if found is None:
        raise _no_column(old)
    if wanted["Name"] != old and wanted["Name"] in _names(change):
        raise columns.duplicate(wanted["Name"])
    if not change.iceberg:
        found.update(wanted)
        change.write()
        return
    if "Comment" in wanted:
        raise not_implemented("COMMENT in CHANGE COLUMN of an Iceberg table")
    if wanted["Name"] != old:
        change.by_trino(f"rename column {identifier(old)} to {identifier(wanted['Name'])}")
    _retype(change, wanted, found["Type"])


def _drop_column(change: Change) -> None:
    name = change.cursor.name()
    change.cursor.end()
    if not change.iceberg:
        raise QueryError("NOT_SUPPORTED", "DROP COLUMN is only supported for Iceberg tables; use REPLACE COLUMNS")
    if name not in _names(change):
        raise _no_column(name)
    change.by_trino(f"drop column {identifier(name)}")


def _set_properties(change: Change) -> None:
    given = change.cursor.properties()
    change.cursor.end()
    if not change.iceberg:
        change.table.setdefault("Parameters", {}).update(given)
        change.write()
        return
    _refuse_unknown(set(given))
    settings = properties.settings_of(change.query, change.database, change.name)
    change.by_trino(f"set properties extra_properties = {properties.mapping(settings | given)}")


def _unset_properties(change: Change) -> None:
    keys = {item[0].text for item in change.cursor.enclosed()}
    change.cursor.end()
    if change.iceberg:
        raise not_implemented("UNSET TBLPROPERTIES on an Iceberg table")
    change.table["Parameters"] = {key: value for key, value in change.table["Parameters"].items() if key not in keys}
    change.write()


def _set_location(change: Change) -> None:
    location = change.cursor.string()
    change.cursor.end()
    if change.iceberg:
        raise QueryError("NOT_SUPPORTED", "SET LOCATION is not supported for Iceberg tables")
    change.table["StorageDescriptor"]["Location"] = location
    change.write()


def _add_partitions(change: Change) -> None:
    if_absent = change.cursor.accept("IF", "NOT", "EXISTS")
    glue = glue_tables.client("glue")
    for values, location in _partitions(change):
        storage = copy.deepcopy(change.table["StorageDescriptor"])
        parts = "/".join(f"{key['Name']}={value}" for key, value in zip(change.table["PartitionKeys"], values, strict=True))
        storage["Location"] = location or f"{storage['Location'].rstrip('/')}/{parts}"
        try:
            glue.create_partition(
                DatabaseName=change.database,
                TableName=change.name,
                PartitionInput={"Values": values, "StorageDescriptor": storage},
            )
        except glue.exceptions.AlreadyExistsException:
            if not if_absent:
                raise hive_failure("Execution Error, return code 1. AlreadyExistsException: Partition already exists.") from None


def _drop_partitions(change: Change) -> None:
    if_present = change.cursor.accept("IF", "EXISTS")
    glue = glue_tables.client("glue")
    for values, _ in _partitions(change):
        try:
            glue.delete_partition(DatabaseName=change.database, TableName=change.name, PartitionValues=values)
        except glue.exceptions.EntityNotFoundException:
            if not if_present:
                raise hive_failure(f"SemanticException [Error 10006]: Partition not found {values}") from None


def _partitions(change: Change) -> list[tuple[list[str], str | None]]:
    """Every `PARTITION (…) [LOCATION '…']`: the values in the order of the table's keys."""
    keys = [key["Name"] for key in change.table.get("PartitionKeys") or []]
    found = []
    while not found or not change.cursor.done:
        given = columns.partition(change.cursor)
        if given.keys() != set(keys):
            raise hive_failure(f"SemanticException: the partition must name {', '.join(keys) or 'nothing: the table has no partitions'}")
        found.append(([given[key] for key in keys], change.cursor.string() if change.cursor.accept("LOCATION") else None))
        change.cursor.accept(",")
    return found


def _names(change: Change) -> set[str]:
    return {column["Name"] for column in [*change.columns, *(change.table.get("PartitionKeys") or [])]}


def _retype(change: Change, wanted: columns.Column, before: str) -> None:
    if trino_type(wanted["Type"]) != trino_type(before):
        change.by_trino(f"alter column {identifier(wanted['Name'])} set data type {trino_type(wanted['Type'])}")


def _refuse_unknown(keys: set[str]) -> None:
    if unknown := sorted(keys - properties.ICEBERG_SETTINGS):
        raise QueryError("INVALID_TABLE_PROPERTY", f"Unsupported table property key: {unknown[0]}")


def _no_column(name: str) -> Exception:
    return hive_failure(f"SemanticException [Error 10002]: Invalid column reference {name}")


ACTIONS: tuple[tuple[tuple[str, ...], Callable[[Change], None]], ...] = (
    (("RENAME", "TO"), _rename),
    (("ADD", "COLUMNS"), _add_columns),
    (("REPLACE", "COLUMNS"), _replace_columns),
    (("CHANGE", "COLUMN"), _change_column),
    (("CHANGE",), _change_column),
    (("DROP", "COLUMN"), _drop_column),
    (("SET", "TBLPROPERTIES"), _set_properties),
    (("UNSET", "TBLPROPERTIES"), _unset_properties),
    (("SET", "LOCATION"), _set_location),
    (("ADD",), _add_partitions),
    (("DROP",), _drop_partitions),
)
