"""What keeps a load from going well, found before it: each system is examined from the outside inwards, and nothing is changed.

A system's checks come in one order: is there such a name, does its port answer, by TLS as asked, does it let us in, may we read, is all
there that we read, does anybody lock it, is there room on the disk, does its clock agree, does its version fit. Where one fails, the
later ones of that system cannot be made.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

ORDER = ("name", "port", "TLS", "login", "permission", "schema", "lock", "disk", "clock", "version")
OK, SKIPPED, FOUND, NOT_REACHED = "ok", "skipped", "found", "not reached"
SECONDS = 5  # that any one answer is waited for


class Trouble(Exception):  # noqa: N818 (what a doctor finds)
    """A cause by its short name, and one sentence with the remedy."""

    def __init__(self, cause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.cause, self.sentence = cause, sentence


class Skipped(Exception):  # noqa: N818 (nothing went wrong)
    """A check that does not apply, and why."""


@dataclass(frozen=True)
class Patient:
    """A system with the checks that it has, by their names of `ORDER`; a check says what it saw, or raises Trouble or Skipped."""

    name: str
    checks: dict[str, Callable[[], str]]


@dataclass(frozen=True)
class Diagnosis:
    """What one check came to; `cause` is empty unless something was found."""

    system: str
    check: str
    verdict: str
    told: str
    cause: str = ""


def examine(patients: Sequence[Patient]) -> Iterator[Diagnosis]:
    """Each check of each system in order."""
    for patient in patients:
        found = ""
        for check in [check for check in ORDER if check in patient.checks]:
            diagnosis = Diagnosis(patient.name, check, NOT_REACHED, f"because of {found}") if found else diagnosed(patient, check)
            found = found or diagnosis.cause
            yield diagnosis


def diagnosed(patient: Patient, check: str) -> Diagnosis:
    """One check."""
    try:
        return Diagnosis(patient.name, check, OK, patient.checks[check]())
    except Skipped as reason:
        return Diagnosis(patient.name, check, SKIPPED, str(reason))
    except Trouble as trouble:
        return Diagnosis(patient.name, check, FOUND, trouble.sentence, trouble.cause)
