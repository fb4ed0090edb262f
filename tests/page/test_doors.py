"""Nobody from elsewhere gets in, and nobody elsewhere is asked."""

from collections.abc import Iterator
from typing import NoReturn

import pytest
import requests
from streamlit import config, logger, net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from serving.page.doors import shut


@pytest.fixture
def _shut(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(net_util, name, getattr(net_util, name))
    hosts = config.get_option("server.allowedHosts")
    shut()
    yield
    config.set_option("server.allowedHosts", hosts)
    logger.set_log_level("info")


@pytest.mark.usefixtures("_shut")
def test_an_unknown_origin_is_refused_without_asking_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> NoReturn:
        raise BaseException("another machine was asked")  # noqa: TRY002 (Streamlit swallows every Exception)

    monkeypatch.setattr(requests, "get", asked)
    monkeypatch.setattr("socket.socket.connect", asked)
    assert not is_url_from_allowed_origins("http://elsewhere.example")
    assert is_url_from_allowed_origins("http://127.0.0.1:8322")


@pytest.mark.usefixtures("_shut")
@pytest.mark.parametrize(("host", "allowed"), [("127.0.0.1:8322", True), ("localhost", True), ("elsewhere.example:8322", False)])
def test_only_this_machines_own_names_are_answered(host: str, *, allowed: bool) -> None:
    assert is_host_allowed(host) == allowed
