"""Every page in this process: it draws without an exception, whatever is asked, and says what is wrong in a sentence."""

import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from serving.page import explorer
from serving.queries import OPERATORS
from serving.questions import MODELS, questions
from serving.semantics import Semantics
from tests.support import Warehouse

pytestmark = pytest.mark.usefixtures("served")

SECONDS = 60
COMBINATIONS = 200
METRICS = (
    *("net_sales", "baskets", "promotion_share", "active_households", "units_sold", "basket_value", "redemption_rate"),
    *("campaign_lift", "sales_year_to_date", "grocery_share", "repeat_rate"),
)
WORDS = ("GROCERY", "gold", "7", "0.5", "2017-06-30", "true", "GROCERY, PRODUCE", "10,20", "'; drop table x; --", "{{ x }}", "", "ü🛒")


def page(name: str) -> AppTest:
    """One page as a script of its own."""
    return AppTest.from_string(f"from serving.page import {name}\n{name}.show()", default_timeout=SECONDS)


def errors(shown: AppTest) -> list[str]:
    return [found.value for found in shown.exception] + [found.value for found in shown.error]


@pytest.mark.parametrize("name", ["dashboard", "explorer", "models", "four_models"])
def test_it_draws(name: str) -> None:
    shown = page(name).run()
    assert errors(shown) == []
    assert len(shown.title) == 1


def test_the_year_adds_up(served: Warehouse) -> None:
    with duckdb.connect(str(served.folder / "served" / "aisle.duckdb"), read_only=True) as connection:
        [sales] = connection.execute("select sum(sales_amount) from star.fct_sales_lines").fetchone()
    shown = page("dashboard").run()
    assert shown.metric[0].value == f"${sales:,.0f}"
    assert sum("hours behind its input" in caption.value for caption in shown.caption) == 5


def test_models_of_every_layer_can_be_looked_at() -> None:
    shown = page("models").run()
    for name in shown.selectbox[0].options[::12]:
        shown.selectbox[0].set_value(name).run()
        assert errors(shown) == [], name


def test_a_model_tells_its_grain_its_columns_and_its_tests() -> None:
    shown = page("models").run()
    shown.selectbox[0].set_value("star.fct_store_visits").run()
    assert shown.metric[0].value == "basket_id"
    columns, tests = (frame.value for frame in shown.dataframe)
    assert "basket_id" in set(columns["column"])
    assert all(columns["description"])
    assert "grain_fct_store_visits_" in set(tests["test"])
    assert set(tests["status"]) == {"pass"}


def test_the_four_models_agree_on_every_question() -> None:
    shown = page("four_models").run()
    for question in questions():
        shown.selectbox[0].set_value(question.title).run()
        assert errors(shown) == []
        assert f"from {len(question.sql)} models" in shown.success[0].value
        assert not shown.success[0].value.startswith("The same 0 rows")
        assert set(question.sql) | set(question.without) == set(MODELS)


def combinations(semantics: Semantics) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What readers may choose, sensible and not, the same each time: first what is asked, then its filters, whose fields depend on it."""
    drawn = random.Random(7)  # noqa: S311 (no secret)
    for _ in range(COMBINATIONS):
        metrics = drawn.sample(METRICS, drawn.randint(1, 3))
        fields = list(semantics.fields(tuple(metrics)))
        days = [date(2017, 1, 1) + timedelta(days=drawn.randint(-30, 400)) if drawn.random() < 0.4 else None for _ in range(2)]
        asked = {"metrics": metrics, "group_by": drawn.sample(fields, drawn.randint(0, 3)), "filters": drawn.randint(0, 3)}
        filters = {
            f"{name}{number}": drawn.choice(choices)
            for number in range(asked["filters"])
            for name, choices in (("field", [*fields, *metrics]), ("operator", list(OPERATORS)), ("value", WORDS))
        }
        yield asked | {"start": days[0], "end": days[1]}, filters


@pytest.mark.long("every filter on the page")
def test_no_combination_of_filters_breaks_the_explorer(served: Warehouse) -> None:
    semantics = Semantics((served.folder / "target" / "semantic_manifest.json").read_text())
    shown, answered = page("explorer").run(), 0
    for chosen in combinations(semantics):
        for values in chosen:
            for name, value in values.items():
                shown.session_state[name] = value
            shown.run()
            assert errors(shown) == [], chosen
            assert shown.warning or shown.code, chosen
        answered += bool(shown.code)
    assert answered > COMBINATIONS // 4


def test_what_is_refused_is_told_in_a_sentence() -> None:
    shown = page("explorer").run()
    shown.session_state["metrics"], shown.session_state["group_by"] = ["sales_year_to_date"], []
    shown.run()
    assert [warning.value for warning in shown.warning] == [
        "sales_year_to_date looks back in time: group it by day, week, month, quarter or year."
    ]


def test_what_was_chosen_stays_as_far_as_it_can() -> None:
    shown = page("explorer").run()
    shown.session_state["group_by"] = ["metric_time__month", "product__department"]
    shown.run()
    shown.multiselect(key="metrics").set_value(["net_sales", "baskets"]).run()
    assert shown.session_state["group_by"] == ["metric_time__month"]


def test_the_rows_that_are_cut_off_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "ROWS", 5)
    shown = page("explorer").run()
    assert "Only the first 5 rows" in shown.info[0].value


def test_a_missing_file_is_one_sentence_and_the_next_publication_is_shown(
    published: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    shown = page("dashboard").run()
    assert "run `make demo`" in shown.error[0].value
    shutil.copytree(published.folder / "served", tmp_path / "served")
    assert errors(shown.run()) == []
    assert len(shown.metric) == 4


def test_the_command_starts_only_when_there_is_something_to_show(tmp_path: Path) -> None:
    done = Warehouse(tmp_path).run("python", "-m", "serving", "page", "--port", "0", check=False)
    assert done.returncode != 0
    assert done.stderr.startswith("error: Nothing is published at ")
    assert len(done.stderr.splitlines()) == 1


def test_a_port_that_is_none_is_told(published: Warehouse) -> None:
    done = published.run("python", "-m", "serving", "page", "--port", "70000", check=False)
    assert (done.returncode, done.stderr) == (2, "error: 70000 is no port: choose 0 to 65535.\n")
