"""Where files lie: the promotion drops, raw in its file, raw on AWS, and the disk under them."""

import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from botocore import exceptions as refused

from ingestion import settings
from ingestion.destinations import duckdb_raw
from ingestion.doctor import Patient, Skipped, Trouble
from ingestion.doctor.network import dated
from ingestion.errors import UserError

# What a load of the whole year needs at its peak, the files on their way included.
NEEDED_BYTES = 1_000_000_000
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN_KEY = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidClientTokenId", "UnrecognizedClientException")


def drops(place: str) -> Patient:
    """The folder, or bucket, of the promotion files."""
    if place.startswith("s3://"):
        bucket = place.removeprefix("s3://").partition("/")[0]
        return Patient("promotions", of_bucket(bucket, "SOURCES__PROMOTIONS__DROPS"))
    folder = Path(place)

    def name() -> str:
        if not folder.is_dir():
            raise Trouble("folder-missing", f"There is no folder {folder}: correct SOURCES__PROMOTIONS__DROPS, or bring the grocer up.")
        return str(folder)

    def permission() -> str:
        if not os.access(folder, os.R_OK | os.X_OK):
            raise Trouble("no-privilege", f"{folder} may not be read by this user: change its mode or its owner.")
        return "may read"

    return Patient("promotions", {"name": name, "permission": permission})


def of_bucket(bucket: str, setting: str) -> dict[str, Callable[[], str]]:
    """The checks of a bucket, as AWS's SDK is told to reach it."""
    return {
        "login": lambda: _asked(bucket, setting) and "credentials are known",
        "permission": lambda: _asked(bucket, setting) and "may list",
        "clock": lambda: dated(_asked(bucket, setting)["date"], "S3"),
    }


def _asked(bucket: str, setting: str) -> dict[str, str]:
    from ingestion.destinations.aws import client  # AWS's SDK takes half a second: only where a bucket is asked

    try:
        return client("s3").list_objects_v2(Bucket=bucket, MaxKeys=1)["ResponseMetadata"]["HTTPHeaders"]
    except (refused.NoCredentialsError, refused.PartialCredentialsError, refused.ProfileNotFound):
        raise Trouble(
            "credentials-missing",
            "There are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        ) from None
    except (refused.ConnectionError, refused.HTTPClientError):
        raise Trouble("port-silent", "AWS does not answer: correct AWS_ENDPOINT_URL, or see whether the network leads there.") from None
    except refused.ClientError as error:
        raise _refusal(error.response["Error"]["Code"], bucket, setting) from None


def _refusal(code: str, bucket: str, setting: str) -> Trouble:
    if code in ("404", "NoSuchBucket"):
        return Trouble("bucket-missing", f"There is no bucket {bucket!r}: make it, or correct {setting}.")
    if code in EXPIRED:
        return Trouble("secret-expired", "The AWS credentials have expired: log in again (`aws sso login`), or renew the session token.")
    if code in UNKNOWN_KEY:
        return Trouble("secret-wrong", "AWS does not know the access key, or its secret is wrong: correct both.")
    if code == "RequestTimeTooSkewed":
        return Trouble("clock-skew", "S3 refuses requests because this machine's clock is wrong: set it (chronyd or timedatectl).")
    return Trouble("no-privilege", f"The AWS credentials may not list {bucket!r} ({code}): have s3:ListBucket and s3:GetObject granted.")


def raw(to: str) -> Patient:
    """Raw on a target."""
    if to == "duckdb":
        return Patient("raw", {"permission": _writable, "lock": _unlocked, "disk": _room, "version": _of_this_version})
    from ingestion.destinations.aws import configured

    try:
        athena = configured()
    except UserError as error:
        sentence = str(error)
        return Patient("raw", {"name": lambda: _not_configured(sentence)})

    def schema() -> str:
        from ingestion.destinations.aws import check

        try:
            check(athena)
        except UserError as error:
            raise Trouble("workgroup-missing", str(error)) from None
        return "bucket and workgroup"

    checks: dict[str, Any] = of_bucket(athena.bucket, "AISLE_ATHENA_RAW") | {"schema": schema, "disk": _room}
    return Patient("raw", checks)


def _not_configured(sentence: str) -> str:
    raise Trouble("settings-missing", sentence)


def _existing() -> Path:
    """The warehouse, or the nearest folder above it that is there."""
    return next(folder for folder in (settings.warehouse(), *settings.warehouse().absolute().parents) if folder.is_dir())


def _writable() -> str:
    if not os.access(_existing(), os.W_OK | os.X_OK):
        raise Trouble("no-privilege", f"{_existing()} may not be written by this user: change its owner, or set AISLE_WAREHOUSE.")
    return str(settings.warehouse())


def _unlocked() -> str:
    lock = settings.warehouse() / ".load.lock"
    if lock.exists():
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Trouble("load-running", f"A load into {settings.warehouse()} is running: wait until it has ended.") from None
    try:
        _opened()
    except UserError as error:
        if "Another program" in str(error):
            raise Trouble("raw-locked", str(error)) from None
    return "free"


def _of_this_version() -> str:
    try:
        return _opened()
    except UserError as error:
        raise Trouble("version-mismatch", str(error)) from None


def _opened() -> str:
    if not settings.raw_file().is_file():
        raise Skipped("nothing is loaded yet")
    with closing(duckdb_raw.open_read_only(settings.raw_file())):
        return "can be read"


def _room() -> str:
    free = shutil.disk_usage(_existing()).free
    if free < NEEDED_BYTES:
        raise Trouble(
            "disk-full",
            f"{_existing()} has {free / 1e9:.2f} GB free, and a load may need {NEEDED_BYTES / 1e9:.0f}: free some, or set AISLE_WAREHOUSE.",
        )
    return f"{free / 1e9:,.0f} GB free"
