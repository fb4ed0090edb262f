"""Raw on Athena: Parquet on S3, Glue databases `<schema>_raw_pos`, `…_loyalty`, `…_promotions`, and `…_meta`."""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import boto3
import dlt
import pyarrow as pa
import pyarrow.parquet as pq
from dlt.common.configuration.specs import AwsCredentials

from ingestion import settings
from ingestion.destinations.athena import RawAthena, completed_loads
from ingestion.destinations.aws import Athena, check, configured, refusals
from ingestion.destinations.bucket import LAYOUT, Bucket
from ingestion.destinations.glue import Database
from ingestion.destinations.publication import Publication
from ingestion.raw_meta import FORMAT, Clock, SourceTotal, State, check_format

# One row a resource with the clock beside it, so that one change of the table's location replaces both; two views show them apart.
STATE = "state"
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

    def record(self, now: Clock, totals: Mapping[str, SourceTotal]) -> None:
        stand = (now.as_of, now.as_of_date, now.households, now.loaded_at.replace(microsecond=now.loaded_at.microsecond // 1000 * 1000))
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
        last = raw.clock()
        return State(last, totals := raw.totals(), raw.counts(totals)) if last else None
