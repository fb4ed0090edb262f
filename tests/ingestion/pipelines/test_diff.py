"""`python -m ingestion diff`: what has drifted, and what the contract does with it, before anything is loaded."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import __main__, drift
from ingestion.drift import Line
from ingestion.grocer import state, systems
from ingestion.schemas import FREEZE, contracts
from ingestion.sources import loyalty
from tests.ingestion.pipelines.conftest import HOUSEHOLDS, LAST_DAY

TILLS = ["sqlite"]
UNTIL = date(2017, 3, 1)


@pytest.fixture
def untouched(warehouse: Path) -> Iterator[Path]:
    """The warehouse; raw and the grocer's clock must be the same after the test."""
    before = ((warehouse / "raw.duckdb").read_bytes(), state.read().until)
    yield warehouse
    assert ((warehouse / "raw.duckdb").read_bytes(), state.read().until) == before


def drifted() -> list[Line]:
    return [line for line in drift.diff(UNTIL, None) if line.state != "ok"]


def test_a_grocer_without_drift(untouched: Path, capsys: Any) -> None:
    """A grocer that is down comes up at its own clock, and goes down again; one that runs stays as it is."""
    assert __main__.main(["diff", "--until", "2017-03-01"]) == 0
    shown = capsys.readouterr().out
    assert all(contract.name in shown for source in ("pos", "loyalty", "promotions") for contract in contracts(source).values())
    assert systems.running() is None
    systems.up(LAST_DAY, HOUSEHOLDS)
    assert drifted() == []
    assert systems.running() is not None
    assert (untouched / "raw.duckdb").is_file()


@pytest.mark.usefixtures("untouched")
def test_each_kind_of_drift_in_each_system(warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    with sqlite3.connect(warehouse / "grocer/till.sqlite") as connection:
        connection.executescript("alter table products rename column brand to make; alter table transactions add column colour text;")
    duckdb.execute(
        "copy (select 1 as product_id, 2 as store_id, '0' as display_location, 'w54' as week) "
        f"to '{warehouse}/grocer/drops/promotions_2018_w01.parquet'"
    )
    monkeypatch.setitem(contracts("pos"), "transactions", _with("pos", "transactions", new_column="evolve"))
    monkeypatch.setitem(contracts("promotions"), "promotions", _with("promotions", "promotions", data_type="discard_row"))
    monkeypatch.setitem(loyalty.PATHS, "redemptions", "/v1/campaigns")  # an API that answers with other fields
    assert __main__.main(["diff"]) == 1
    assert "the load stops" in capsys.readouterr().out
    found = {(line.resource, line.column): line for line in drifted()}
    assert found.pop(("pos.transactions", "colour")) == Line("pos.transactions", "colour", None, "varchar", "new", "raw takes it")
    gone = Line("pos.products", "brand", "varchar", None, "gone, perhaps renamed to make", "the load stops")
    assert found.pop(("pos.products", "brand")) == gone
    assert found.pop(("pos.products", "make")) == Line("pos.products", "make", None, "varchar", "new", "the load stops")
    files = "promotions.promotions"
    retyped = Line(files, "week", "bigint", "varchar", "retyped", "rows where it does not fit are left out")
    assert found.pop((files, "week")) == retyped
    assert found.pop((files, "mailer_location")) == Line(files, "mailer_location", "varchar", None, "gone", "the load stops")
    assert {(resource, column): line.state for (resource, column), line in found.items()} == {
        ("loyalty.redemptions", "household_id"): "gone",
        ("loyalty.redemptions", "coupon_upc"): "gone",
        ("loyalty.redemptions", "redemption_date"): "gone",
        ("loyalty.redemptions", "campaign_type"): "new",
        ("loyalty.redemptions", "start_date"): "new",
        ("loyalty.redemptions", "end_date"): "new",
    }


@pytest.mark.usefixtures("untouched")
def test_a_table_that_is_gone_and_files_that_are_not_there_yet(warehouse: Path) -> None:
    with sqlite3.connect(warehouse / "grocer/till.sqlite") as connection:
        connection.execute("drop table products")
    systems.up(LAST_DAY, HOUSEHOLDS)
    for file in (warehouse / "grocer/drops").iterdir():
        file.unlink()
    assert drifted() == [
        Line("pos.products", "", None, None, "gone", "the load stops"),
        Line("promotions.promotions", "", None, None, "no rows yet"),
    ]


@pytest.mark.usefixtures("untouched")
def test_a_system_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("SOURCES__POS__TILL_URL", "postgresql://aisle:hush-hush@127.0.0.1:9/till")
    assert __main__.main(["diff"]) == 2
    said = capsys.readouterr().err
    assert "127.0.0.1:9/till cannot be read (" in said
    assert "hush-hush" not in said


def _with(source: str, resource: str, **modes: str) -> Any:
    return replace(contracts(source)[resource], on_drift=FREEZE | modes)
