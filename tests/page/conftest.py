"""The page of the published subset: in this process, and by the command that users run, with a real browser before it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import requests
import streamlit as st

from tests.page import browser
from tests.page.browser import Browser
from tests.support import ROOT, Warehouse


@pytest.fixture
def served(published: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """The published subset as this process's own, nothing kept of another."""
    monkeypatch.setenv("AISLE_WAREHOUSE", str(published.folder))
    st.cache_resource.clear()
    st.cache_data.clear()
    return published


@pytest.fixture(scope="session")
def url(published: Warehouse) -> Iterator[str]:
    """The address of `python -m serving page`."""
    with running(published) as address:
        yield address


@contextmanager
def running(warehouse: Warehouse) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "serving", "page", "--port", "0"],
        cwd=ROOT,
        env=warehouse.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("http://127.0.0.1:"), line + process.stderr.read()
        address = line.split()[0]
        _wait_until_it_answers(address)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_it_answers(address: str) -> None:
    """Streamlit listens a moment after the command has said where."""
    deadline = time.monotonic() + 30
    while True:
        try:
            requests.get(address, timeout=5)
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "the page does not answer"
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def open_at(url: str) -> Iterator[Callable[..., Browser]]:
    """Opens the page in a browser of a width, light or dark. Skips where there is no Chromium."""
    if browser.programs() is None:
        pytest.skip("Chromium or its driver is missing (Debian: chromium, chromium-driver): the page is not looked at in a browser")
    with ExitStack() as resources:
        yield lambda width, *, dark=False: resources.enter_context(browser.opened(url, width, dark=dark))
