"""Random histories: what the macros load equals what slow, obvious Python loads, row by row.

Many small histories of their own keys share the loads of one project, so that dbt runs seldom. AISLE_SEED draws others,
AISLE_EXAMPLES more of them.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.vault.grids import DEFAULT_HASHING, in_order
from tests.vault.project import Project
from tests.vault.scenario import DEFAULT, Scenario, one
from tests.vault.scenarios.effectivity import AUTO, F
from tests.vault.scenarios.multi_active import MAS, M
from tests.vault.scenarios.points_in_time import PIT
from tests.vault.scenarios.satellites import EFF, E

SEED = int(os.environ.get("AISLE_SEED", "20171112"))
EXAMPLES = int(os.environ.get("AISLE_EXAMPLES", "1"))
HISTORIES, LOADS = 40, 3
OPEN = "open"
Row = tuple[Any, ...]
Loads = list[list[Row]]


def satellite(loads: Loads) -> list[Row]:
    """Rows (hashdiff, effective, load date) of one key: each is kept that differs from the one before it, of all that are kept so far."""

    def order(row: Row) -> Row:
        hashdiff, effective, load_date = row
        return load_date, effective, DEFAULT_HASHING.text(hashdiff)

    kept: list[Row] = []
    for staged in loads:
        for row in sorted(set(staged), key=order):
            before = [other for other in kept if order(other) <= order(row)]
            if not before or max(before, key=order)[0] != row[0]:
                kept.append(row)
    return kept


def multi_active(loads: Loads) -> list[Row]:
    """Rows (child, hashdiff, load date) of one key: a set is kept when it is not the one before it; a known date takes new members."""
    sets: dict[int, set[Row]] = {}
    for staged in loads:
        for date in sorted({row[2] for row in staged}):
            members = {row[:2] for row in staged if row[2] == date}
            before = [sets[other] for other in sorted(sets) if other < date]
            if date in sets:
                sets[date] |= members
            elif not before or before[-1] != members:
                sets[date] = members
    return [(*member, date) for date, members in sets.items() for member in members]


def effectivity(loads: Loads) -> list[Row]:
    """Rows (link, start, end, load date) of one driving key, in order: one relationship is open at a time, and the next one closes it."""
    kept: list[Row] = []
    held: Row | None = None
    seen: set[Row] = set()
    for staged in loads:
        for row in sorted(set(staged) - seen, key=lambda row: (row[1] if row[2] == OPEN else row[2], row[3])):
            link, start, end, load_date = row
            seen.add(row)
            if end != OPEN and held and held[0] == link:
                kept.append((link, held[1], end, load_date))
                held = None
            elif end == OPEN and not (held and held[0] == link):
                if held:
                    kept.append((held[0], held[1], start, load_date))
                kept.append(row)
                held = row
    return kept


def point_in_time(loads: Loads, dates: list[int]) -> list[Row]:
    """Rows (as-of date, load date or 0 for the ghost) of one key, whose satellite has the load dates."""
    known = {load_date for load in loads for (load_date,) in load}
    return [(date, max((other for other in known if other <= date), default=0)) for date in sorted(set(dates))]


days = st.integers(1, 9)
versions = st.lists(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 3), days), min_size=1, max_size=4), min_size=LOADS, max_size=LOADS
)
sets = st.lists(
    st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from("AB"), days), min_size=1, max_size=5), min_size=LOADS, max_size=LOADS
)
seen_dates = st.lists(st.lists(st.tuples(days), min_size=1, max_size=4), min_size=LOADS, max_size=LOADS)


@st.composite
def relationships(draw: st.DrawFn) -> Loads:
    """Of one driving key: what opens, is said again, closes, or returns, in order, in three loads; a load may repeat the one before it."""
    day, held, loads = 1, None, []
    for load_date in (10, 20, 30):
        staged = list(loads[-1]) if loads and draw(st.booleans()) else []
        for _ in range(draw(st.integers(1, 3))):
            link, closes = draw(st.sampled_from("123")), draw(st.booleans())
            if held and closes:
                staged.append((held[0], held[1], day, load_date))
                held = None
            else:
                staged.append((link, day, OPEN, load_date))
                held = held if held and held[0] == link else (link, day)
            day += 1
        loads.append(staged)
    return loads


def grid(head: str, histories: list[Loads], load: int, line: Callable[[str, Row], str]) -> str:
    """The stage of a load: the rows of all histories, each with its own key."""
    return head + "\n".join(line(f"k{number}", row) for number, loads in enumerate(histories) for row in loads[load])


def expected(head: str, histories: list[Loads], model: Callable[[Loads], list[Row]], line: Callable[[str, Row], str]) -> str:
    return head + "\n".join(line(f"k{number}", row) for number, loads in enumerate(histories) for row in model(loads))


def sat_line(key: str, row: Row) -> str:
    return f"{key} | {row[0]} | {row[0]} | {row[1]} | {row[2]} | x"


def mas_line(key: str, row: Row) -> str:
    return f"{key} | {row[0]} | {row[1]} | {row[1]} | {row[2]} | x"


def eff_line(key: str, row: Row) -> str:
    link, start, end, load_date = row
    return f"{key}l{link} | {key} | b{link} | {start} | {end} | {start if end == OPEN else end} | {load_date} | x"


def scenarios(versions: list[Loads], sets: list[Loads], relations: list[Loads], seen: list[Loads], dates: list[int]) -> Iterator[Scenario]:
    """One of each structure, with the rows that the model says."""
    for name, call, head, histories, model, line in (
        ("sat", EFF, E, versions, satellite, sat_line),
        ("ma_sat", MAS, M, sets, multi_active, mas_line),
        ("eff_sat", AUTO, F, relations, effectivity, eff_line),
    ):
        given_rows = one(*[grid(head, histories, load, line) for load in range(LOADS)])
        yield Scenario(f"{name}: random", call, given_rows, expected(head, histories, model, line))
    keys = "\n".join(f"k{number}" for number in range(len(seen)))
    loaded = [
        "a_hk | load_date\n"
        + "\n".join(f"k{number} | {row[0]}" for number, loads in enumerate(seen) for rows in loads[: load + 1] for row in rows)
        for load in range(LOADS)
    ]
    rows = [
        f"k{number} | {date} | {f'k{number}' if found else 0} | {found or 'ghost'}"
        for number, loads in enumerate(seen)
        for date, found in point_in_time(loads, dates)
    ]
    stages = {"hub": [f"a_hk\n{keys}"], "sat": loaded, "dates": ["as_of_date\n" + "\n".join(map(str, dates))]}
    yield Scenario("pit: random", PIT, stages, "a_hk | as_of_date | @sat_pk | @sat_ldts\n" + "\n".join(rows))


def differences(project: Project, scenario: Scenario, load: int) -> dict[str, Any]:
    """Per key what is held and what was expected, where they are not the same."""
    found: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    key = 1 if scenario.structure == "eff_sat" else 0
    for side, rows in enumerate((project.held[scenario.name, load], in_order(project.expected(scenario).rows))):
        for row in rows:
            found[row[key]][side].append(row)
    return {f"{scenario.structure} {key}": sides for key, sides in found.items() if sides[0] != sides[1]}


@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(
    versions=st.lists(versions, min_size=HISTORIES, max_size=HISTORIES),
    sets=st.lists(sets, min_size=HISTORIES, max_size=HISTORIES),
    relations=st.lists(relationships(), min_size=HISTORIES, max_size=HISTORIES),
    seen=st.lists(seen_dates, min_size=HISTORIES, max_size=HISTORIES),
    dates=st.lists(st.integers(1, 10), min_size=3, max_size=5),
)
def test_random_histories_are_loaded_as_the_slow_model_loads_them(
    tmp_path_factory: pytest.TempPathFactory,
    versions: list[Loads],
    sets: list[Loads],
    relations: list[Loads],
    seen: list[Loads],
    dates: list[int],
) -> None:
    drawn = list(scenarios(versions, sets, relations, seen, dates))
    project = Project(tmp_path_factory.mktemp("random"), drawn, DEFAULT)
    project.run()
    assert project.refused == {}
    for repeat in (0, 1):
        wrong = {key: sides for scenario in drawn for key, sides in differences(project, scenario, scenario.loads + repeat).items()}
        assert wrong == {}, f"AISLE_SEED={SEED}: {'the last load once more' if repeat else 'after the last load'}"
