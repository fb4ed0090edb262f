"""Raw on Athena: Parquet on S3, Glue databases `<schema>_raw_pos`, `…_loyalty`, `…_promotions`, and `…_meta`."""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import boto3
import dlt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from dlt.common.configuration.specs import AwsCredentials

from ingestion import settings
from ingestion.destinations.athena import RawAthena, completed_loads
from ingestion.destinations.aws import Athena, check, configured, refusals
from ingestion.destinations.bucket import LAYOUT, Bucket
from ingestion.destinations.glue import Database
from ingestion.destinations.publication import Publication
from ingestion.raw_meta import FORMAT, LOAD_ID, LOADS, RUNS, Clock, ResourceLoad, Run, SourceTotal, State, check_format

# One row a resource with the clock beside it, so that one change of the table's location replaces both; two views show them apart.
STATE = "state"
MOST_KEYS = 1000  # in one DELETE
CLOCK = "as_of, as_of_date, households, loaded_at"
COLUMNS = {
    "format": ("bigint", pa.int64()),
    "resource": ("string", pa.string()),
    "as_of": ("timestamp", pa.timestamp("ms")),
    "as_of_date": ("date", pa.date32()),
    "households": ("bigint", pa.int64()),
    "loaded_at": ("timestamp", pa.timestamp("ms")),
    "row_count": ("bigint", pa.int64()),
    "sales_amount": ("decimal(18,2)", pa.decimal128(18, 2)),
    "retail_discount_amount": ("decimal(18,2)", pa.decimal128(18, 2)),
    "coupon_discount_amount": ("decimal(18,2)", pa.decimal128(18, 2)),
    "coupon_match_discount_amount": ("decimal(18,2)", pa.decimal128(18, 2)),
}
# The run history: a file a run, which the run's end writes anew.
HISTORY = {
    RUNS: {
        "run_id": ("string", pa.string()),
        "command": ("string", pa.string()),
        "as_of_date": ("date", pa.date32()),
        "started_at": ("timestamp", pa.timestamp("ms")),
        "ended_at": ("timestamp", pa.timestamp("ms")),
        "outcome": ("string", pa.string()),
        "error": ("string", pa.string()),
    },
    LOADS: {
        "run_id": ("string", pa.string()),
        "resource": ("string", pa.string()),
        "load_id": ("string", pa.string()),
        "rows_loaded": ("bigint", pa.int64()),
        "rows_deleted": ("bigint", pa.int64()),
        "rows_rejected": ("bigint", pa.int64()),
        "bytes_loaded": ("bigint", pa.int64()),
        "retries": ("bigint", pa.int64()),
        "seconds": ("double", pa.float64()),
        "first_at": ("timestamp", pa.timestamp("ms")),
        "last_at": ("timestamp", pa.timestamp("ms")),
    },
}
VIEWS = {
    "clock": f"select distinct {CLOCK}",
    "source_totals": f"select {', '.join(name for name in COLUMNS if name not in ('format', 'loaded_at'))}",
}


class AthenaRaw:
    """Raw in the databases that the environment names."""

    def __init__(self, athena: Athena) -> None:
        self._athena = athena
        self._meta = Database(athena.database("meta"))
        self.anew = athena.anew

    def pipeline(self, system: str) -> dlt.Pipeline:
        # the SDK's own session, or dlt would look for credentials in places of its own
        credentials = AwsCredentials.from_session(boto3.Session())
        destination = RawAthena(bucket_url=self._athena.raw, credentials=credentials, layout=LAYOUT)
        return dlt.pipeline(
            system, pipelines_dir=str(self._pipelines()), destination=destination, dataset_name=self._athena.database(system)
        )

    def _pipelines(self) -> object:
        """dlt's folder: cursors of one Athena must not be taken for another's."""
        place = f"{os.environ.get('AWS_ENDPOINT_URL', '')} {self._athena.raw} {self._athena.schema}"
        return settings.dlt_folder("athena") / hashlib.sha256(place.encode()).hexdigest()[:16]

    def sweep(self, system: str) -> None:
        database = self._athena.database(system)
        Publication(self._athena, database).sweep(completed_loads(self._athena, database))

    def clock(self) -> Clock | None:
        rows = self._state(CLOCK)
        return Clock(*rows[0]) if rows else None

    def totals(self) -> dict[str, int]:
        """Rows of each resource in its source at the last complete load."""
        return dict(self._state("resource, row_count"))

    def check_format(self) -> None:
        """UserError when another version of Aisle with another format recorded the last load."""
        for (version,) in self._state("distinct format")[:1]:
            check_format(version, f"{self._meta.name} on Athena", self.anew)

    def _state(self, columns: str) -> list[tuple]:
        return self._athena.rows(f'select {columns} from "{self._meta.name}"."{STATE}"') if STATE in self._meta.tables() else []

    def counts(self, resources: Iterable[str]) -> dict[str, int]:
        counts = dict.fromkeys(resources, 0)
        databases = {name.partition(".")[0] for name in counts}
        present = {f"{system}.{table}" for system in databases for table in Database(self._athena.database(system)).tables()}
        parts = [
            f"""select '{resource}', count(*) from "{self._athena.database(resource.partition(".")[0])}"."{resource.partition(".")[2]}" """
            for resource in counts
            if resource in present
        ]
        return counts | dict(self._athena.rows(" union all ".join(parts)) if parts else [])

    def keys(self, resource: str, key: str, cursor: str, since: Any) -> pa.Table:
        known = f"timestamp '{since}'" if isinstance(since, datetime) else int(since)
        found = self._athena.rows(f'select "{key}" from {self._table(resource)} where "{cursor}" >= {known}')
        return pa.table({key: pa.array([value for (value,) in found], pa.int64())})

    def keep(self, resource: str, keys: pa.Table) -> int:
        (key,) = keys.column_names
        held = pa.array([value for (value,) in self._athena.rows(f'select "{key}" from {self._table(resource)}')], keys.schema.types[0])
        gone = held.filter(pc.invert(pc.is_in(held, keys[key].combine_chunks()))).to_pylist()
        for start in range(0, len(gone), MOST_KEYS):
            named = ", ".join(str(int(value)) for value in gone[start : start + MOST_KEYS])
            self._athena.rows(f'delete from {self._table(resource)} where "{key}" in ({named})')
        return len(gone)

    def _table(self, resource: str) -> str:
        system, _, table = resource.partition(".")
        return f'"{self._athena.database(system)}"."{table}"'

    def brought(self, resource: str, load_id: str) -> int:
        return self._athena.rows(f"select count(*) from {self._table(resource)} where {LOAD_ID} = '{load_id}'")[0][0]

    def drop(self, resource: str) -> None:
        system, _, table = resource.partition(".")
        database = self._athena.database(system)
        Database(database).drop(table)
        Bucket(self._athena).remove(f"{database}/{table}")

    def note(self, run: Run, loads: Sequence[ResourceLoad] = ()) -> None:
        self._meta.create()
        present, bucket = self._meta.tables(), Bucket(self._athena)
        for table, rows in ((RUNS, [run]), (LOADS, loads)):
            columns, folder = HISTORY[table], f"{self._meta.name}/{table}"
            if rows:
                file = pa.BufferOutputStream()
                schema = pa.schema([(name, kind) for name, (_, kind) in columns.items()])
                records = [{name: to_millisecond(value) for name, value in asdict(row).items()} for row in rows]
                pq.write_table(pa.Table.from_pylist(records, schema), file)
                bucket.put(f"{folder}/{run.run_id}.parquet", file.getvalue().to_pybytes())
            if table not in present:
                self._meta.put(table, {name: kind for name, (kind, _) in columns.items()}, bucket.address(folder))

    def runs(self) -> list[Run]:
        return [Run(*row) for row in self._history(RUNS, "started_at desc, run_id")]

    def loads(self) -> list[ResourceLoad]:
        return [ResourceLoad(*row) for row in self._history(LOADS, "run_id, resource, load_id")]

    def _history(self, table: str, order: str) -> list[tuple]:
        if table not in self._meta.tables():
            return []
        return self._athena.rows(f'select {", ".join(HISTORY[table])} from "{self._meta.name}"."{table}" order by {order}')

    def forget_clock(self) -> None:
        self._meta.drop(STATE)

    def record(self, now: Clock, totals: Mapping[str, SourceTotal]) -> None:
        stand = (now.as_of, now.as_of_date, now.households, to_millisecond(now.loaded_at))
        rows = [(FORMAT, resource, *stand, total.rows, *total.amounts) for resource, total in totals.items()]
        file = io.BytesIO()
        pq.write_table(
            pa.table(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)), pa.schema([(n, t) for n, (_, t) in COLUMNS.items()])), file
        )
        bucket, folder = Bucket(self._athena), f"{self._meta.name}/{STATE}/{now.loaded_at:%Y%m%dT%H%M%S%f}"
        bucket.put(f"{folder}/{STATE}.parquet", file.getvalue())
        self._meta.create()
        present = self._meta.tables()
        visible = present[STATE]["StorageDescriptor"]["Location"] if STATE in present else ""
        for older in bucket.folders(f"{self._meta.name}/{STATE}"):
            if older not in (visible.rstrip("/").rpartition("/")[2], folder.rpartition("/")[2]):
                bucket.remove(f"{self._meta.name}/{STATE}/{older}")
        self._meta.put(STATE, {name: kind for name, (kind, _) in COLUMNS.items()}, bucket.address(folder), replace=STATE in present)
        for view, columns in VIEWS.items():
            if view not in present:
                self._athena.rows(f'create or replace view "{self._meta.name}"."{view}" as {columns} from "{self._meta.name}"."{STATE}"')


def to_millisecond(value: Any) -> Any:
    """A moment as Athena's Parquet tables hold it; anything else as it is."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000) if isinstance(value, datetime) else value


@contextmanager
def opened() -> Iterator[AthenaRaw]:
    """Raw on Athena; UserError when it is not reachable, and for what AWS refuses meanwhile."""
    athena = configured()
    with refusals():
        check(athena)
        raw = AthenaRaw(athena)
        raw.check_format()
        yield raw


def state() -> State | None:
    """What Athena holds; None before the first complete load."""
    with opened() as raw:
        last, totals = raw.clock(), raw.totals()
        return State(last, totals, raw.counts(totals), runs, raw.loads()) if (runs := raw.runs()) or last else None
