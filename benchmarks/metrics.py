"""The metrics service on all of the data: its start, and its answers to one client and to twenty that never pause."""

import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, Figure, command

METRICS, QUESTIONS, ASKED, CLIENTS = 30, 120, 400, 20
GRAINS = ("week", "month", "quarter", "day")


def figures(folder: Path) -> Iterator[Figure]:
    """Seconds of the start, and the 95th percentile of an answer. A publication in the folder is taken as it is."""
    if not (folder / "served" / "aisle.duckdb").exists():
        command(sys.executable, "-m", "ingestion", "load", warehouse=folder)
        command(sys.executable, "-m", "serving", "build", warehouse=folder)
        command(sys.executable, "-m", "serving", "publish", warehouse=folder)
    begun = time.perf_counter()
    with _running(folder) as port:
        ask(port, "GET", "/health")
        yield Figure("service up and answering", None, time.perf_counter() - begun, limit="≤ 3 s")
        questions = _questions(ask(port, "GET", "/metrics")["metrics"])
        cold = _asked(port, questions)
        _asked(port, [question | {"end": "2018-12-31"} for question in questions])
        yield Figure(f"a question of a new shape, median of {QUESTIONS}", None, statistics.median(cold))
        drawn = random.Random(7).choices(questions, k=ASKED)  # noqa: S311
        fresh = _asked(port, _never_asked(drawn, 0))
        yield Figure(f"one client, values never asked, median of {ASKED}", None, statistics.median(fresh))
        yield Figure(f"one client, values never asked, 95 % of {ASKED} within", None, _p95(fresh))
        yield Figure(f"one client, asked before, 95 % of {ASKED} within", None, _p95(_asked(port, drawn)), limit="≤ 0.15 s")
        fresh = _at_once(port, _never_asked(drawn, 1))
        yield Figure(f"{CLIENTS} clients at once, values never asked, 95 % of {ASKED} within", None, _p95(fresh))
        yield Figure(f"{CLIENTS} clients at once, asked before, 95 % of {ASKED} within", None, _p95(_at_once(port, drawn)), limit="≤ 1 s")


@contextmanager
def _running(folder: Path) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "serving", "serve", "--port", "0"],
        cwd=ROOT,
        env=os.environ | {"AISLE_WAREHOUSE": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield int(process.stdout.readline().split()[0].rsplit(":", 1)[1])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        process.stdout.close()


def _questions(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Random metrics by none to two of the dimensions that make sense for them, with or without a grain of time."""
    chance = random.Random(17)  # noqa: S311
    chosen = chance.sample(metrics, METRICS)
    questions = []
    for _ in range(QUESTIONS):
        metric = chance.choice(chosen)
        group_by = chance.sample(metric["dimensions"], chance.randint(0, min(2, len(metric["dimensions"]))))
        if metric["needs_time"] or chance.random() < 0.5:
            group_by.insert(0, chance.choice(GRAINS))
        questions.append({"metrics": [metric["name"]], "group_by": group_by})
    return questions


def _never_asked(questions: list[dict[str, Any]], turn: int) -> list[dict[str, Any]]:
    """The same shapes, each with a last day that no question has had."""
    last = date(2019, 12, 31)
    return [question | {"end": str(last - timedelta(days=2 * number + turn))} for number, question in enumerate(questions)]


def _asked(port: int, questions: list[dict[str, Any]]) -> list[float]:
    """Seconds of each answer, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    seconds = []
    for question in questions:
        begun = time.perf_counter()
        connection.request("POST", "/query", json.dumps(question), {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        seconds.append(time.perf_counter() - begun)
        if response.status != 200:
            sys.exit(f"{question} was answered {response.status}: {body[:500]!r}")
    connection.close()
    return seconds


def _at_once(port: int, questions: list[dict[str, Any]]) -> list[float]:
    """Seconds of each answer, the questions dealt to the clients."""
    seconds: list[float] = []
    hands = [questions[client::CLIENTS] for client in range(CLIENTS)]
    clients = [threading.Thread(target=lambda hand=hand: seconds.extend(_asked(port, hand))) for hand in hands]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return seconds


def ask(port: int, method: str, path: str) -> Any:
    """The JSON of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, path)
    return json.loads(connection.getresponse().read())


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
