"""Clients that are made once: the same for the same place, key and settings, another for any other."""

from typing import Any

import pytest
from boto3.session import Session
from botocore.config import Config

from infra.local_athena import clients

HERE = {"endpoint_url": "http://127.0.0.1:1", "region_name": "us-east-1"}


def client(key: str = "a", service: str = "s3", **options: Any) -> Any:
    """A client of a session of its own, as dbt-athena and PyAthena make them."""
    return Session(aws_access_key_id=key, aws_secret_access_key="local").client(service, **HERE | options)


def test_sessions_share_a_client_and_another_place_key_or_setting_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with clients.kept():
        first = client(config=Config(read_timeout=5))
        assert client(config=Config(read_timeout=5)) is first
        others = [
            client(config=Config(read_timeout=6)),
            client(),
            client(key="b"),
            client(service="glue"),
            client(endpoint_url="http://127.0.0.1:2"),
            client(region_name="eu-west-1"),
        ]
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:3")
        others.append(client(endpoint_url=None))
        assert len({first, *others}) == 8
        assert others[-1].meta.endpoint_url == "http://127.0.0.1:3"


def test_afterwards_each_has_its_own_again() -> None:
    before = Session.client
    with clients.kept():
        assert client() is client()
    assert Session.client is before
