"""boto3 clients of a local Athena, whatever the environment says; and clients that are made once."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from boto3.session import Session
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


@contextmanager
def kept() -> Iterator[None]:
    """Meanwhile whoever asks any boto3 session for a client gets the one that was made before for the same place, key and settings.

    dbt-athena and PyAthena make sessions and clients for single calls. That takes 50 ms, ten times the call to a server on the same
    machine: more than half of what dbt computes here. On AWS nobody sees it beside the waiting.
    """
    make_client = Session.client
    made: dict[tuple[str, ...], Any] = {}
    making = threading.Lock()

    def client(session: Session, service_name: str, region_name: str | None = None, **given: Any) -> Any:
        credentials = session.get_credentials()
        settings = {name: vars(value) if isinstance(value, Config) else value for name, value in given.items()}
        key = (
            service_name,
            str(region_name or session.region_name),
            os.environ.get("AWS_ENDPOINT_URL", ""),
            credentials.access_key if credentials else "",
            repr(sorted(settings.items())),
        )
        with making:
            if key not in made:
                made[key] = make_client(session, service_name, region_name, **given)
            return made[key]

    Session.client = client
    try:
        yield
    finally:
        Session.client = make_client
