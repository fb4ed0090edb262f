"""Four models compared: what each question costs in each of them, and what each costs to have, measured on what is published.

`python -m serving paradigms` writes docs/paradigms.md and its pictures. sqlglot counts joins, DuckDB's profile of a query what it reads.
"""

import io
import json
import platform
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import sqlglot
from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from sqlglot import exp

from ingestion import console, settings
from serving import artifacts, metrics
from serving.database import literal
from serving.questions import METRICFLOW, MODELS, TITLES, Question, questions
from serving.questions.by_metrics import with_metrics
from serving.reader import connect

PAGE = settings.ROOT / "docs" / "paradigms.md"
PICTURES = PAGE.parent / "pictures"
ROUNDS = 3
MODEL_LAYERS = {"nf3": "normalized", "vault": "vault", "star": "star", "wide": "wide"}
THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": SVG_EXPORT_THEME}
BLOCK_BYTES = 262_144
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # a page of ours asks no other machine for anything
HEAD = """# Four models of one year

One year of real shopping stands in four models: third normal form, Data Vault, star, One Big Table; metrics stand on the star. Forty
questions are asked of each, and every answer has the same rows (`make reconcile`). Here is what an answer costs, and what the model costs.
`python -m serving paradigms` measures and writes this page.
"""


@dataclass(frozen=True)
class Cost:
    """What one answer costs: the median seconds of several runs; rows and bytes that DuckDB read; joins and lines of its SQL."""

    seconds: float
    rows: int
    bytes: int
    joins: int
    lines: int


@dataclass(frozen=True)
class Behind:
    """What stands behind a model's answers, down to staging: models, their lines of SQL, seconds to build, bytes on disk."""

    models: int
    lines: int
    seconds: float
    bytes: int


@dataclass(frozen=True)
class Lineage:
    """dbt's manifest as a graph of models by unique id."""

    nodes: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> "Lineage":
        """That of a manifest; sources, tests and seeds are left out."""
        return cls({key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"})

    @cached_property
    def ids(self) -> dict[tuple[str, str], str]:
        """Unique id by schema and name."""
        return {(node["schema"], node["alias"]): key for key, node in self.nodes.items()}

    def behind(self, tables: Iterable[tuple[str, str]]) -> set[str]:
        """The models that these are or are made of, staging included."""
        found: set[str] = set()
        open_ended = [self.ids[table] for table in tables if table in self.ids]
        while open_ended:
            if (node := open_ended.pop()) not in found:
                found.add(node)
                open_ended += [up for up in self.nodes[node]["depends_on"]["nodes"] if up in self.nodes]
        return found

    def made_of(self, name: str) -> set[str]:
        """The models that read this one, directly or through others, and itself."""
        return {key for key, node in self.nodes.items() if any(self.nodes[up]["name"] == name for up in self.behind([_place(node)]))}

    def carrying(self, column: str, within: set[str]) -> set[str]:
        """Those of `within` that declare the column."""
        return {key for key in within if column in self.nodes[key]["columns"]}

    def count(self, ids: set[str], layer: str) -> int:
        """How many of them lie in a layer."""
        return sum(self.nodes[key]["fqn"][1] == layer for key in ids)


def _place(node: dict[str, Any]) -> tuple[str, str]:
    return node["schema"], node["alias"]


def write() -> Path:
    """Measure, and write page and pictures. UserError when nothing is published, or no manifest is there."""
    lineage = Lineage.of(artifacts.manifest())
    with connect() as connection:
        semantics = metrics.of(connection)
        asked = tuple(with_metrics(question, semantics) for question in questions())
        seconds = {
            (layer, name): took
            for layer, name, took in connection.execute("select layer, model, seconds from publication_models").fetchall()
        }
        stored = _stored(connection)
    costs = measured(asked)
    behind = {model: _behind(lineage, _tables(asked, model), seconds, stored) for model in TITLES}
    PICTURES.mkdir(exist_ok=True)
    everywhere = [question for question in asked if set(MODELS) <= set(question.sql)]
    totals = {model: sum(costs[question.name, model].seconds for question in everywhere) for model in MODELS}
    _draw("answers", f"Seconds for {len(everywhere)} questions", totals)
    _draw("builds", "Seconds to build, down to staging", {model: behind[model].seconds for model in MODELS})
    _draw("sizes", "MB on disk, down to staging", {model: behind[model].bytes / 1e6 for model in MODELS})
    PAGE.write_text(page(asked, costs, behind, lineage), encoding="utf-8")
    return PAGE


def measured(asked: tuple[Question, ...]) -> dict[tuple[str, str], Cost]:
    """What each answer costs, by question and model: `ROUNDS` runs of all of them in turn, each from a file that is opened anew."""
    runs: dict[tuple[str, str], list[tuple[float, int, int]]] = {}
    with console.Steps() as steps, steps.step("Measuring", ROUNDS * len(asked)) as advance:
        for question in asked * ROUNDS:
            for model in question.sql:
                runs.setdefault((question.name, model), []).append(_profiled(question, model))
            advance(1)
    by_name = {question.name: question for question in asked}
    return {(name, model): _cost(by_name[name].sql[model], found) for (name, model), found in runs.items()}


def _cost(sql: str, runs: list[tuple[float, int, int]]) -> Cost:
    seconds, rows, size = map(list, zip(*runs, strict=True))
    tree = sqlglot.parse_one(sql, read="duckdb")
    return Cost(median(seconds), int(median(rows)), int(median(size)), len(list(tree.find_all(exp.Join))), len(sql.splitlines()))


def _profiled(question: Question, model: str) -> tuple[float, int, int]:
    with connect() as connection:
        connection.execute("set enable_profiling = 'no_output'")
        connection.execute(question.sql[model], question.parameters.get(model)).fetchall()
        told = json.loads(connection.get_profiling_information("json"))
    return told["latency"], told["cumulative_rows_scanned"], told["total_bytes_read"]


def _tables(asked: tuple[Question, ...], model: str) -> set[tuple[str, str]]:
    """The tables and views that a model's answers name."""
    trees = (sqlglot.parse_one(question.sql[model], read="duckdb") for question in asked if model in question.sql)
    return {(table.db, table.name) for tree in trees for table in tree.find_all(exp.Table) if table.db}


def _stored(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Bytes on disk by table: the blocks that its columns lie in. Small tables share blocks, and each counts them."""
    tables = connection.execute("select schema_name, table_name from duckdb_tables() where not internal and not temporary").fetchall()
    blocks = (
        "select count(distinct block_id) from (select unnest([block_id] || additional_block_ids) as block_id from {}) where block_id >= 0"
    )
    return {
        table: connection.execute(blocks.format(f"pragma_storage_info({literal('.'.join(table))})")).fetchone()[0] * BLOCK_BYTES
        for table in tables
    }


def _behind(
    lineage: Lineage, tables: set[tuple[str, str]], seconds: dict[tuple[str, str], float], stored: dict[tuple[str, str], int]
) -> Behind:
    nodes = [lineage.nodes[key] for key in lineage.behind(tables)]
    lines = sum(len(node["raw_code"].splitlines()) for node in nodes)
    places = [_place(node) for node in nodes]
    return Behind(len(nodes), lines, sum(seconds.get(place, 0) for place in places), sum(stored.get(place, 0) for place in places))


def page(asked: tuple[Question, ...], costs: dict[tuple[str, str], Cost], behind: dict[str, Behind], lineage: Lineage) -> str:
    """The page's text."""
    where = f"{datetime.now(UTC):%Y-%m-%d} on {platform.system()} {platform.machine()}; duckdb {duckdb.__version__}"
    return "\n".join(
        [
            HEAD,
            f"Measured {where}; the median of {ROUNDS} runs in turn, each from a file opened anew. Trust the ratios alone.\n",
            "## In short\n",
            *_in_short(asked, costs, behind),
            *(_picture(name, alt) for name, alt in (("answers", "Seconds to answer"), ("builds", "Seconds to build"), ("sizes", "Size"))),
            "## When a source changes\n",
            *_changes(lineage),
            "## Question by question\n",
            "Milliseconds, joins, lines of SQL, rows and MB read. A model's name leads to its SQL; MetricFlow writes its own.\n",
            *_table(
                ["question", "answered from", "ms", "joins", "lines", "rows read", "MB read"], _question_rows(asked, costs), numbers_from=2
            ),
        ]
    )


def _in_short(asked: tuple[Question, ...], costs: dict[tuple[str, str], Cost], behind: dict[str, Behind]) -> Iterator[str]:
    common = [question for question in asked if set(TITLES) <= set(question.sql)]
    yield f"The {len(common)} questions that all five answer, and what stands behind the answers to all of a model's questions:\n"
    rows = []
    for model, title in TITLES.items():
        found = [costs[question.name, model] for question in common]
        have = behind[model]
        rows.append(
            [
                title,
                f"{sum(cost.seconds for cost in found):.2f}",
                f"{sum(cost.joins for cost in found):,}",
                f"{sum(cost.lines for cost in found):,}",
                f"{sum(cost.rows for cost in found) / 1e6:,.1f}",
                f"{sum(cost.bytes for cost in found) / 1e6:,.0f}",
                f"{have.models}",
                f"{have.lines:,}",
                f"{have.seconds:.1f}",
                f"{have.bytes / 1e6:,.0f}",
            ]
        )
    head = [
        "model",
        "seconds",
        "joins",
        "lines",
        "million rows read",
        "MB read",
        "models behind",
        "their lines",
        "build seconds",
        "MB on disk",
    ]
    yield from _table(head, rows, numbers_from=1)
    yield "Behind the star stands third normal form, behind wide table and metrics the star: what they share counts for each.\n"


def _question_rows(asked: tuple[Question, ...], costs: dict[tuple[str, str], Cost]) -> list[list[str]]:
    rows = []
    for question in asked:
        for model in question.sql:
            cost = costs[question.name, model]
            link = TITLES[model] if model == METRICFLOW else f"[{TITLES[model]}](../serving/questions/{question.name}/{model}.sql)"
            first = question.title if model == "nf3" else ""
            numbers = [f"{cost.seconds * 1000:,.0f}", f"{cost.joins}", f"{cost.lines}", f"{cost.rows:,}", f"{cost.bytes / 1e6:,.1f}"]
            rows.append([first, link, *numbers])
    return rows


def _changes(lineage: Lineage) -> Iterator[str]:
    """Three changes, and how many models each touches: a column passes the way that one beside it passes today."""
    lines, products = lineage.made_of("stg_pos__transactions"), lineage.made_of("stg_pos__products")
    readers = {key for key in lines if any("stg_pos__transactions" in up for up in lineage.nodes[key]["depends_on"]["nodes"])}
    changes = {
        "The till writes one more column beside `quantity`: models that declare it (nested fields not counted)": lineage.carrying(
            "quantity", lines
        ),
        "A product's category changes: models whose rows change, and none of whose SQL does": lineage.carrying(
            "product_category", products
        ),
        "A second till system: models that read the till's lines from staging": readers,
    }
    yield "Counted from the lineage of dbt's manifest, layer by layer; the star needs what normalized needs, the wide table the star.\n"
    head = ["change", *MODEL_LAYERS.values()]
    rows = [[change, *(f"{lineage.count(found, layer)}" for layer in MODEL_LAYERS.values())] for change, found in changes.items()]
    yield from _table(head, rows, numbers_from=1)


def _table(head: list[str], rows: list[list[str]], *, numbers_from: int) -> Iterator[str]:
    rule = ["---" if at < numbers_from else "---:" for at in range(len(head))]
    yield "".join(f"| {' | '.join(row)} |\n" for row in [head, rule, *rows])


def _picture(name: str, alt: str) -> str:
    dark = f'<source media="(prefers-color-scheme: dark)" srcset="pictures/paradigms-{name}-dark.svg">'
    return f'<picture>{dark}<img alt="{alt}, by model" src="pictures/paradigms-{name}-light.svg"></picture>\n'


def _draw(name: str, title: str, values: dict[str, float]) -> None:
    """Bars as SVG, light and dark. Rich draws them, because altair needs a browser's engine to write SVG."""
    for theme, colors in THEMES.items():
        drawn = Console(record=True, width=80, file=io.StringIO(), force_terminal=True)
        bars = Table.grid(padding=(0, 1))
        top = max(values.values())
        for model, value in values.items():
            bars.add_row(TITLES[model], Bar(top, 0, value, width=45, color="blue"), f"{value:,.1f}")
        drawn.print(bars)
        text = FONTS.sub("", drawn.export_svg(title=title, theme=colors, unique_id=f"paradigms-{name}"))
        (PICTURES / f"paradigms-{name}-{theme}.svg").write_text(text, encoding="utf-8")
