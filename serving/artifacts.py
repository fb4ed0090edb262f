"""dbt's artifacts of the last run: whether it was a green build of everything, and what reads raw.

Source: `manifest.json` (schema v12) and `run_results.json` (schema v6) of dbt-core 1.12.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ingestion.errors import UserError
from serving import project

GREEN = {"success", "pass", "warn", "no-op", "reused"}
RELATIONS = {"model", "seed", "snapshot"}
NAMES = {"model": "model", "seed": "seed", "snapshot": "snapshot", "test": "test", "unit_test": "unit test", "operation": "hook"}


@dataclass(frozen=True)
class Relation:
    """One model, seed or snapshot that the build made."""

    unique_id: str
    layer: str
    name: str
    materialized: str
    description: str
    seconds: float
    reads: tuple[str, ...]
    grain: tuple[str, ...] = ()


@dataclass(frozen=True)
class Test:
    """A data or unit test, how it went, and the relation that it is about (a unique id; None where it is about several)."""

    name: str
    kind: str
    about: str | None
    description: str
    status: str
    seconds: float


@dataclass(frozen=True)
class Build:
    """A green build of everything. Times are naive UTC."""

    invocation_id: str
    started_at: datetime
    ended_at: datetime
    seconds: float
    tests: list[Test] = field(repr=False)
    relations: dict[str, Relation] = field(repr=False)

    def reads_raw(self, views: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of the `views` (schema, name) that read a source, directly or through other views and ephemeral models."""
        open_ended = {
            unique_id
            for unique_id, relation in self.relations.items()
            if relation.materialized == "ephemeral" or (relation.layer, relation.name) in views
        }
        found: set[str] = set()
        while more := {
            unique_id
            for unique_id in open_ended - found
            if any(up.startswith("source.") or up in found for up in self.relations[unique_id].reads)
        }:
            found |= more
        return {(relation.layer, relation.name) for relation in map(self.relations.__getitem__, found)} & views


def last_build() -> Build:
    """The last dbt run, which must be a green build of every model, seed, snapshot and data test; UserError if it was not."""
    results, manifest = _read("run_results.json"), _read("manifest.json")
    _check_command(results["args"])
    by_id = {result["unique_id"]: result for result in results["results"]}
    _check_green(by_id)
    _check_whole(by_id, manifest["nodes"])
    return Build(
        invocation_id=results["metadata"]["invocation_id"],
        started_at=_moment(results["metadata"]["invocation_started_at"]),
        ended_at=_moment(results["metadata"]["generated_at"]),
        seconds=results["elapsed_time"],
        tests=[
            _test(manifest["nodes"].get(unique_id) or manifest["unit_tests"][unique_id], result)
            for unique_id, result in by_id.items()
            if _kind(unique_id) in {"test", "unit_test"}
        ],
        relations={
            unique_id: Relation(
                unique_id=unique_id,
                layer=node["schema"],
                name=node["alias"],
                materialized=node["config"]["materialized"],
                description=" ".join(node["description"].split()),
                seconds=by_id.get(unique_id, {}).get("execution_time", 0.0),
                reads=tuple(node.get("depends_on", {}).get("nodes", ())),
                grain=tuple((node["config"].get("meta") or {}).get("grain", ())),
            )
            for unique_id, node in manifest["nodes"].items()
            if node["resource_type"] in RELATIONS
        },
    )


def _test(node: dict[str, Any], result: dict[str, Any]) -> Test:
    reads = node.get("depends_on", {}).get("nodes", ())
    about = node.get("attached_node") or (reads[0] if len(reads) == 1 or node["resource_type"] == "unit_test" else None)
    return Test(
        name=node["name"],
        kind=NAMES[node["resource_type"]],
        about=about,
        description=" ".join((node.get("description") or "").split()),
        status=result["status"],
        seconds=result["execution_time"],
    )


def manifest() -> dict[str, Any]:
    """dbt's manifest of the last run; UserError when there is none."""
    return _read("manifest.json")


def semantic_manifest() -> str:
    """What dbt wrote for MetricFlow in the last run, as text: JSON in one line. UserError when there is none."""
    return json.dumps(_read("semantic_manifest.json"), separators=(",", ":"))


def withdraw() -> None:
    """Take away the results of the last run: it was green for dbt, and is not to be published."""
    (project.target_folder() / "run_results.json").unlink()


def _read(name: str) -> dict[str, Any]:
    path = project.target_folder() / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"There is no {path}, so no build is known to be green: run `make build`, then publish.") from error
    except ValueError as error:
        raise UserError(f"{path} is incomplete (a stopped build?): run `make build`, then publish.") from error


def _check_command(args: dict[str, Any]) -> None:
    if args.get("which") != "build":
        raise UserError(f"The last dbt command was `dbt {args.get('which')}`, not a build: run `make build`, then publish.")
    for option in ("empty", "sample"):
        if args.get(option):
            raise UserError(f"The last build was made with --{option} and holds no whole data: run `make build`, then publish.")


def _check_green(by_id: dict[str, dict[str, Any]]) -> None:
    wrong = {unique_id: result["status"] for unique_id, result in by_id.items() if result["status"] not in GREEN}
    if not wrong:
        return
    counts = ", ".join(f"{count} {status}" for status, count in sorted(Counter(wrong.values()).items()))
    first = next((unique_id for unique_id, status in wrong.items() if status != "skipped"), next(iter(wrong)))
    raise UserError(
        f"The last build is not green ({counts}; first: {NAMES[_kind(first)]} {first.split('.')[2]}): "
        "mend it and run `make build`, then publish."
    )


def _check_whole(by_id: dict[str, dict[str, Any]], nodes: dict[str, dict[str, Any]]) -> None:
    """After a partial build the other tables may be of a build that failed."""
    expected = {
        unique_id
        for unique_id, node in nodes.items()
        if node["resource_type"] in RELATIONS | {"test"} and node["config"]["materialized"] != "ephemeral"
    }
    if missing := expected - by_id.keys():
        raise UserError(
            f"The last build covered {len(expected) - len(missing):,} of {len(expected):,} models, seeds and tests "
            f"(not {min(missing).split('.')[2]}): build everything with `make build`, then publish."
        )


def _kind(unique_id: str) -> str:
    return unique_id.split(".", 1)[0]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
