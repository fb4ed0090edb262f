"""A mutant is a model with one fault. It is equivalent when no row changes, else a test has to kill it."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from tests.mutation.built import Built, Endless, Killed, Project
from tests.mutation.operators import Fault, faults

EQUIVALENT, KILLED, SURVIVED, INVALID, ENDLESS = "equivalent", "killed", "survived", "invalid", "endless"
Key = tuple[str, str, str, int]
SURVIVORS = Path(__file__).parent / "survivors.yml"


@dataclass(frozen=True)
class Mutant:
    """A model, and the fault in it."""

    model: str
    fault: Fault


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant, and which test did it."""

    layer: str
    model: str
    operator: str
    place: str
    outcome: str
    by: str = ""
    number: int = 0

    @property
    def key(self) -> Key:
        """How survivors.yml names it: model, fault, place, and which of the fault's places in the model that is."""
        return (self.model, self.operator, self.place, self.number)


def mutants(project: Project) -> list[Mutant]:
    """Every place of every operator in every model, parents first."""
    return [Mutant(unique_id, fault) for unique_id in project.ordered for fault in faults(project.models[unique_id]["compiled_code"])]


def judged(built: Built, mutant: Mutant) -> Verdict:
    """Build the mutant and whatever changes with it, and run the tests."""
    node = built.project.models[mutant.model]
    sql = node["compiled_code"]

    def verdict(outcome: str, by: str = "") -> Verdict:
        return Verdict(node["fqn"][1], node["name"], mutant.fault.operator.name, mutant.fault.shown(sql), outcome, by, mutant.fault.number)

    try:
        with built.undone():
            if not _lives(built, mutant, sql):
                return verdict(EQUIVALENT)
    except Killed as test:
        return verdict(KILLED, str(test))
    except Endless:
        return verdict(ENDLESS)
    except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException, duckdb.NotImplementedException):
        return verdict(INVALID)
    except duckdb.Error as error:
        return verdict(KILLED, f"the build: {str(error).splitlines()[0][:80]}")
    return verdict(SURVIVED)


def _lives(built: Built, mutant: Mutant, sql: str) -> bool:
    """Whether any row changes and no test sees it; Killed by the first that does."""
    for test in built.project.unit_tests(mutant.model):
        in_test = made_in_unit_test(mutant.fault, sql, test.model_sql)
        if in_test and built.differs_from_expected(test, in_test):
            raise Killed(test.name)
    if not built.replaced(mutant.model, mutant.fault.made(sql) or sql):
        return False
    built.check({mutant.model}, built.project.below[mutant.model])
    built.rebuilt({mutant.model})
    return True


def made_in_unit_test(fault: Fault, model_sql: str, unit_sql: str) -> str | None:
    """The fault at the same place of the model's SQL among its fixtures; None when dbt compiled another branch there."""
    here = sum(one.operator is fault.operator for one in faults(model_sql))
    there = sum(one.operator is fault.operator for one in faults(unit_sql))
    return Fault(fault.operator, fault.number).made(unit_sql) if here == there else None


def survivors() -> dict[Key, str]:
    """The mutants that are known to survive, each with the reason."""
    known = yaml.safe_load(SURVIVORS.read_text(encoding="utf-8")) or {}
    return {(model, one["fault"], one["at"], one.get("number", 0)): one["why"] for model, those in known.items() for one in those}
