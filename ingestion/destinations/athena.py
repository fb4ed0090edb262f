"""dlt's filesystem destination on S3, whose loads become visible on Athena when they are complete, all tables of a system together.

A file's key holds its load and its job, so a load that is killed and resumed writes the same keys again; nobody sees them before
`complete_load`. dlt's own athena destination shows each file as soon as it lies there, and keeps its books with an Iceberg commit a load.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.destination.client import LoadJob
from dlt.destinations import filesystem as Filesystem  # noqa: N812 (dlt spells its factories as functions)
from dlt.destinations.impl.filesystem.filesystem import FilesystemClient, FilesystemLoadJob

from ingestion.destinations.aws import Athena, configured
from ingestion.destinations.bucket import Bucket
from ingestion.destinations.publication import Publication
from ingestion.errors import UserError
from ingestion.raw_meta import LOAD_ID

LOADS = "_dlt_loads"


class UploadJob(FilesystemLoadJob):
    """Puts its Parquet file where its load's files lie; a file without rows is left out."""

    def run(self) -> None:
        with pq.ParquetFile(self._file_path) as file:
            rows = file.metadata.num_rows
            if self._load_table["write_disposition"] == "replace" and LOAD_ID not in file.schema_arrow.names:
                raise ValueError(f"{self.load_table_name}: the files of a replaced table must hold their load id, no partition has it")
            check_precision(self.load_table_name, file)
        if rows:
            super().run()


def check_precision(table: str, file: pq.ParquetFile) -> None:
    """UserError when a moment is finer than a millisecond: Athena would cut it off in silence."""
    moments = [field.name for field in file.schema_arrow if pa.types.is_timestamp(field.type)]
    for batch in file.iter_batches(columns=moments) if moments else ():
        for name in moments:
            try:
                batch[name].cast(pa.timestamp("ms"))
            except pa.ArrowInvalid:
                raise UserError(
                    f"{table}.{name} has moments finer than a millisecond, which Athena's Parquet tables do not hold: "
                    "have the source round them, then load again."
                ) from None


class RawClient(FilesystemClient):
    """dlt's filesystem client, with Athena told of each complete load."""

    def initialize_storage(self, truncate_tables: Any = None) -> None:
        if self.dataset_name == self.config.normalize_dataset_name(self.schema):  # a staging dataset would stay empty
            super().initialize_storage(truncate_tables)

    def should_truncate_table_before_load(self, table_name: str) -> bool:  # noqa: ARG002 (dlt asks for each table)
        return False  # a replaced table shows its old files until the new ones are complete

    def get_load_job_class(self, table: Any, file_path: str) -> type[LoadJob]:
        job = super().get_load_job_class(table, file_path)
        return UploadJob if job is FilesystemLoadJob else job

    def complete_load(self, load_id: str) -> None:
        Publication(configured(), self.dataset_name).publish(self.schema, load_id)
        super().complete_load(load_id)


class RawAthena(Filesystem):
    """The factory that pipelines get."""

    def _raw_capabilities(self) -> DestinationCapabilitiesContext:
        capabilities = super()._raw_capabilities()
        capabilities.preferred_loader_file_format = "parquet"
        capabilities.supported_loader_file_formats = ["parquet"]
        capabilities.supported_merge_strategies = ["upsert"]
        capabilities.merge_strategies_selector = None
        capabilities.loader_file_format_selector = None
        return capabilities

    @property
    def client_class(self) -> type[RawClient]:
        return RawClient


RawAthena.register()


def completed_loads(athena: Athena, database: str) -> set[str]:
    """The ids of the loads that dlt has noted as complete."""
    return {Path(name).stem.rpartition("__")[2] for name in Bucket(athena).files(f"{database}/{LOADS}")}
