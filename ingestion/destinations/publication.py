"""What a load brought becomes visible on Athena. Every step may be repeated: a load that is killed anywhere is published again.

Appended tables are partitioned by the load, and a load's partition appears in one call. A replaced table's location moves to the newest
load's folder, in one call. Upserted tables are Iceberg, and a load's rows are merged in one statement; rows that come again unchanged keep
the load that brought them.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from dlt.common.schema import Schema
from dlt.common.schema.utils import get_columns_names_with_prop

from ingestion.destinations.aws import Athena
from ingestion.destinations.bucket import Bucket, load_folder
from ingestion.destinations.glue import Database
from ingestion.errors import UserError
from ingestion.raw_meta import LOAD_ID

HIVE = {"bigint": "bigint", "text": "string", "date": "date", "timestamp": "timestamp", "double": "double", "bool": "boolean"}
INCOMING = "__incoming"  # the end of the name of the table that a MERGE reads
MERGES_AT_ONCE = 4


@dataclass(frozen=True)
class Publication:
    """The tables of one system on Athena."""

    athena: Athena
    database: str

    def publish(self, schema: Schema, load_id: str) -> None:
        """Make the files of a load visible, and the schema's tables that are not there yet."""
        glue = Database(self.database)
        glue.create()
        present = glue.tables()
        tables = schema.data_tables()
        for table in tables:
            check_columns(self.athena, self.database, present.get(table["name"]), hive_columns(table))
            if table["write_disposition"] != "merge":
                self._show(glue, table, load_id, present)
        merged = [table for table in tables if table["write_disposition"] == "merge"]
        with ThreadPoolExecutor(MERGES_AT_ONCE) as pool:
            for done in [pool.submit(self._merge, table, load_id, table["name"] in present) for table in merged]:
                done.result()

    def _show(self, glue: Database, table: Mapping[str, Any], load_id: str, present: Mapping[str, Any]) -> None:
        name, columns, bucket = table["name"], hive_columns(table), Bucket(self.athena)
        folder = load_folder(self.database, name, load_id)
        brought = bucket.has_files(folder)
        if table["write_disposition"] == "replace":
            if brought or name not in present:
                glue.put(name, columns, bucket.address(folder), replace=name in present)
            return
        if name not in present:
            without = {column: kind for column, kind in columns.items() if column != LOAD_ID}
            glue.put(name, without, bucket.address(f"{self.database}/{name}"), partition=LOAD_ID)
        if brought:
            glue.show(name, load_id, bucket.address(folder))

    def _merge(self, table: Mapping[str, Any], load_id: str, present: bool) -> None:
        name, columns, bucket = table["name"], hive_columns(table), Bucket(self.athena)
        folder = load_folder(self.database, name, load_id)
        if not present:
            self.athena.rows(create_iceberg(self.database, name, columns, bucket.address(f"{self.database}/{name}/current")))
        if not bucket.has_files(folder):
            return
        glue, incoming = Database(self.database), f"{name}{INCOMING}"
        glue.drop(incoming)
        without = {column: kind for column, kind in columns.items() if column != LOAD_ID}
        glue.put(incoming, without, bucket.address(f"{self.database}/{name}"), partition=LOAD_ID)
        glue.show(incoming, load_id, bucket.address(folder))
        self.athena.rows(merge(self.database, name, incoming, list(columns), get_columns_names_with_prop(table, "primary_key")))
        glue.drop(incoming)
        bucket.remove(folder)

    def sweep(self, completed: set[str]) -> None:
        """Hide and delete what belongs to no completed load, and the files that replaced and merged tables no longer need."""
        glue, bucket = Database(self.database), Bucket(self.athena)
        for name, table in glue.tables().items():
            if name.endswith(INCOMING):
                glue.drop(name)
                continue
            kept = {table["StorageDescriptor"]["Location"].rstrip("/").rpartition("=")[2]}
            if table.get("PartitionKeys"):
                glue.hide(name, glue.shown(name) - completed)
                kept = completed
            for found in bucket.folders(f"{self.database}/{name}"):
                if found.startswith(f"{LOAD_ID}=") and found.rpartition("=")[2] not in kept:
                    bucket.remove(f"{self.database}/{name}/{found}")


def hive_columns(table: Mapping[str, Any]) -> dict[str, str]:
    """A dlt table's columns with their types in Hive's words."""
    return {
        name: f"decimal({column['precision']},{column['scale']})" if column["data_type"] == "decimal" else HIVE[column["data_type"]]
        for name, column in table["columns"].items()
    }


def check_columns(athena: Athena, database: str, table: Mapping[str, Any] | None, columns: Mapping[str, str]) -> None:
    """UserError when a table that is there has other columns than those promised: files of both kinds would be read as one."""
    if table is None:
        return
    held = {column["Name"]: column["Type"] for column in [*table["StorageDescriptor"]["Columns"], *table.get("PartitionKeys", [])]}
    if held != columns:
        other = sorted(dict(held.items() ^ columns.items()))
        raise UserError(
            f"{database}.{table['Name']} has other columns on Athena than ingestion/schemas ({', '.join(other)}): {athena.anew}."
        )


def create_iceberg(database: str, table: str, columns: Mapping[str, str], location: str) -> str:
    """The statement that makes an upserted table, empty."""
    typed = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
    properties = "'table_type' = 'iceberg', 'format' = 'parquet'"
    return f"create table `{database}`.`{table}` ({typed}) location '{location}' tblproperties ({properties})"


def merge(database: str, table: str, incoming: str, columns: Sequence[str], keys: Sequence[str]) -> str:
    """The statement that upserts what came; a row that differs in nothing but its load stays as it is."""
    same_key = " and ".join(f'held."{key}" = came."{key}"' for key in keys)
    changed = " or ".join(f'held."{name}" is distinct from came."{name}"' for name in columns if name not in (*keys, LOAD_ID))
    assignments = ", ".join(f'"{name}" = came."{name}"' for name in columns if name not in keys)
    return (
        f'merge into "{database}"."{table}" as held using "{database}"."{incoming}" as came on {same_key} '
        f"when matched and ({changed}) then update set {assignments} "
        f"when not matched then insert ({', '.join(map(quoted, columns))}) values ({', '.join(f'came.{quoted(name)}' for name in columns)})"
    )


def quoted(name: str) -> str:
    return f'"{name}"'
