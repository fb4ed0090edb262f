"""The folder describes itself: each structure, each of its arguments, and no other."""

import re

import yaml

from tests.support import ROOT

FOLDER = ROOT / "macros" / "vault"
MACRO = re.compile(r"\{%-? macro (\w+)\((.*?)\) -?%\}", re.DOTALL)


def test_every_argument_of_a_described_macro_is_described() -> None:
    text = "\n".join(path.read_text() for path in FOLDER.glob("*.sql"))
    taken = {name: re.findall(r"(\w+)(?:=[^,]*)?(?:,|$)", " ".join(arguments.split())) for name, arguments in MACRO.findall(text)}
    described = yaml.safe_load((FOLDER / "_macros.yml").read_text())["macros"]
    assert {macro["name"]: [argument["name"] for argument in macro["arguments"]] for macro in described} == {
        macro["name"]: taken[macro["name"]] for macro in described
    }
    assert all(macro["description"] and all(argument["description"] for argument in macro["arguments"]) for macro in described)


def test_every_structure_is_described() -> None:
    shared = {"arguments", "engines", "hash", "loading"}
    described = {macro["name"] for macro in yaml.safe_load((FOLDER / "_macros.yml").read_text())["macros"]}
    assert {path.stem for path in FOLDER.glob("*.sql")} - shared <= described


def test_every_file_begins_with_its_usage() -> None:
    assert [path.name for path in FOLDER.glob("*.sql") if not path.read_text().startswith("{#\n    ")] == []
