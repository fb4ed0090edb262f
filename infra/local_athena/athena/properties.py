"""The properties that Athena's tables take, and Trino's for them."""

from infra.local_athena.athena.errors import QueryError
from infra.local_athena.athena.lexer import Token, literal
from infra.local_athena.athena.query import Query

Value = str | int | bool | list[str]

# What Athena keeps for OPTIMIZE and VACUUM; Trino stores it as extra properties of the table.
ICEBERG_SETTINGS = frozenset(
    {
        "optimize_rewrite_data_file_threshold",
        "optimize_rewrite_delete_file_threshold",
        "optimize_rewrite_max_data_file_size_bytes",
        "optimize_rewrite_min_data_file_size_bytes",
        "vacuum_max_metadata_files_to_keep",
        "vacuum_max_snapshot_age_seconds",
        "vacuum_min_snapshots_to_keep",
    }
)
COMMON = frozenset({"format", "is_external", "table_type", "write_compression"})
ICEBERG = COMMON | ICEBERG_SETTINGS | {"location", "partitioning"}
HIVE = COMMON | {
    "bucket_count",
    "bucketed_by",
    "external_location",
    "field_delimiter",
    "orc_compression",
    "parquet_compression",
    "partitioned_by",
}
COMPRESSIONS = ("write_compression", "parquet_compression", "orc_compression")


def parse(items: list[list[Token]]) -> dict[str, Value]:
    """The `WITH (…)` of a CTAS; QueryError when a property comes twice or its value is none."""
    found: dict[str, Value] = {}
    for item in items:
        key = item[0].text.lower()
        if key in found:
            raise QueryError("SYNTAX_ERROR", f"Duplicate property: {key}")
        if len(item) < 3 or not item[1].is_mark("="):
            raise QueryError("SYNTAX_ERROR", f"Property '{key}' has no value")
        found[key] = _value(key, item[2:])
    return found


def _value(key: str, tokens: list[Token]) -> Value:
    first = tokens[0]
    if first.is_word("ARRAY"):
        return [token.text for token in tokens if token.kind == "string"]
    if len(tokens) == 1 and first.kind == "string":
        return first.text
    if len(tokens) == 1 and first.kind == "number" and first.text.isdigit():
        return int(first.text)
    if len(tokens) == 1 and first.is_word("TRUE", "FALSE"):
        return first.text.upper() == "TRUE"
    raise QueryError("INVALID_TABLE_PROPERTY", f"Unable to read the value of table property '{key}'")


def is_iceberg(given: dict[str, Value]) -> bool:
    """Which table is wanted; QueryError for an unknown one, or a property that its kind does not have."""
    kind = str(given.get("table_type", "HIVE")).upper()
    if kind not in ("HIVE", "ICEBERG"):
        raise QueryError("INVALID_TABLE_PROPERTY", f"Unable to set catalog 'awsdatacatalog' table property 'table_type' to ['{kind}']")
    unknown = sorted(given.keys() - (ICEBERG if kind == "ICEBERG" else HIVE))
    if unknown:
        raise QueryError("INVALID_TABLE_PROPERTY", f"Catalog 'awsdatacatalog' table property '{unknown[0]}' does not exist")
    return kind == "ICEBERG"


def for_iceberg(given: dict[str, Value]) -> list[str]:
    """Trino's `with` of an Iceberg table; QueryError without what Athena requires."""
    if given.get("is_external") is not False:
        raise QueryError("INVALID_TABLE_PROPERTY", "Table property 'is_external' must be false for an Iceberg table")
    if not given.get("location"):
        raise QueryError("MISSING_TABLE_PROPERTY", "Table property 'location' is required for an Iceberg table")
    written = [
        f"location = {literal(str(given['location']).rstrip('/'))}",
        f"format = {literal(str(given.get('format', 'parquet')).upper())}",
    ]
    if given.get("partitioning"):
        written.append(f"partitioning = {array(given['partitioning'])}")
    settings = {key: str(value) for key, value in given.items() if key in ICEBERG_SETTINGS}
    return written + ([f"extra_properties = {mapping(settings)}"] if settings else [])


def for_hive(given: dict[str, Value], location: str) -> list[str]:
    """Trino's `with` of a Hive table that lies in `location`."""
    written = [f"external_location = {literal(location)}", f"format = {literal(str(given.get('format', 'parquet')).upper())}"]
    named = (key for key in ("partitioned_by", "bucketed_by") if given.get(key))
    written += [f"{key} = {array([name.lower() for name in given[key]])}" for key in named]
    if "bucket_count" in given:
        written.append(f"bucket_count = {given['bucket_count']}")
    if "field_delimiter" in given:
        written.append(f"textfile_field_separator = {literal(given['field_delimiter'])}")
    return written


def settings_of(query: Query, database: str, name: str) -> dict[str, str]:
    """What an Iceberg table keeps for OPTIMIZE and VACUUM."""
    rows = query.engine.run(f"table {query.iceberg(database, f'{name}$properties')}").rows
    return {key: value for key, value in rows if key in ICEBERG_SETTINGS}


def compression(given: dict[str, Value]) -> str | None:
    """The codec that is asked for, as Trino names it; None for the format's own."""
    named = next((given[key] for key in COMPRESSIONS if key in given), None)
    return None if named is None else str(named).upper()


def array(values: Value) -> str:
    return f"array[{', '.join(map(literal, values))}]"


def mapping(values: dict[str, str]) -> str:
    return f"map({array(list(values))}, {array(list(values.values()))})"
