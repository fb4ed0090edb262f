"""What is compared of two warehouses, and what an increment wrote."""

import re

import duckdb

from tests.support import Warehouse, differences, tables

# When and by which load a row arrived is the one thing that steps may change.
LOAD_COLUMNS = frozenset({"_dlt_load_id", "_dlt_id", "load_id", "load_number", "loaded_at"})
# They hold what each load saw, which is what steps are for; tests/history compares them with the events.
SNAPSHOTS = "snapshots."
# It is not built here: tests/vault_models loads it in steps.
VAULT = "vault."
# A row a refresh, and a row a load: they say which steps there were.
LEDGERS = ("serving.mv_ledger", "serving.vw_loads")
NO_VAULT = ("--exclude", "vault")
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test", *NO_VAULT)


def facts_that_differ(left: Warehouse, right: Warehouse) -> dict[str, tuple[int, int, int]]:
    """Table → rows, rows that only the left one holds, rows that only the right one holds; of tables that are not equal."""
    compared = [table for table in tables(left.built) if not table.startswith((SNAPSHOTS, VAULT, *LEDGERS))]
    found = {table: differences(left.built, right.built, table, LOAD_COLUMNS) for table in compared}
    return {table: counts for table, counts in found.items() if counts[1:] != (0, 0)}


def rows_written(warehouse: Warehouse, before: Warehouse) -> dict[str, int]:
    """Incremental model of the star → rows that the last dbt command wrote: its compiled statement, asked again of the table before."""
    manifest, results = warehouse.artifact("manifest")["nodes"], warehouse.artifact("run_results")["results"]
    written = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.built}' as aisle (read_only); attach '{before.built}' as before (read_only)")
        connection.execute(f"attach '{warehouse.raw}' as raw (read_only)")
        for result in results:
            node = manifest.get(result["unique_id"], {"config": {}})
            if node["config"].get("materialized") == "incremental" and node["schema"] == "star":
                itself = re.compile(rf'"aisle"\."{node["schema"]}"\."{node["name"]}"')
                statement, replaced = itself.subn(f'"before"."{node["schema"]}"."{node["name"]}"', result["compiled_code"])
                assert replaced, f"{node['name']} was not built as an increment"
                [written[node["name"]]] = connection.execute(f"select count(*) from ({statement})").fetchone()
    return written


def rows_changed(after: Warehouse, before: Warehouse, table: str) -> int:
    """Rows of an incremental model of the star that came, changed or went; a row that changed counts once, by its unique key."""
    [config] = [node["config"] for node in after.artifact("manifest")["nodes"].values() if node["name"] == table]
    key = config["unique_key"] or "*"
    columns = key if isinstance(key, str) else ", ".join(key)
    new, old = f"from star.{table}", f"from before.star.{table}"
    with duckdb.connect(str(after.built), read_only=True) as connection:
        connection.execute(f"attach '{before.built}' as before (read_only)")
        both = f"(select {columns} from ({new} except {old})) union (select {columns} from ({old} except {new}))"
        return connection.execute(f"select count(*) from ({both})").fetchone()[0]
