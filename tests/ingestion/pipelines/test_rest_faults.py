"""Loads from a service that fails to order: within the client's patience raw is that of a clean load, beyond it one sentence.

AISLE_SEED draws other plans, AISLE_EXAMPLES more of them.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from ingestion import errors, pipelines
from ingestion.errors import UserError
from ingestion.grocer import systems
from ingestion.grocer.loyalty.faults import FAILING, SHIFTING
from ingestion.loaders import patience, rest_pages
from ingestion.loaders.rest_pages import RestPages
from ingestion.sources import loyalty
from tests.ingestion.pipelines.conftest import ANY_TILL, HOUSEHOLDS, LAST_DAY
from tests.ingestion.pipelines.faults import TABLES, Service, serving
from tests.ingestion.pipelines.test_kills import interrupted
from tests.support import differences

set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "aisle-hypothesis")  # it keeps what it learns in a folder; nothing is kept here
TILLS = ANY_TILL
SEED = int(os.environ.get("AISLE_SEED", "20170131"))
EXAMPLES = int(os.environ.get("AISLE_EXAMPLES", "4"))
BEFORE, AFTER = date(2017, 1, 31), date(2017, 2, 28)
LOAD = frozenset({"_dlt_load_id"})
EVENTS, RAW_EVENTS, RAW_COUPONS = "/v1/household-events", "raw_loyalty.household_events", "raw_loyalty.coupons"
CUTOFF = f"'{BEFORE}'::timestamp + interval 29 hour"  # of the first clock: local midnight
RETRIED = 0.7  # seconds that a slow answer is waited for: less than it takes


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service at a first clock."""
    with serving(tmp_path_factory.mktemp("before"), BEFORE) as service:
        yield service


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service a month later."""
    with serving(tmp_path_factory.mktemp("after"), AFTER) as service:
        yield service


@pytest.fixture(scope="module")
def clean(before: Service, after: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse loaded at each clock, and nothing went wrong."""
    folder = tmp_path_factory.mktemp("clean")
    before.load(folder)
    after.load(folder)
    return folder


@pytest.fixture(autouse=True)
def _small_pages_and_short_pauses(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rest_pages, "PAGE", 300)
        patch.setattr(patience, "FIRST_PAUSE_SECONDS", 0.01)
        yield
    for name in {"before", "after"} & set(request.fixturenames):
        request.getfixturevalue(name).order()


def query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def differing(left: Path, right: Path) -> dict[str, tuple[int, int]]:
    """Rows that only one of two warehouses holds, of the tables where there are any."""
    found = {table: differences(left / "raw.duckdb", right / "raw.duckdb", table, LOAD)[1:] for table in TABLES}
    return {table: rows for table, rows in found.items() if rows != (0, 0)}


def walk(api: RestPages, path: str) -> list[dict[str, Any]]:
    return [row for page in api.pages(api.listing(path)) for row in page]


@pytest.mark.parametrize("kind", FAILING)
def test_each_failure_is_tried_again(after: Service, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_pages, "TIMEOUT_SECONDS", RETRIED)
    after.order()
    expected = walk(RestPages(after.url, *after.account), EVENTS)
    after.order(seed=SEED, span=5, faults={kind: 3}, each=2)
    api = RestPages(after.url, *after.account)
    assert walk(api, EVENTS) == expected
    happened = after.happened()[kind]
    assert happened == (2 if kind == "token" else 3)
    assert api.patience.retries() == happened


def numbers(kinds: tuple[str, ...], least: int, most: int) -> dict[str, st.SearchStrategy[int]]:
    return dict.fromkeys(kinds, st.integers(least, most))


PLAN = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32),
        "span": st.integers(1, 60),
        "each": st.just(patience.ATTEMPTS - 1),
        "faults": st.fixed_dictionaries(numbers(FAILING, 0, 3) | numbers(SHIFTING, 1, 6)),
    }
)


@seed(SEED)
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
)
@given(plans=st.tuples(PLAN, PLAN), late=st.integers(1, 20), drawn=st.randoms(use_true_random=False))
def test_raw_is_that_of_a_clean_load_whatever_goes_wrong(
    before: Service, after: Service, clean: Path, tmp_path_factory: pytest.TempPathFactory, plans: tuple[dict, dict], late: int, drawn: Any
) -> None:
    """Two loads, each with its faults, and events of the first one's last half day that are committed only afterwards."""
    [(last,)] = query(clean, f"select max(occurred_at) from {RAW_EVENTS} where occurred_at < {CUTOFF}")
    recent = query(clean, f"select event_id from {RAW_EVENTS} where occurred_at between '{last - timedelta(hours=12)}' and '{last}'")
    hidden = drawn.sample([event for (event,) in recent], min(late, len(recent) - 1))
    folder = tmp_path_factory.mktemp("faulty")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rest_pages, "TIMEOUT_SECONDS", RETRIED)
        before.order(**plans[0], hidden=hidden)
        before.load(folder)
        assert query(folder, f"select count(*) from {RAW_EVENTS} where event_id in (select unnest({hidden}::bigint[]))") == [(0,)]
        after.order(**plans[1])
        after.load(folder)
    assert differing(clean, folder) == {}
    shutil.rmtree(folder)


def test_a_dead_server_is_given_up_soon_and_told_in_one_sentence(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOYALTY_FAULTS", "1")
    systems.down()
    service = Service(systems.up(LAST_DAY, HOUSEHOLDS).loyalty_url)
    service.order(faults={"status": 1000})
    told = query(warehouse, "from raw_meta.clock"), query(warehouse, "from raw_meta.source_totals order by all")
    capsys.readouterr()
    assert errors.run(lambda: pipelines.load(LAST_DAY, HOUSEHOLDS) and None) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"error: {service.url}/v1/households/cursors answered 50"), said
    assert said.endswith("(A fault was ordered.): see the service's log, then load again.")
    assert service.happened() == {"status": patience.ATTEMPTS}
    assert (query(warehouse, "from raw_meta.clock"), query(warehouse, "from raw_meta.source_totals order by all")) == told


def test_a_flapping_server_gets_no_more_retries_than_the_budget(before: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BUDGET", 7)
    before.order(seed=SEED, span=40, faults={"status": 15, "cut_body": 15}, each=3)
    with pytest.raises(UserError, match="then load again"):
        before.load(tmp_path)
    assert 7 < sum(before.happened().values()) <= 7 + 8, "the budget, and the pages that were asked for ahead"
    before.order()
    before.load(tmp_path)
    assert query(tmp_path, f"select count(*) from {RAW_EVENTS}") == [(1983,)]


def test_retries_are_counted_with_their_resource(after: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[float] = []
    monkeypatch.setattr(loyalty, "counted", lambda name, number: counts.append(number) if name == "retries" else None)
    after.order(span=1, faults={"status": 2, "busy": 1, "cut_header": 1})
    after.load(tmp_path)
    assert counts == [4, 0, 0, 0, 0, 0]


def test_an_event_that_is_committed_late_comes_once_and_nothing_twice(before: Service, clean: Path, tmp_path: Path) -> None:
    [(last, late)] = query(
        clean,
        f"""
        select max(occurred_at), arg_max(event_id, occurred_at) filter (occurred_at < last_moment - interval 3 hour)
        from (select *, max(occurred_at) over () as last_moment from {RAW_EVENTS} where occurred_at < {CUTOFF})
        """,
    )
    before.order(hidden=[late])
    before.load(tmp_path)
    assert query(tmp_path, f"select max(occurred_at), count(*) filter (event_id = {late}) from {RAW_EVENTS}") == [(last, 0)]
    before.order()
    for _ in range(2):
        before.load(tmp_path)
        found = query(tmp_path, f"select count(*), count(distinct event_id), count(distinct _dlt_load_id) from {RAW_EVENTS}")
        assert found == [(1983, 1983, 2)]


@pytest.mark.long("kills of a load")
def test_a_kill_neither_loses_nor_doubles_a_late_event(year: Path, unloaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_FAULTS", "1")
    month_end = date(2017, 8, 1)
    shutil.rmtree(unloaded / "grocer")
    [(late,)] = query(year, f"select min(event_id) from {RAW_EVENTS} where occurred_at = '{month_end}'::timestamp + interval 4 hour")
    service = Service(systems.up(month_end, HOUSEHOLDS).loyalty_url)
    service.order(hidden=[late])
    pipelines.load(month_end, HOUSEHOLDS, only_loyalty=True)
    assert query(unloaded, f"select count(*) from {RAW_EVENTS} where event_id = {late}") == [(0,)]
    for place in ("Extract.commit_packages", "Job.run.household_events"):
        assert interrupted(place, signal.SIGKILL).returncode == -signal.SIGKILL
    pipelines.load(LAST_DAY, HOUSEHOLDS, only_loyalty=True)
    assert differing(year, unloaded) == {}


def test_coupons_that_have_not_changed_are_not_sent(after: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    after.load(tmp_path)
    asked: list[str] = []
    get = RestPages.get
    monkeypatch.setattr(RestPages, "get", lambda api, path, *more: asked.append(path) or get(api, path, *more))
    loads = query(tmp_path, f"select distinct _dlt_load_id from {RAW_COUPONS}")
    after.load(tmp_path)
    assert [path for path in asked if "coupons" in path] == ["/v1/coupons/cursors"]
    assert query(tmp_path, f"select distinct _dlt_load_id from {RAW_COUPONS}") == loads
    assert query(tmp_path, f"select count(*) from {RAW_COUPONS}") == [(9654,)]


def test_coupons_that_change_while_they_are_read_are_read_again(after: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BUDGET", 3)
    after.order(span=1, faults={"repeated": 1000})
    with pytest.raises(UserError, match="/v1/coupons changes while it is read: load again when it is at rest"):
        after.load(tmp_path)
    after.order()
    after.load(tmp_path)
    assert query(tmp_path, f"select count(*) from {RAW_COUPONS}") == [(9654,)]
