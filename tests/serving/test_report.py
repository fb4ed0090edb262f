"""The report: what was built, three answers, totals that must equal the sources' own."""

import duckdb
import pytest

from ingestion.errors import UserError
from serving.publish import publish
from serving.report import report, sparkline
from tests.serving.world import World, utc_now


def lines_of(text: str) -> list[list[str]]:
    """The cells of a printed table's rows, ends and rules stripped."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines() if line.startswith("│")]


def test_the_report(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    publish()
    world.raw.unlink()
    report()
    shown = capsys.readouterr().out
    rows = lines_of(shown)
    assert [row[:3] for row in rows if row[0] in {"staging", "normalized", "star", "wide", "serving"}] == [
        ["staging", "1", ""],
        ["normalized", "1", ""],
        ["star", "3", "204"],
        ["wide", "1", "200"],
        ["serving", "1", ""],
    ]
    assert ["FUEL", "100.00", "49.5"] in rows
    assert ["gold", "5.00", "7", "20", "100.00"] in rows
    assert ["best", "41", "4.78"] in rows
    assert [row for row in rows if row[-1] in {"equal", "DIFFERS"}] == [
        ["receipt lines", "200", "200", "200", "equal"],
        ["promotions", "2", "2", "", "equal"],
        ["sales", "199.00", "199.00", "199.00", "equal"],
        ["retail discount", "20.00", "20.00", "20.00", "equal"],
        ["coupon discount", "0.00", "0.00", "0.00", "equal"],
        ["coupon match discount", "0.00", "0.00", "0.00", "equal"],
    ]
    assert "2 findings about what the sources say, all kept (star.dq_findings): product not in catalogue: 2, in 2,001 rows." in " ".join(
        shown.split()
    )
    assert "make sql" in shown


def test_a_report_without_findings(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    started = utc_now()
    with duckdb.connect(str(world.built)) as connection:
        connection.execute("delete from star.dq_findings")
    world.pretend_built(started)
    publish()
    report()
    assert "0 findings about what the sources say, all kept (star.dq_findings)." in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("table", ["star.fct_sales_lines", "wide.obt_sales_lines"])
def test_a_cent_that_differs_is_an_error(world: World, table: str, capsys: pytest.CaptureFixture[str]) -> None:
    started = utc_now()
    with duckdb.connect(str(world.built)) as connection:
        connection.execute(f"update {table} set sales_amount = sales_amount + 0.01 where sales_line_key = 7")
    world.pretend_built(started)
    publish()
    with pytest.raises(UserError, match="totals differ"):
        report()
    assert [row[0] for row in lines_of(capsys.readouterr().out) if row[-1] == "DIFFERS"] == ["sales"]


def test_a_file_that_lacks_what_an_answer_asks_for(world: World) -> None:
    started = utc_now()
    with duckdb.connect(str(world.built)) as connection:
        connection.execute("alter table wide.obt_sales_lines drop column tier")
    world.pretend_built(started)
    publish()
    with pytest.raises(UserError, match=r"cannot answer tiers .*tier.* `make demo`"):
        report()


def test_a_file_that_publish_did_not_make(empty_world: World) -> None:
    empty_world.served.parent.mkdir()
    duckdb.connect(str(empty_world.served)).close()
    with pytest.raises(UserError, match="was not made by `make publish`"):
        report()


def test_sparkline() -> None:
    assert sparkline([8, 4, 1, 0]) == "█▄▁▁"
    assert sparkline([]) == ""
