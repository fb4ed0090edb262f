"""Where dlt lands: the one place that makes the destination, so that another engine is a change here only.

dlt's own DuckDB destination commits each file and notes it as done afterwards: a process that is killed in between loads the file twice.
Here the rows of a file and its entry in a journal are one transaction, and a file with an entry is skipped; upserts are one MERGE each,
replacements one transaction behind a staging table. A reader sees a table before or after such a step, never within.
"""

from typing import Any

import duckdb
import pyarrow.parquet as pq
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.destinations import duckdb as DuckDb  # noqa: N812 (dlt spells its factories as functions)
from dlt.destinations.impl.duckdb.duck import DuckDbClient, DuckDbCopyJob

from ingestion import settings
from ingestion.extensions import literal

LOAD_ID = "_dlt_load_id"
JOURNAL = "raw_meta.load_journal"


class JournaledCopyJob(DuckDbCopyJob):
    """Inserts a Parquet file exactly once, with the load's id for files that were imported as they are."""

    def run(self) -> None:
        client = self._job_client.sql_client
        with client.begin_transaction():
            if client.execute_sql(f"select 1 from {JOURNAL} where load_id = %s and job_id = %s", self._load_id, self.job_id()):
                return
            add_load_id = LOAD_ID in self._load_table["columns"] and LOAD_ID not in pq.read_schema(self._file_path).names
            client.execute_sql(
                f"insert into {client.make_qualified_table_name(self.load_table_name)} by name "
                f"select *{f', {literal(self._load_id)} as {LOAD_ID}' if add_load_id else ''} from read_parquet({literal(self._file_path)})"
            )
            client.execute_sql(f"insert into {JOURNAL} values (%s, %s)", self._load_id, self.job_id())


class RawClient(DuckDbClient):
    """dlt's DuckDB client with the journal; an entry lives until its load is complete."""

    def initialize_storage(self, truncate_tables: Any = None) -> None:
        super().initialize_storage(truncate_tables)
        self.sql_client.execute_sql("create schema if not exists raw_meta")
        self.sql_client.execute_sql(f"create table if not exists {JOURNAL} (load_id varchar, job_id varchar)")

    def create_load_job(self, table: Any, file_path: str, load_id: str, restore: bool = False) -> Any:
        job = super().create_load_job(table, file_path, load_id, restore)
        return JournaledCopyJob(file_path) if type(job) is DuckDbCopyJob else job

    def complete_load(self, load_id: str) -> None:
        loads = self.sql_client.make_qualified_table_name(self.schema.loads_table_name)
        with self.sql_client.begin_transaction():
            if not self.sql_client.execute_sql(f"select 1 from {loads} where load_id = %s", load_id):
                super().complete_load(load_id)
            self.sql_client.execute_sql(f"delete from {JOURNAL} where load_id = %s", load_id)


class RawDuckDb(DuckDb):
    """The factory that pipelines get."""

    def _raw_capabilities(self) -> DestinationCapabilitiesContext:
        capabilities = super()._raw_capabilities()
        capabilities.supports_transactions = True
        capabilities.preferred_loader_file_format = "parquet"
        capabilities.supported_loader_file_formats = ["parquet"]
        return capabilities

    @property
    def client_class(self) -> type[RawClient]:
        return RawClient


RawDuckDb.register()


def raw() -> RawDuckDb:
    """`raw.duckdb`, whole tables replaced behind a staging table."""
    return RawDuckDb(credentials=str(settings.raw_file()), replace_strategy="insert-from-staging")


def sweep(connection: duckdb.DuckDBPyConnection, dataset: str) -> int:
    """Delete the rows of loads that never completed and that nothing will resume; gives their number.

    Call it only when dlt has nothing pending: such rows stay when dlt's folder was lost in the middle of a load.
    """
    tables = connection.execute(
        "select table_name from duckdb_columns() where schema_name = ? and column_name = ? and database_name = current_database()",
        [dataset, LOAD_ID],
    ).fetchall()
    deletions = (
        connection.execute(f'delete from {dataset}."{table}" where {LOAD_ID} not in (select load_id from {dataset}._dlt_loads)').fetchone()
        for (table,) in tables
    )
    return sum(deleted[0] for deleted in deletions if deleted)
