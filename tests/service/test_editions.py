"""What is published changes under the service: it opens the new file, and says in one sentence what is wrong with a broken one."""

import os
import shutil
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import duckdb
import pytest

from tests.service.conftest import Service
from tests.service.test_service import BY_WEEK, problem


def replaced(own: Service, change: Callable[[Path], None]) -> None:
    """Give the name to a changed copy, in one step as `publish` does."""
    copy = own.served.with_suffix(".copy")
    shutil.copy2(own.served, copy)
    change(copy)
    copy.replace(own.served)


def executed(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{path}' as aisle; use aisle")
            for statement in statements:
                connection.execute(statement)
            connection.execute("checkpoint")

    return change


def test_a_new_publication_is_opened(own: Service) -> None:
    before = own.query(metrics=["net_sales"]).json()
    replaced(
        own, executed("update main.publication set as_of_date = date '2018-01-01'", "update star.fct_sales_lines set sales_amount = 1")
    )
    after = own.query(metrics=["net_sales"]).json()
    assert after["publication"]["as_of_date"] == "2018-01-01"
    assert (
        after["rows"][0]["net_sales"] == own.query(metrics=["lines_sold"]).json()["rows"][0]["lines_sold"] != before["rows"][0]["net_sales"]
    )


def test_a_cursor_ends_with_its_publication(own: Service) -> None:
    cursor = own.query(**BY_WEEK, limit=1).json()["next_cursor"]
    replaced(own, executed("update star.fct_sales_lines set sales_amount = 1"))
    assert "published before" in problem(own.query(**BY_WEEK, limit=1, cursor=cursor), HTTPStatus.BAD_REQUEST)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def newer(path: Path) -> None:
    """A storage version that this DuckDB does not know, in the header where DuckDB looks first."""
    with path.open("r+b") as file:
        file.seek(12)
        file.write((9_999).to_bytes(8, "little"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cut, ""),
        (newer, ""),
        (lambda path: path.write_text("no database"), "cannot be read as a DuckDB file"),
        (executed("drop table main.publication_semantics"), "carries no metrics"),
        (executed("drop table main.publication"), "not made by `make publish`"),
        (executed("drop table star.fct_sales_lines"), "cannot answer"),
    ],
)
def test_a_broken_file_is_told_and_a_good_one_heals(own: Service, change: Callable[[Path], None], words: str) -> None:
    good = own.served.with_suffix(".good")
    shutil.copy2(own.served, good)
    expected = own.query(**BY_WEEK).json()["rows"]
    replaced(own, change)
    assert words in problem(own.query(**BY_WEEK), HTTPStatus.SERVICE_UNAVAILABLE)
    good.replace(own.served)
    assert own.query(**BY_WEEK).json()["rows"] == expected


def test_without_a_file_the_service_waits_for_one(own: Service) -> None:
    away = own.served.with_suffix(".away")
    own.served.rename(away)
    assert "Nothing is published" in problem(own.get("/health"), HTTPStatus.SERVICE_UNAVAILABLE)
    away.rename(own.served)
    assert own.get("/health").status_code == HTTPStatus.OK
