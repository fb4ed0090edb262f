"""OPTIMIZE, VACUUM and MSCK REPAIR TABLE."""

from infra.local_athena.athena import properties
from infra.local_athena.athena.errors import not_implemented
from infra.local_athena.athena.lexer import Cursor, literal, with_doubles
from infra.local_athena.athena.query import DDL, DML, Query
from infra.local_athena.trino_server import HIVE

SNAPSHOT_AGE_SECONDS = 432_000  # Athena's default: five days


def optimize(query: Query) -> None:
    query.is_a(DML, "OPTIMIZE")
    cursor = Cursor(query.sql)
    cursor.expect("OPTIMIZE")
    database, name = query.resolve(cursor.names())
    cursor.expect("REWRITE", "DATA", "USING", "BIN_PACK")
    condition = with_doubles(cursor.rest())
    if condition:
        cursor.expect("WHERE")
    query.engine.run(f"alter table {query.require_iceberg(database, name, 'OPTIMIZE')} execute optimize {condition}")


def vacuum(query: Query) -> None:
    """Forget snapshots that are older than the table's setting, then the files that no snapshot names."""
    query.is_a(DDL, "VACUUM")
    cursor = Cursor(query.sql)
    cursor.expect("VACUUM")
    database, name = query.resolve(cursor.names())
    cursor.end()
    table = query.require_iceberg(database, name, "VACUUM")
    settings = properties.settings_of(query, database, name)
    if settings.get("vacuum_min_snapshots_to_keep", "1") != "1":
        raise not_implemented("VACUUM of a table that keeps more than one snapshot whatever its age (vacuum_min_snapshots_to_keep)")
    age = literal(f"{int(settings.get('vacuum_max_snapshot_age_seconds', SNAPSHOT_AGE_SECONDS))}s")
    for procedure in ("expire_snapshots", "remove_orphan_files"):
        query.engine.run(f"alter table {table} execute {procedure}(retention_threshold => {age})")


def repair(query: Query) -> None:
    query.is_a(DDL, "MSCK_REPAIR")
    cursor = Cursor(query.sql)
    cursor.expect("MSCK", "REPAIR", "TABLE")
    database, name = query.resolve(cursor.names())
    cursor.end()
    procedure = f"{HIVE}.system.sync_partition_metadata"
    query.engine.run(f"call {procedure}({literal(database)}, {literal(name)}, 'ADD')")
