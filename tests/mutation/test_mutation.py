"""A sample of all faults: each that changes a row is found by a test, but for those that survivors.yml explains.

AISLE_SEED draws others of the same ones, AISLE_MUTANTS more; `make test-mutation` makes all of them.
"""

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.mutation.built import Built, Project
from tests.mutation.mutants import KILLED, SURVIVED, judged, mutants, survivors
from tests.mutation.operators import OPERATORS, Fault
from tests.mutation.sources import data_faults, suffered
from tests.mutation.work import WORKERS, work
from tests.support import Warehouse

SEED = int(os.environ.get("AISLE_SEED", "20171112"))
MUTANTS = int(os.environ.get("AISLE_MUTANTS", "20"))
DATA_FAULTS = 3
EXAMPLES = {
    "filter dropped": ("select a from t where a > 1", "SELECT a FROM t"),
    "inner for left join": ("select 1 from t left join u on t.a = u.a", "SELECT 1 FROM t JOIN u ON t.a = u.a"),
    "left for inner join": ("select 1 from t inner join u on t.a = u.a", "SELECT 1 FROM t LEFT JOIN u ON t.a = u.a"),
    "boundary": ("select a < b from t", "SELECT a <= b FROM t"),
    "other aggregate": ("select sum(a) from t", "SELECT MAX(a) FROM t"),
    "deduplication lost": ("select distinct a from t", "SELECT a FROM t"),
    "wrong time zone": ("select 'America/New_York'", "SELECT 'UTC'"),
    "part of a key": ("select 1 from t join u on t.a = u.a and t.b = u.b", "SELECT 1 FROM t JOIN u ON t.a = u.a"),
    "no coalesce": ("select coalesce(a, 0) from t", "SELECT a FROM t"),
    "coalesce to 0": ("select sum(a) from t", "SELECT COALESCE(SUM(a), 0) FROM t"),
    "counted once": ("select count(a) from t", "SELECT COUNT(DISTINCT a) FROM t"),
    "lower end left out": ("select a between 1 and 2 from t", "SELECT a > 1 AND a <= 2 FROM t"),
    "frame lost": (
        "select sum(a) over (order by b rows between 1 preceding and current row) from t",
        "SELECT SUM(a) OVER (ORDER BY b) FROM t",
    ),
    "union arm dropped": ("select 1 union all select 2", "SELECT 1"),
    "neighbour on the other side": ("select lead(a) over (order by b) from t", "SELECT LAG(a) OVER (ORDER BY b) FROM t"),
    "hash without delimiter": ("select concat_ws('|', a, b) from t", "SELECT CONCAT_WS('', a, b) FROM t"),
    "float for decimal": ("select cast(a as decimal(12, 2)) from t", "SELECT CAST(a AS DOUBLE) FROM t"),
    "other order": ("select a from t order by a", "SELECT a FROM t ORDER BY a DESC"),
    "branch lost": ("select case when a then 1 when b then 2 end from t", "SELECT CASE WHEN a THEN 1 END FROM t"),
    "other arithmetic": ("select a + b from t", "SELECT a - b FROM t"),
    "or for and": ("select a from t where a and b", "SELECT a FROM t WHERE a OR b"),
}


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_an_operator_makes_its_fault(operator: object) -> None:
    before, after = EXAMPLES[operator.name]
    assert Fault(operator, 0).made(before) == after
    assert Fault(operator, 9).made(before) is None


def test_fixtures_of_a_unit_test_are_no_places() -> None:
    """The n-th place of the model is the n-th of it in its unit test, whatever dbt puts before it."""
    union = next(operator for operator in OPERATORS if operator.name == "union arm dropped")
    fixture = (
        "with __dbt__cte__t as (select 1 as a union all select 2), u as (select a from __dbt__cte__t union all select 3) select a from u"
    )
    assert Fault(union, 0).made(fixture) == fixture.replace(" union all select 3", "").replace("select", "SELECT").replace(
        "with", "WITH"
    ).replace("union all", "UNION ALL").replace(" as ", " AS ").replace("from", "FROM")
    assert Fault(union, 1).made(fixture) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "dim_stores,dim_shops"), "there is no model dim_shops"),
        (("--only", "dim_stores", "--write"), "leave out --only"),
    ],
)
def test_bad_input_is_told_before_anything_is_built(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = Warehouse(tmp_path).run("python", "-m", "tests.mutation", *arguments, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_only_some_models_faults_are_judged(subset: Warehouse, tmp_path: Path) -> None:
    copy = shutil.copytree(subset.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("grocer", "dlt*", "logs"))
    verdicts = [verdict for part in range(WORKERS) for verdict in work(str(copy), part, frozenset({"nf3_stores"}))]
    assert verdicts
    assert {verdict.model for verdict in verdicts} == {"nf3_stores"}


@pytest.fixture(scope="module")
def built(subset: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The subset, to be built again and rolled back."""
    return Built(Project(subset.folder / "target"), subset.built, subset.raw, tmp_path_factory.mktemp("mutation"))


def test_a_sample_of_mutants_is_killed(built: Built) -> None:
    sample = random.Random(SEED).sample(mutants(built.project), MUTANTS)  # noqa: S311 (no secret)
    verdicts = [judged(built, mutant) for mutant in sample]
    assert any(verdict.outcome == KILLED for verdict in verdicts)
    assert [verdict.key for verdict in verdicts if verdict.outcome == SURVIVED and verdict.key not in survivors()] == []


def test_a_sample_of_faults_in_the_data_is_found(built: Built) -> None:
    sample = random.Random(SEED).sample(data_faults(), DATA_FAULTS)  # noqa: S311 (no secret)
    verdicts = [suffered(built, fault) for fault in sample]
    assert [verdict for verdict in verdicts if verdict.outcome != KILLED and verdict.key not in survivors()] == []


def test_the_subset_is_as_before(built: Built) -> None:
    """What a mutant changes is rolled back: a model built again is the one that was there."""
    unique_id = next(unique_id for unique_id, node in built.project.models.items() if node["name"] == "nf3_products")
    with built.undone():
        assert not built.replaced(unique_id, built.project.models[unique_id]["compiled_code"])
    assert Path(built.raw).is_file()
