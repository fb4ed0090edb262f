"""OPTIMIZE, VACUUM and MSCK REPAIR TABLE."""

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
    settings = query.iceberg(database, f"{name}$properties")
    found = query.engine.run(f"select value from {settings} where key = 'vacuum_max_snapshot_age_seconds'").rows
    age = literal(f"{int(found[0][0]) if found else SNAPSHOT_AGE_SECONDS}s")
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
