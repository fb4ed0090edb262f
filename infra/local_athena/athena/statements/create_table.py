"""CREATE TABLE from column definitions: Hive tables are written to Glue, Iceberg tables are made by Trino."""

from dataclasses import dataclass, field

from infra.local_athena.athena import columns, glue_tables, properties
from infra.local_athena.athena.columns import Column
from infra.local_athena.athena.errors import QueryError, hive_failure, not_implemented
from infra.local_athena.athena.lexer import Cursor
from infra.local_athena.athena.query import DDL, Query

HIVE_QL = "org.apache.hadoop.hive.ql.io."
SERDE = "org.apache.hadoop.hive.serde2."
# format → input format, output format, serde
FORMATS = {
    "PARQUET": (
        f"{HIVE_QL}parquet.MapredParquetInputFormat",
        f"{HIVE_QL}parquet.MapredParquetOutputFormat",
        f"{HIVE_QL}parquet.serde.ParquetHiveSerDe",
    ),
    "ORC": (f"{HIVE_QL}orc.OrcInputFormat", f"{HIVE_QL}orc.OrcOutputFormat", f"{HIVE_QL}orc.OrcSerde"),
    "TEXTFILE": (
        "org.apache.hadoop.mapred.TextInputFormat",
        f"{HIVE_QL}HiveIgnoreKeyTextOutputFormat",
        f"{SERDE}lazy.LazySimpleSerDe",
    ),
}
ICEBERG_PROPERTIES = {"table_type", "format", "write_compression"} | properties.ICEBERG_SETTINGS


@dataclass
class Definition:
    """What the clauses after the columns say."""

    comment: str | None = None
    partition_columns: list[Column] = field(default_factory=list)
    transforms: list[str] = field(default_factory=list)
    format: str = "TEXTFILE"
    serde: str | None = None
    serde_properties: dict[str, str] = field(default_factory=dict)
    location: str | None = None
    properties: dict[str, str] = field(default_factory=dict)


def create(query: Query) -> None:
    query.is_a(DDL, "CREATE_TABLE")
    cursor = Cursor(query.sql)
    cursor.expect("CREATE")
    external = cursor.accept("EXTERNAL")
    cursor.expect("TABLE")
    if_absent = cursor.accept("IF", "NOT", "EXISTS")
    database, name = query.resolve(cursor.names())
    defined = columns.definitions(cursor)
    given = _clauses(cursor, iceberg=not external)
    if glue_tables.find(database, name):
        if if_absent:
            return
        raise hive_failure(f"Execution Error, return code 1. AlreadyExistsException: Table {name} already exists")
    if given.location is None:
        raise hive_failure("SemanticException: LOCATION is required")
    if given.properties.get("table_type", "").upper() == "ICEBERG":
        _create_iceberg(query, database, name, defined, given)
    elif external:
        _create_hive(database, name, defined, given)
    else:
        raise hive_failure("SemanticException: EXTERNAL is required for a table that is not an Iceberg table")


def _clauses(cursor: Cursor, *, iceberg: bool) -> Definition:
    found = Definition()
    while not cursor.done:
        if cursor.accept("COMMENT"):
            found.comment = cursor.string()
        elif cursor.accept("PARTITIONED", "BY"):
            if iceberg:
                found.transforms = columns.transforms(cursor)
            else:
                found.partition_columns = columns.definitions(cursor)
        elif cursor.accept("ROW", "FORMAT"):
            found.serde, found.serde_properties = _row_format(cursor)
        elif cursor.accept("STORED", "AS"):
            found.format = _format(cursor)
        elif cursor.accept("LOCATION"):
            found.location = cursor.string()
        elif cursor.accept("TBLPROPERTIES"):
            found.properties = cursor.properties()
        else:
            raise _unknown_clause(cursor)
    return found


def _unknown_clause(cursor: Cursor) -> Exception:
    if cursor.accept("CLUSTERED"):
        return not_implemented("CLUSTERED BY in CREATE TABLE; a CTAS with bucketed_by is implemented")
    return cursor.failure()


def _row_format(cursor: Cursor) -> tuple[str | None, dict[str, str]]:
    """The serde, None for the format's own, and its properties."""
    if cursor.accept("SERDE"):
        return cursor.string(), cursor.properties() if cursor.accept("WITH", "SERDEPROPERTIES") else {}
    cursor.expect("DELIMITED")
    return None, _delimiters(cursor)


def _format(cursor: Cursor) -> str:
    named = cursor.name().upper()
    if named not in FORMATS:
        raise not_implemented(f"STORED AS {named}; PARQUET, ORC and TEXTFILE are implemented")
    return named


def _delimiters(cursor: Cursor) -> dict[str, str]:
    found = {}
    while True:
        if cursor.accept("FIELDS", "TERMINATED", "BY"):
            delimiter = _unescaped(cursor.string())
            found |= {"field.delim": delimiter, "serialization.format": delimiter}
        elif cursor.accept("ESCAPED", "BY"):
            found["escape.delim"] = _unescaped(cursor.string())
        elif cursor.accept("LINES", "TERMINATED", "BY"):
            found["line.delim"] = _unescaped(cursor.string())
        elif cursor.accept("COLLECTION") or cursor.accept("MAP") or cursor.accept("NULL"):
            raise not_implemented("delimiters but those of fields and lines")
        else:
            return found


def _unescaped(text: str) -> str:
    return {r"\t": "\t", r"\n": "\n", r"\\": "\\"}.get(text, text)


def _create_iceberg(query: Query, database: str, name: str, defined: list[Column], given: Definition) -> None:
    if unknown := sorted(given.properties.keys() - ICEBERG_PROPERTIES):
        raise QueryError("INVALID_TABLE_PROPERTY", f"Unsupported table property key: {unknown[0]}")
    if given.comment is not None:
        raise not_implemented("COMMENT on an Iceberg table")
    written = properties.for_iceberg(
        given.properties
        | {"is_external": False, "location": given.location}
        | ({"partitioning": given.transforms} if given.transforms else {})
    )
    table = query.iceberg(database, name)
    codec = properties.compression(given.properties)
    query.engine.run(
        f"create table {table} ({', '.join(map(columns.for_trino, defined))}) with ({', '.join(written)})",
        {f"{table.split('.')[0]}.compression_codec": codec} if codec else None,
    )


def _create_hive(database: str, name: str, defined: list[Column], given: Definition) -> None:
    if clash := {column["Name"] for column in defined} & {column["Name"] for column in given.partition_columns}:
        raise columns.duplicate(min(clash))
    input_format, output_format, serde = FORMATS[given.format]
    storage = {
        "Columns": defined,
        "Location": given.location,
        "InputFormat": input_format,
        "OutputFormat": output_format,
        "SerdeInfo": {"SerializationLibrary": given.serde or serde, "Parameters": given.serde_properties},
        "Parameters": {},
        "NumberOfBuckets": -1,
    }
    table = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE"} | ({"comment": given.comment} if given.comment is not None else {}) | given.properties,
        "StorageDescriptor": storage,
        "PartitionKeys": given.partition_columns,
    }
    glue = glue_tables.client("glue")
    try:
        glue.create_table(DatabaseName=database, TableInput=table)
    except glue.exceptions.EntityNotFoundException:
        raise hive_failure(f"SemanticException [Error 10072]: Database does not exist: {database}") from None
