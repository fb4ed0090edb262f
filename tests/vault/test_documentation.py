"""Every structure's arguments are described, in the order in which the macro takes them."""

import re
from pathlib import Path

import pytest
import yaml

from tests.support import ROOT

FOLDER = ROOT / "macros" / "vault"
DESCRIBED = {macro["name"]: macro for macro in yaml.safe_load((FOLDER / "_macros.yml").read_text())["macros"]}
# A file of its name, and a head that shows the call: what a user writes in a model.
STRUCTURES = [path for path in sorted(FOLDER.glob("*.sql")) if re.search(rf"{{{{ {path.stem}\(", path.read_text())]


def arguments(path: Path) -> list[str]:
    """The names of a macro's arguments, as its file declares them."""
    [declared] = re.findall(rf"macro {path.stem}\((.*?)\)\s*-?%}}", path.read_text(), re.DOTALL)
    return [argument.split("=")[0].strip() for argument in declared.split(",")]


def test_every_structure_is_described_and_nothing_else() -> None:
    assert {path.stem for path in STRUCTURES} == set(DESCRIBED)


@pytest.mark.parametrize("path", STRUCTURES, ids=lambda path: path.stem)
def test_every_argument_is_described(path: Path) -> None:
    assert [argument["name"] for argument in DESCRIBED[path.stem]["arguments"]] == arguments(path)
    assert all(argument["description"] for argument in DESCRIBED[path.stem]["arguments"])
