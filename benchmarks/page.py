"""The page on all of the data: how soon it answers after the start, and how soon a reader sees the year."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from benchmarks.measure import ROOT, Figure, command
from ingestion import console
from tests.page import browser


def figures(folder: Path) -> Iterator[Figure]:
    """Seconds of the start and of views, each by a browser of its own. A publication in the folder is taken as it is. Needs Chromium."""
    if not (folder / "served" / "aisle.duckdb").exists():
        for step in ("ingestion load", "serving build", "serving publish"):
            command(sys.executable, "-m", *step.split(), warehouse=folder)
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "serving", "page", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().split()[0]
        while not _answers(url):
            time.sleep(0.02)
        yield Figure("page up and answering", None, time.perf_counter() - begun)
        if browser.programs() is None:
            console.stderr().print("Chromium or its driver is missing: no view is measured.")
            return
        for what, limit in (("first view of the year", "≤ 3 s"), ("the next reader's view", "")):
            with browser.opened(url, 1440) as reader:
                yield Figure(what, None, reader.first_view(), limit=limit)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False
