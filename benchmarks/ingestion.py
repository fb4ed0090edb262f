"""Increments beside a first load, the project's destination beside dlt's own, DuckDB's scanner beside connectorx: till and drops."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import dlt
from dlt.common.schema import Schema
from dlt.extract import DltResource, DltSource
from dlt.sources.sql_database import sql_table

from benchmarks.loading import load, load_more, scratch, warehouse
from benchmarks.measure import Figure, in_turn
from ingestion import pipelines, settings
from ingestion.destinations.duckdb_raw import DuckDbRaw
from ingestion.grocer.systems import Grocer
from ingestion.loaders.duckdb_scanner import BACKEND
from ingestion.pipelines import System
from ingestion.schemas import Contract, contracts
from ingestion.sources import pos

LINES = 1_469_307
PRODUCTS = 92_331
DROPPED = 20_940_529
NEW = LINES // 100
NO_LOAD_ID = {"NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "false"}  # dlt's own destination adds none to a file that it imports
INTEGERS = ["sequence", "household_id", "store_id", "basket_id", "product_id", "quantity", "week"]


def figures(grocer: Grocer, runs: int) -> Iterator[Figure]:
    """Every pair in turn, into files of their own; the till is the SQLite file of the grocer."""
    till = Path(grocer.till_url.removeprefix("sqlite:///"))
    with TemporaryDirectory(dir=settings.warehouse()) as folder:
        yield from increments(till, Path(folder), runs)
    drops = next(system for system in pipelines.systems_of(grocer) if system.name == "promotions")
    read = pos.Till(grocer.till_url)
    lines = replace(lines_only(lambda: pos.transactions(read, None)), snapshot=read.snapshot)
    for what, rows, system in (("53 promotion files", DROPPED, drops), ("till's lines, one file", LINES, lines)):
        with patch.dict(os.environ, NO_LOAD_ID):
            ours, stock = in_turn([partial(load, system), partial(load, system, StockRaw)], runs)
        yield Figure(f"{what}, exactly once", rows, ours, "dlt's own DuckDB destination", stock, "≤ 1.2")
    scanned, fetched = in_turn([partial(load, lines_only(partial(way, grocer.till_url))) for way in (by_scanner, by_connectorx)], runs)
    yield Figure("till's 7 integers by DuckDB's scanner", LINES, scanned, "by dlt's connectorx", fetched)


class StockRaw(DuckDbRaw):
    """Raw by dlt's DuckDB destination as it ships, but for the format of its files."""

    def pipeline(self, system: str) -> dlt.Pipeline:
        destination = dlt.destinations.duckdb(str(settings.raw_file()), loader_file_format="parquet")
        return dlt.pipeline(system, pipelines_dir=str(settings.dlt_folder()), destination=destination, dataset_name=f"raw_{system}")


def increments(till: Path, folder: Path, runs: int) -> Iterator[Figure]:
    """The till without its newest lines is loaded first; then they come, and then nothing more."""
    shorter = folder / "shorter.sqlite"
    shutil.copy(till, shorter)
    with closing(sqlite3.connect(shorter)) as database:
        database.execute("delete from transactions where sequence > (select max(sequence) from transactions) - ?", [NEW])
        database.commit()
    before, now = system_of(shorter), system_of(till)
    with scratch() as loaded:
        load_more(before)
        copies = [shutil.copytree(loaded, folder / f"copy-{number}") for number in range(runs)]
    fresh = iter(copies)
    first, more, nothing = in_turn([lambda: load(before), lambda: load_into(next(fresh), now), lambda: load_into(copies[0], now)], runs)
    yield Figure("till, 1 % of the lines new", NEW, more, "its first load", first)
    yield Figure("till, nothing new", 0, nothing, "its first load", first, "≤ 0.5")


def load_into(folder: Path, system: System) -> None:
    """What is new, into a warehouse that holds the rest."""
    with warehouse(folder):
        load_more(system)


def system_of(till: Path) -> System:
    """The till in that file."""
    return pipelines.of_till(f"sqlite:///{till}")


def lines_only(source: Callable[[], Any]) -> System:
    """A system of one resource, made anew for each load."""
    return System("pos", lambda: DltSource(Schema("pos"), "pos", [source()]), dict)


def by_connectorx(till_url: str) -> DltResource:
    """dlt's own backend, which streams Arrow batches; of SQLite it reads no decimals, so integers only."""
    return sql_table(credentials=till_url, table="transactions", backend="connectorx", included_columns=INTEGERS)


def by_scanner(till_url: str) -> DltResource:
    """The project's backend over the same columns."""
    contract = Contract("pos.transactions", tuple(column for column in contracts("pos")["transactions"].columns if column.name in INTEGERS))
    return sql_table(
        credentials=till_url,
        table="transactions",
        backend=BACKEND,
        backend_kwargs={"contract": contract, "folder": settings.dlt_folder()},
        included_columns=INTEGERS,
    )
