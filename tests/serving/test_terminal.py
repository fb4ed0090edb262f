"""Metrics at the command line: filters in words, numbers for people."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ingestion.errors import UserError
from serving import terminal
from serving.__main__ import main
from serving.queries import Answer, Column, Term


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tier = gold", Term("tier", "eq", ("gold",))),
        ("tier=gold", Term("tier", "eq", ("gold",))),
        ("department in GROCERY, DRUG GM", Term("department", "in", ("GROCERY", "DRUG GM"))),
        ("department not  in GROCERY", Term("department", "not_in", ("GROCERY",))),
        ("week between 10,20", Term("week", "between", (10, 20))),
        ("net_sales >= 10.5", Term("net_sales", "ge", (10.5,))),
        ("is_weekend = true", Term("is_weekend", "eq", (True,))),
        ("tier is null", Term("tier", "is_null")),
        ("tier IS NOT NULL", Term("tier", "is_not_null")),
        ("tier != 'gold'", Term("tier", "ne", ("gold",))),
        ("inner = x", Term("inner", "eq", ("x",))),
    ],
)
def test_a_filter_in_words(text: str, expected: Term) -> None:
    assert terminal.term(text) == expected


@pytest.mark.parametrize("text", ["", "tier", "tier like g%", "= gold", "tier gold", "a b = c"])
def test_what_is_no_filter_is_told(text: str) -> None:
    with pytest.raises(UserError, match="is no filter"):
        terminal.term(text)


@pytest.mark.parametrize(
    ("cell", "form", "expected"),
    [
        (Decimal("1234.5"), "$,.2f", "$1,234.50"),
        (Decimal("-1234.5"), "$,.2f", "-$1,234.50"),
        (0.1234, ".1%", "12.3%"),
        (1234567, ",d", "1,234,567"),
        (2.5, ",.2f", "2.50"),
        (None, "$,.2f", ""),
        (date(2017, 6, 1), "", "2017-06-01"),
        ("GROCERY", "", "GROCERY"),
    ],
)
def test_a_number_for_people(cell: Any, form: str, expected: str) -> None:
    assert terminal.written(cell, form) == expected


def test_each_form_shows_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(
        (Column("tier", "tier"), Column("net_sales", "Net sales", "$,.2f")), [("gold", Decimal("8.00")), ("silver", None)], more=True
    )
    shown = {}
    for form in terminal.FORMATS:
        terminal.show(answer, form)
        out, err = capsys.readouterr()
        assert "--limit" in err
        shown[form] = out
    assert shown["csv"] == "tier,net_sales\ngold,8.00\nsilver,\n"
    assert '"net_sales": 8.0' in shown["json"]
    assert "$8.00" in shown["table"]
    assert "█" * terminal.BAR in shown["chart"]


@pytest.mark.parametrize(
    "arguments", [["query"], ["query", "--metrics", "net_sales", "--limit", "0"], ["query", "--metrics", "net_sales", "--start", "soon"]]
)
def test_arguments_that_are_none_end_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
