"""Slim CI builds what a change touches and no more, on top of the last green build, and the rows are those of a whole build."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support import ROOT, Warehouse, differences

SPEC = importlib.util.spec_from_file_location("slim", ROOT / ".ci" / "slim.py")
slim = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(slim)
PROJECT = ("analyses", "ingestion", "macros", "models", "profiles", "seeds", "snapshots", "tests/data", "dbt_project.yml", ".env")


@pytest.fixture(scope="module")
def green(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The subset as the last green build."""
    folder = tmp_path_factory.mktemp("green")
    for file in (subset.raw, subset.built, subset.folder / "target" / "manifest.json"):
        shutil.copy(file, folder)
    (folder / "commit").write_text(slim.git("rev-parse", "HEAD"))
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, to be changed."""
    copy = tmp_path_factory.mktemp("project")
    for name in PROJECT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture
def built(green: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Changes":
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    return Changes(green, project, tmp_path)


class Changes:
    """Makes one change, builds, and takes it back."""

    def __init__(self, green: Path, project: Path, folder: Path) -> None:
        self.green, self.project, self.folder = green, project, folder

    def of(self, path: str, before: str, after: str, *, code: int = 0) -> dict[str, set[str]]:
        """Names of models and tests that were run, by kind, after `before` became `after` in a file; dbt ended with `code`."""
        file = self.project / path
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after, 1))
        try:
            assert slim.build(self.green, self.folder, self.project) == code
        finally:
            file.write_text(text)
        found: dict[str, set[str]] = {"model": set(), "test": set(), "unit_test": set()}
        for result in json.loads((self.folder / "target" / "run_results.json").read_text())["results"]:
            kind, _, name = result["unique_id"].split(".")[:3]
            found.setdefault(kind, set()).add(name)
        return found

    def rows_differ(self, table: str) -> bool:
        return differences(self.green / "aisle.duckdb", self.folder / "aisle.duckdb", table)[1:] != (0, 0)


@pytest.mark.long("slim CI: a description")
def test_a_changed_description_builds_its_model_alone(built: Changes) -> None:
    done = built.of("models/serving/vw_household_spend.yml", "description: >\n      ", "description: >\n      In other words. ")
    assert done["model"] == {"vw_household_spend"}
    assert done["unit_test"] == {"vw_household_spend"}


@pytest.mark.long("slim CI: a filter")
def test_a_changed_filter_builds_the_model_and_what_reads_it(built: Changes) -> None:
    """Of the year's largest fact but one, whose only readers are tests; it is an increment of the green table."""
    done = built.of("models/star/fct_product_prices.sql", "lines.quantity > 0", "lines.quantity >= 1")
    assert done["model"] == {"fct_product_prices"}
    assert {"grain_fct_product_prices_"} < done["test"]
    assert not built.rows_differ("star.fct_product_prices")
    assert not built.rows_differ("star.fct_sales_lines")


@pytest.mark.long("slim CI: a wrong change")
def test_a_wrong_change_is_red(built: Changes) -> None:
    done = built.of("models/star/fct_product_prices.sql", "lines.quantity > 0", "lines.quantity > 1", code=1)
    assert done["model"] == {"fct_product_prices"}
    assert "fct_product_prices" in done["unit_test"]
    assert not built.rows_differ("star.fct_product_prices")


@pytest.mark.long("slim CI: a macro")
def test_a_changed_macro_builds_every_model_that_calls_it(built: Changes, subset: Warehouse) -> None:
    manifest = subset.artifact("manifest")
    callers = {key for key, node in manifest["nodes"].items() if "macro.aisle.coupon_key" in node["depends_on"].get("macros", ())}
    below = set(callers)
    while more := {child for one in below for child in manifest["child_map"].get(one, ())} - below:
        below |= more
    done = built.of("macros/star/coupon_key.sql", "* 1000 +", "* 1000 + 0 +")
    assert done["model"] == {key.split(".")[2] for key in below if key.startswith("model.")}
    assert {"dim_coupons", "fct_coupon_redemptions"} <= done["model"]
    assert "fct_sales_lines" not in done["model"]
    for table in ("star.dim_coupons", "star.fct_coupon_redemptions", "star.fct_sales_lines"):
        assert not built.rows_differ(table), table


def test_a_green_build_of_an_unknown_commit_is_none(green: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(green, other)
    (other / "commit").write_text("0" * 40)
    with pytest.raises(slim.Missing, match=r"git diff says: .*everything is run"):
        slim.changed(other)


def test_nothing_changed_builds_nothing(green: Path, project: Path, tmp_path: Path) -> None:
    assert slim.build(green, tmp_path, project) == 0
    with duckdb.connect(str(tmp_path / "aisle.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) > 0 from star.fct_sales_lines").fetchone() == (True,)


def test_what_stands_in_the_way_is_told_beside_the_answer(tmp_path: Path) -> None:
    """.ci/run takes the answer from the standard output, and shows the rest."""
    told = subprocess.run(
        [sys.executable, ROOT / ".ci" / "slim.py", "tests", "--green", tmp_path], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (told.returncode, told.stdout) == (slim.NO_GREEN_BUILD, "")
    assert told.stderr == f"There is no last green build in {tmp_path} (manifest.json is not there): everything is run.\n"


def test_without_a_green_build_of_this_dbt_everything_is_run(green: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "commit").write_text("")
    with pytest.raises(slim.Missing, match=r"aisle.duckdb is not there\): everything is run."):
        slim.check(tmp_path)
    other = tmp_path / "other"
    shutil.copytree(green, other)
    manifest = json.loads((other / "manifest.json").read_text())
    (other / "manifest.json").write_text(json.dumps(manifest | {"metadata": {"dbt_version": "1.0.0"}}))
    with pytest.raises(slim.Missing, match=r"is of dbt 1\.0\.0"):
        slim.check(other)


@pytest.mark.parametrize(
    ("paths", "folders"),
    [
        (["README.md"], []),
        (["models/vault/raw/hub_stores.sql"], ["tests/project", "tests/reconciliation", "tests/vault_models"]),
        (["macros/vault/sat.sql", "CHANGELOG.md"], ["tests/project", "tests/vault", "tests/vault_models"]),
        (["tests/history/test_snapshots.py"], ["tests/history"]),
        (["tests/taken_away/test_what_was.py"], []),
        (["models/star/dim_dates.sql", "requirements.txt"], ["tests"]),
        (["tests/conftest.py"], ["tests"]),
        (["Makefile"], ["tests"]),
    ],
)
def test_the_tests_of_what_changed_are_run(paths: list[str], folders: list[str]) -> None:
    assert slim.concerned(paths) == folders


def test_every_place_of_the_table_is_there() -> None:
    assert [place for place in slim.CONCERNED if not (ROOT / place).exists()] == []
    assert [name for names in slim.CONCERNED.values() for name in names if not (ROOT / name).is_dir()] == []
