"""AWS as the environment describes it: which bucket, workgroup and databases, and what AWS refuses, in one sentence."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pyathena
from botocore import exceptions as refused
from botocore.config import Config
from pyathena.error import Error as AthenaError

from ingestion.errors import UserError, causes

PATIENCE = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
POLL_SECONDS = 0.1
CATALOG = "awsdatacatalog"
START = "start the local one with `python -m infra.local_athena up`"


@dataclass(frozen=True)
class Athena:
    """Where raw lies: S3 addresses without a slash at the end, the workgroup, the prefix of each Glue database."""

    raw: str
    results: str
    workgroup: str
    schema: str

    @property
    def bucket(self) -> str:
        return self.raw.removeprefix("s3://").partition("/")[0]

    @property
    def prefix(self) -> str:
        """What the keys under `raw` begin with: nothing, or a path with a slash at its end."""
        path = self.raw.removeprefix("s3://").partition("/")[2]
        return f"{path}/" if path else ""

    @property
    def anew(self) -> str:
        return f"start anew with another AISLE_ATHENA_SCHEMA, or drop the databases {self.schema}_raw_* and empty {self.raw}"

    def database(self, system: str) -> str:
        return f"{self.schema}_raw_{system}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Have Athena execute a statement; gives its rows."""
        connection = pyathena.connect(
            s3_staging_dir=f"{self.results}/", work_group=self.workgroup, catalog_name=CATALOG, poll_interval=POLL_SECONDS
        )
        with closing(connection), closing(connection.cursor()) as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


def configured() -> Athena:
    """Athena as AISLE_ATHENA_RAW, …_RESULTS, …_WORKGROUP and …_SCHEMA describe it; UserError when one is missing or malformed."""
    names = {"raw": "RAW", "results": "RESULTS", "workgroup": "WORKGROUP", "schema": "SCHEMA"}
    given = {field: os.environ.get(f"AISLE_ATHENA_{name}", "").rstrip("/") for field, name in names.items()}
    if missing := [f"AISLE_ATHENA_{name}" for field, name in names.items() if not given[field]]:
        raise UserError(f"{', '.join(missing)} must say where Athena keeps its data: set what is missing, or {START}.")
    for field in ("raw", "results"):
        if not re.fullmatch(r"s3://[^/]+(/.+)?", given[field]):
            raise UserError(f"AISLE_ATHENA_{names[field]} is {given[field]!r}: give an address such as s3://bucket/folder/.")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", given["schema"]):
        raise UserError(f"AISLE_ATHENA_SCHEMA is {given['schema']!r}: give small letters, digits and underscores.")
    return Athena(**given)


def client(service: str) -> Any:
    """An SDK client that gives up soon."""
    return boto3.client(service, config=PATIENCE)


def check(athena: Athena) -> None:
    """UserError unless there are credentials, a region, the bucket and the workgroup."""
    _known("bucket", athena.bucket, lambda: client("s3").head_bucket(Bucket=athena.bucket))
    _known("workgroup", athena.workgroup, lambda: client("athena").get_work_group(WorkGroup=athena.workgroup))


def _known(kind: str, name: str, ask: Callable[[], Any]) -> None:
    try:
        ask()
    except refused.ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket", "InvalidRequestException"):
            place = f"AISLE_ATHENA_{'RAW' if kind == 'bucket' else 'WORKGROUP'}"
            raise UserError(f"There is no {kind} {name!r} at AWS as configured: make it, or correct {place}.") from None
        raise


@contextmanager
def refusals() -> Iterator[None]:
    """Raise what AWS refused as one sentence; anything else as it is."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        chain = list(causes(error))
        for cause in chain:
            if sentence := _sentence(cause):
                raise UserError(sentence) from error
        for cause in chain:
            if isinstance(cause, AthenaError):
                reason = " ".join(str(cause).split())
                raise UserError(
                    f"Athena refused a statement ({reason}): see the workgroup's queries, mend that, then load again."
                ) from error
        raise


def _sentence(cause: BaseException) -> str | None:
    """What the SDK says, with its remedy; None for what is not the SDK's."""
    if isinstance(cause, refused.NoRegionError):
        return f"AWS's region is not set: set AWS_DEFAULT_REGION, or {START}."
    if isinstance(cause, refused.NoCredentialsError | refused.PartialCredentialsError | refused.ProfileNotFound):
        return f"There are no AWS credentials ({cause}): set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or {START}."
    if isinstance(cause, refused.ConnectionError | refused.HTTPClientError):
        return f"AWS does not answer ({str(cause).rstrip('.')}): correct AWS_ENDPOINT_URL or the network, or {START}."
    if isinstance(cause, refused.ClientError):
        said = cause.response["Error"]
        return (
            f"AWS refuses {cause.operation_name} ({said.get('Code')}: {str(said.get('Message', '')).rstrip('.')}): "
            "see that the credentials are valid and may do it, then load again."
        )
    return None
