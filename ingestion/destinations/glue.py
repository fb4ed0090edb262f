"""Tables of Parquet files in the Glue catalogue. Each change is one call, so that a reader sees a table before or after it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ingestion.destinations.aws import client

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
MOST_DELETIONS = 25  # of partitions, in one call


@dataclass(frozen=True)
class Database:
    """One Glue database; columns are `{name: Hive type}`, locations `s3://…` without a slash at the end."""

    name: str

    @cached_property
    def _glue(self) -> Any:
        return client("glue")

    def create(self) -> None:
        """Make it unless it is there."""
        try:
            self._glue.create_database(DatabaseInput={"Name": self.name})
        except self._glue.exceptions.AlreadyExistsException:
            return

    def tables(self) -> dict[str, dict[str, Any]]:
        """Every table as Glue describes it, by name; none when there is no such database."""
        try:
            pages = list(self._glue.get_paginator("get_tables").paginate(DatabaseName=self.name))
        except self._glue.exceptions.EntityNotFoundException:
            return {}
        return {table["Name"]: table for page in pages for table in page["TableList"]}

    def put(self, table: str, columns: Mapping[str, str], location: str, *, partition: str | None = None, replace: bool = False) -> None:
        """Make an external table, partitioned by a string column if it names one; `replace` lets one that is there hold this instead."""
        definition = {
            "Name": table,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
            "StorageDescriptor": PARQUET
            | {"Columns": [{"Name": name, "Type": kind} for name, kind in columns.items()], "Location": f"{location}/"},
            "PartitionKeys": [{"Name": partition, "Type": "string"}] if partition else [],
        }
        change = self._glue.update_table if replace else self._glue.create_table
        change(DatabaseName=self.name, TableInput=definition)

    def drop(self, table: str) -> None:
        """Forget a table unless it is gone; its files stay."""
        try:
            self._glue.delete_table(DatabaseName=self.name, Name=table)
        except self._glue.exceptions.EntityNotFoundException:
            return

    def show(self, table: str, value: str, location: str) -> None:
        """Make the files of a partition visible, unless they are."""
        described = self._glue.get_table(DatabaseName=self.name, Name=table)["Table"]["StorageDescriptor"]
        partition = {"Values": [value], "StorageDescriptor": described | {"Location": f"{location}/"}}
        try:
            self._glue.create_partition(DatabaseName=self.name, TableName=table, PartitionInput=partition)
        except self._glue.exceptions.AlreadyExistsException:
            return

    def shown(self, table: str) -> set[str]:
        """The values of the visible partitions."""
        pages = self._glue.get_paginator("get_partitions").paginate(DatabaseName=self.name, TableName=table, ExcludeColumnSchema=True)
        return {partition["Values"][0] for page in pages for partition in page["Partitions"]}

    def hide(self, table: str, values: Iterable[str]) -> None:
        """Make partitions invisible; their files stay."""
        gone = [{"Values": [value]} for value in values]
        for start in range(0, len(gone), MOST_DELETIONS):
            self._glue.batch_delete_partition(
                DatabaseName=self.name, TableName=table, PartitionsToDelete=gone[start : start + MOST_DELETIONS]
            )
