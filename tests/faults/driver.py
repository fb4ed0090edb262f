"""Loads the shop in processes that may be killed: one request a line, one line for an answer. dlt is imported once, each load is a fork.

A request: `folder` (the warehouse), `shop`, `kill` (see places.py; a moment has its `seconds`) or null, `stock` for dlt's own destination.
While a load runs, a thread reads its table again and again, and writes each new state that it sees to `seen.txt` in the warehouse.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import dlt
import duckdb

from benchmarks.ingestion import NO_LOAD_ID, StockRaw
from ingestion import pipelines, settings
from ingestion.destinations import duckdb_raw
from tests.faults.places import METHODS, Kill
from tests.faults.shop import Shop

SEEN = "seen.txt"
CALLS = "calls.json"
LOOKS = "looks"  # of the reader, among the calls
PAUSE_SECONDS = 0.002


def main() -> None:
    """Answer requests until there are no more: how the load ended (as `subprocess` tells it), and its seconds."""
    dlt.secrets.get("shop")  # dlt's providers import half of the environment, Streamlit too: here and not in every fork
    for line in sys.stdin:
        request = json.loads(line)
        begun = time.perf_counter()
        process = os.fork()
        if process == 0:
            _child(request)
        code = _ended(process, begun, (request["kill"] or {}).get("seconds"))
        print(json.dumps({"code": code, "seconds": time.perf_counter() - begun}), flush=True)  # noqa: T201 (the answer)


def _ended(process: int, begun: float, seconds: float | None) -> int:
    if seconds is not None:
        while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None and time.perf_counter() - begun < seconds:
            time.sleep(0.001)
        os.kill(process, signal.SIGKILL)  # of one that has ended, nothing
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _child(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    os.environ["AISLE_WAREHOUSE"] = str(folder)
    os.environ.update(NO_LOAD_ID if request["stock"] else {})
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        _load(Shop(**request["shop"]), request["kill"] or {}, folder, stock=request["stock"])
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _load(shop: Shop, kill: Kill, folder: Path, *, stock: bool) -> None:
    calls = _armed(kill)
    with duckdb_raw.opened() as raw, closing(duckdb.connect(str(settings.raw_file()))) as connection:
        ended = threading.Event()
        reader = threading.Thread(target=_read, args=(connection.cursor(), shop, folder, calls, ended))
        if shop.table in duckdb_raw.tables(connection):
            reader.start()
        pipelines.run(StockRaw(connection) if stock else raw, shop.system())
        ended.set()
        if reader.ident:
            reader.join()
    (folder / CALLS).write_text(json.dumps(calls))


def _armed(kill: Kill) -> Counter[str]:
    """Counts the calls of every place from now on, and ends this process at the one that is asked for."""
    calls: Counter[str] = Counter()
    lock = threading.Lock()
    for name, (owner, method) in METHODS.items():
        _arm(owner, method, name, kill if kill.get("place") == name else {}, calls, lock)
    return calls


def _arm(owner: type, method: str, name: str, kill: Kill, calls: Counter[str], lock: threading.Lock) -> None:
    real = getattr(owner, method)

    def counted(*arguments: Any, **named: Any) -> Any:
        with lock:
            calls[name] += 1
            call = calls[name]
        if kill.get("call") == call and kill["when"] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments, **named)
        if kill.get("call") == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, counted)


def _read(connection: duckdb.DuckDBPyConnection, shop: Shop, folder: Path, calls: Counter[str], ended: threading.Event) -> None:
    """A reader of this very file: DuckDB lets no other process have it while it is written, but as many connections of this one as wish."""
    last = None
    with (folder / SEEN).open("a") as seen:
        while not ended.wait(PAUSE_SECONDS):
            state = _state(connection, shop)
            calls[LOOKS] += 1
            if state != last:
                seen.write(f"{state}\n")
                seen.flush()
                last = state


def _state(connection: duckdb.DuckDBPyConnection, shop: Shop) -> str:
    """What a reader is told: the rows, or an error, which it must never be."""
    try:
        return connection.execute(shop.fingerprint).fetchone()[0]
    except duckdb.Error as error:
        return str(error).replace("\n", " ")


if __name__ == "__main__":
    main()
