"""boto3 clients of a local Athena, whatever the environment says."""

from typing import Any

import boto3
from botocore.config import Config

from infra.local_athena import places
from infra.local_athena.state import State

MANY = Config(max_pool_connections=32)
SECRET = "local"  # noqa: S105 (nothing checks it; the key tells whose client it is)


def options(known: State) -> dict[str, str]:
    """What boto3 and PyAthena take."""
    return {
        "endpoint_url": known.endpoint,
        "aws_access_key_id": known.access_key,
        "aws_secret_access_key": SECRET,
        "region_name": places.REGION,
    }


def make(known: State, service: str) -> Any:
    """A client, which threads may share, of its own session, which they may not."""
    return boto3.session.Session().client(service, config=MANY, **options(known))
