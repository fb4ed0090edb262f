"""What a scenario is: stages filled load after load, a model on them, and what it must hold in the end."""

import re
from dataclasses import dataclass, field

from tests.vault.grids import DEFAULT_HASHING, Hashing


@dataclass(frozen=True)
class Variant:
    """Variables of a dbt project, and the hashing that follows from them."""

    name: str
    variables: dict[str, object] = field(default_factory=dict)
    hashing: Hashing = DEFAULT_HASHING


DEFAULT = Variant("default")


@dataclass(frozen=True)
class Scenario:
    """Stages by name, each a grid a load; the call of a macro, in which @name is a stage; the target's rows after the last load.

    Or, in place of rows, the sentence that the last load is refused with.
    """

    name: str
    call: str
    given: dict[str, list[str]]
    expected: str = ""
    refused: str = ""
    variant: Variant = DEFAULT
    config: str = ""
    columns_change: bool = False

    @property
    def model(self) -> str:
        return "t_" + re.sub(r"\W+", "_", self.name.lower()).strip("_")

    @property
    def structure(self) -> str:
        """What the name begins with: `sat` of `sat: a first load`."""
        return re.sub(r"\W+", "_", self.name.partition(":")[0])

    @property
    def starts_empty(self) -> bool:
        """Whether a first load into the emptied table tells more: not for what is made anew."""
        return self.structure not in ("stage", "pit", "bridge", "end_dates") and not (self.refused or self.columns_change)

    @property
    def loads(self) -> int:
        return max(len(grids) for grids in self.given.values())

    def stage(self, name: str) -> str:
        return f"{self.model}__{name}"

    def named(self, text: str) -> str:
        """A text with the stages' full names in place of @name."""
        return re.sub(r"@(\w+?)(?=__|\b)", lambda found: self.stage(found[1]), text)

    def sql(self) -> str:
        """The model."""
        load = "{% set load = current_load() %}\n" if "load ==" in self.call else ""
        config = f"{{{{ config({self.config}) }}}}\n" if self.config else ""
        call = self.call if self.call.startswith("{") else f"{{{{ {self.call} }}}}"
        return f"{config}{load}{self.named(call)}\n"


def one(*grids: str) -> dict[str, list[str]]:
    """The loads of a scenario's only stage."""
    return {"stage": list(grids)}
