"""A small evaluator of IAM documents: as much of AWS's rules as our policies use, and a failure for anything else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

READING = re.compile(r"^[a-z0-9]+:(Get|List|BatchGet|Describe)[A-Za-z]*$")
KNOWN = {"Sid", "Effect", "Action", "Resource", "Principal", "Condition"}

Statement = dict[str, Any]


def statements(document: Mapping[str, Any]) -> Iterator[Statement]:
    """The statements with Action and Resource as lists."""
    for statement in document["Statement"]:
        assert statement.keys() <= KNOWN, f"the evaluator does not know {statement.keys() - KNOWN}"
        yield statement | {key: as_list(statement[key]) for key in ("Action", "Resource") if key in statement}


def allows(document: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether a policy allows an action: allowed by one statement and denied by none."""
    effects = {
        statement["Effect"]
        for statement in statements(document)
        if _any_matches(statement["Action"], action.lower(), lower=True)
        and _any_matches(statement["Resource"], resource)
        and _holds(statement.get("Condition", {}), context or {})
    }
    return effects == {"Allow"}


def is_reading(action: str) -> bool:
    return READING.match(action) is not None


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _holds(condition: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    for operator, keys in condition.items():
        assert operator in ("StringLike", "Bool"), f"the evaluator does not know {operator}"
        for key, patterns in keys.items():
            if key not in context or not _any_matches(as_list(patterns), context[key]):
                return False
    return True


def _any_matches(patterns: list[str], value: str, lower: bool = False) -> bool:
    return any(re.fullmatch(_expression(pattern.lower() if lower else pattern), value) for pattern in patterns)


def _expression(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
