"""What is published, shown: layers, three answers, the totals beside the sources' own, what is wrong in the sources, what to do next."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from ingestion import console
from ingestion.errors import UserError
from serving import publication
from serving.database import one_line
from serving.publication import Publication
from serving.reader import connect

ANSWERS = Path(__file__).parent / "answers"
LAYERS = ("reference", "staging", "normalized", "vault", "star", "wide", "serving")
BARS = "▁▂▃▄▅▆▇█"
NEXT = (
    ("make sql", "a SQL shell on all of it"),
    (".venv/bin/python -m serving sql --tables", "every table with its rows and what it holds"),
    ("make docs", "one page with every model, column and test"),
)


def report() -> None:
    """Print the report. UserError when nothing is published, when an answer's tables are missing, or when a total differs."""
    published = publication.read()
    if published is None:
        with connect():
            raise UserError("What is served was not made by `make publish`: run `make demo`.")
    with connect() as connection:
        _print_layers(connection, published)
        _print_table("What sells, and which share of it on promotion?", *answer(connection, "departments"))
        _print_weeks(connection)
        _print_table("What do households spend while they are in a tier?", *answer(connection, "tiers"))
        equal = _print_totals(connection)
        _print_findings(connection)
    if not equal:
        raise UserError("The served totals differ from the sources' own: run `make build`, whose tests name the first layer that does.")
    _print_table("What next?", ["command", "gives"], NEXT)


def answer(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Columns (spaces for underscores) and rows of `answers/<name>.sql`; UserError when the served data cannot answer it."""
    try:
        found = connection.execute((ANSWERS / f"{name}.sql").read_text(encoding="utf-8"))
    except duckdb.Error as error:
        raise UserError(
            f"The served data cannot answer {name} ({one_line(error)}): run `make demo`, which builds and publishes anew."
        ) from error
    return [column.replace("_", " ") for column, *_ in found.description], found.fetchall()


def _print_layers(connection: duckdb.DuckDBPyConnection, published: Publication) -> None:
    rows = connection.execute(
        "select layer, count(*), cast(sum(row_count) as bigint), round(sum(seconds), 1) from main.publication_models group by layer"
    ).fetchall()
    rows.sort(key=lambda row: (LAYERS.index(row[0]) if row[0] in LAYERS else len(LAYERS), row[0]))
    who = "all households" if published.households is None else f"{published.households:,} households"
    _print_table(f"What was built: {who} until {published.as_of_date}", ["layer", "models", "rows", "seconds"], rows)
    console.stdout().print(
        f"{published.row_count:,} rows; {published.build_seconds:.0f} s with {published.tests:,} tests; "
        f"published {published.published_at:%Y-%m-%d %H:%M} UTC"
    )


def _print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    console.stdout().print(f"\n{title}", style="bold")
    console.table(columns, rows)


def _print_weeks(connection: duckdb.DuckDBPyConnection) -> None:
    _, rows = answer(connection, "weeks")
    ranked = sorted(rows, key=lambda row: row[1], reverse=True)
    shown = [("best", *row) for row in ranked[:3]] + [("weakest", *row) for row in ranked[3:][-3:]]
    _print_table("How do sales develop over the grocer's weeks?", ["", "grocer week", "sales"], shown)
    if "utf" in console.stdout().encoding:
        console.stdout().print(f"{sparkline([float(sales) for _, sales in rows])}  weeks {rows[0][0]} to {rows[-1][0]}")


def _print_totals(connection: duckdb.DuckDBPyConnection) -> bool:
    """Print one row a total, one column a place; whether each place has the source's number (None: the place does not hold it)."""
    columns, (source, *places) = answer(connection, "totals")
    rows = []
    for position, total in enumerate(columns[1:], start=1):
        held = [place[position] for place in places]
        equal = all(number in (None, source[position]) for number in held)
        rows.append((total, source[position], *held, "equal" if equal else "DIFFERS"))
    _print_table("The totals, to the cent", ["total", "sources' own", *(place[0] for place in places), ""], rows)
    return all(row[-1] == "equal" for row in rows)


def _print_findings(connection: duckdb.DuckDBPyConnection) -> None:
    _, rows = answer(connection, "findings")
    told = "; ".join(f"{rule.replace('_', ' ')}: {findings:,}, in {source_rows:,} rows" for rule, source_rows, findings in rows)
    findings = sum(findings for _, _, findings in rows)
    console.stdout().print(f"\n{findings:,} findings about what the sources say, all kept (star.dq_findings){f': {told}' if told else ''}.")


def sparkline(numbers: list[float]) -> str:
    """A bar a number, the highest of them full."""
    top = max(numbers, default=0) or 1
    return "".join(BARS[max(0, round(number / top * len(BARS)) - 1)] for number in numbers)
