"""dlt's DuckDB destination, made exactly-once.

dlt's own DuckDB destination commits each file and notes it as done afterwards: a process that is killed in between loads the file twice.
Here the rows of a file and its entry in a journal are one transaction, and a file with an entry is skipped; upserts are one MERGE each,
replacements one transaction behind a staging table. A reader sees a table before or after such a step, never within.

All files of a table that wait together go in one statement: 53 weekly files one by one take 1.6 times as long.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import pyarrow.parquet as pq
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations import duckdb as DuckDb  # noqa: N812 (dlt spells its factories as functions)
from dlt.destinations.impl.duckdb.duck import DuckDbClient, DuckDbCopyJob

from ingestion import settings
from ingestion.extensions import literal
from ingestion.raw_meta import LOAD_ID

JOURNAL = "raw_meta.load_journal"
COPYING: dict[str, Lock] = {}  # by table: the files that one job takes along must not be taken by another one meanwhile


class JournaledCopyJob(DuckDbCopyJob):
    """Inserts its Parquet file, and those of its table that wait with it, exactly once; files imported as they are get the load's id."""

    def run(self) -> None:
        client = self._job_client.sql_client
        table = client.make_qualified_table_name(self.load_table_name)
        schema = pq.read_schema(self._file_path)
        add_load_id = LOAD_ID in self._load_table["columns"] and LOAD_ID not in schema.names
        client.execute_sql("set preserve_insertion_order = false")  # a table has none, and keeping it costs a tenth
        with COPYING.setdefault(table, Lock()), waiting(Path(self._file_path)) as waiting_files, client.begin_transaction():
            done = {job for (job,) in client.execute_sql(f"select job_id from {JOURNAL} where load_id = %s", self._load_id)}
            if self.job_id() in done:
                return
            files = {job: file for job, file in waiting_files.items() if job not in done and pq.read_schema(file).equals(schema)}
            client.execute_sql(
                f"insert into {table} by name select *{f', {literal(self._load_id)} as {LOAD_ID}' if add_load_id else ''} "
                f"from read_parquet([{', '.join(literal(file) for file in files.values())}])"
            )
            for job in files:
                client.execute_sql(f"insert into {JOURNAL} values (%s, %s)", self._load_id, job)


@contextmanager
def waiting(file: Path) -> Iterator[dict[str, Path]]:
    """The files of a load package that wait for the table of `file`, by job id: as links, because dlt moves them from folder to folder."""
    table = ParsedLoadJobFileName.parse(file.name).table_name
    with TemporaryDirectory(prefix="copy-", dir=settings.scratch_folder()) as folder:
        links = {}
        for name in ("new_jobs", "started_jobs"):
            for other in (file.parents[1] / name).glob(f"{table}.*.parquet"):
                link = Path(folder) / other.name
                with suppress(FileNotFoundError, FileExistsError):
                    os.link(other, link)
                    links[ParsedLoadJobFileName.parse(other.name).job_id()] = link
        yield links


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
