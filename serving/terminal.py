"""Metrics at the command line: the words of a filter, and an answer as table, CSV, JSON or chart."""

import csv
import http.client
import json
import math
import re
import sys
from datetime import date
from decimal import Decimal
from typing import Any

from rich.table import Table

from ingestion import console, settings
from ingestion.errors import UserError
from serving.queries import Answer, Column, Query, Term, Value

FORMATS = ("table", "csv", "json", "chart")
WORDS = {
    "=": "eq", "!=": "ne", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
    "between": "between", "in": "in", "not in": "not_in", "is null": "is_null", "is not null": "is_not_null",
}  # fmt: skip
TERM = re.compile(r"\s*(\w+)\s*(<=|>=|<>|!=|=|<|>|\b(?:is\s+not\s+null|is\s+null|not\s+in|in|between)\b)\s*(.*?)\s*", re.IGNORECASE)
BAR = 40


def term(text: str) -> Term:
    """`tier = gold`, `department in GROCERY,PRODUCE`, `week between 10,20`, `net_sales > 1000`; UserError when it is none of these."""
    found = TERM.fullmatch(text)
    if not found:
        raise UserError(f"'{text}' is no filter: write field, operator and values, as in 'department in GROCERY,PRODUCE' or 'week >= 10'.")
    name, word, rest = found.groups()
    operator = WORDS[" ".join(word.lower().split())]
    return Term(name, operator, values(operator, rest))


def values(operator: str, text: str) -> tuple[Value, ...]:
    """What is written after an operator: values with commas between them where it takes several, true, numbers, and else text."""
    texts = [part.strip() for part in text.split(",")] if operator in {"in", "not_in", "between"} else [text] if text else []
    return tuple(map(_value, texts))


def _value(text: str) -> Value:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else text.strip("'\"")


def running_service() -> tuple[str, int] | None:
    """Host and port of the service that says it serves this warehouse and answers; None when there is none."""
    file = settings.warehouse() / "service.json"
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        place = (str(told["host"]), int(told["port"]))
        status, body = _call(place, "GET", "/health", None, timeout=1)
        return place if status == 200 and body["process_id"] == told["process_id"] else None
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        return None


def asked_of(place: tuple[str, int], query: Query, limit: int) -> Answer:
    """The service's answer. UserError with its sentence when it refuses."""
    body = {
        "metrics": query.metrics,
        "group_by": query.group_by,
        "where": [{"field": term.field, "operator": term.operator, "values": term.values} for term in query.where],
        "order_by": query.order_by,
        "limit": limit,
        "start": query.start and str(query.start),
        "end": query.end and str(query.end),
    }
    try:
        status, told = _call(place, "POST", "/query", body, timeout=60)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise UserError(f"The service on port {place[1]} has ended ({error}): start `python -m serving serve` again.") from error
    if status != 200:
        raise UserError(str(told.get("detail", "The service does not say why.")))
    columns = tuple(Column(column["name"], column["label"], column["format"]) for column in told["columns"])
    rows = [tuple(row[column.name] for column in columns) for row in told["rows"]]
    return Answer(columns, rows, told["next_cursor"] is not None)


def _call(place: tuple[str, int], method: str, path: str, body: Any, timeout: float) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(*place, timeout=timeout)
    try:
        connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def show(answer: Answer, form: str) -> None:
    """Print an answer; a note on stderr says when the limit has cut it off."""
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([column.name for column in answer.columns])
        writer.writerows(answer.rows)
    elif form == "json":
        sys.stdout.write(json.dumps(records(answer), indent=2) + "\n")
    elif form == "chart":
        _chart(answer)
    else:
        _table(answer)
    if answer.more:
        console.stderr().print(f"Only the first {len(answer.rows):,} rows are shown: --limit asks for more.")


def records(answer: Answer) -> list[dict[str, Any]]:
    """A dictionary a row, as JSON has its cells."""
    return [{column.name: plain(cell) for column, cell in zip(answer.columns, row, strict=True)} for row in answer.rows]


def plain(cell: Any) -> Any:
    """A cell as JSON has it: a decimal as a number, a day as text, what is no number as null."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell if cell is None or isinstance(cell, int | float | str | bool) else str(cell)


def written(cell: Any, form: str) -> str:
    """A cell for people, by its metric's format (`$,.2f`, `.1%`, `,d`)."""
    if cell is None:
        return ""
    if not form or isinstance(cell, str | date):
        return str(cell).removesuffix(" 00:00:00")
    sign, spec = ("$", form[1:]) if form.startswith("$") else ("", form)
    number = int(cell) if spec.endswith("d") else cell
    text = format(number, spec)
    return f"-{sign}{text[1:]}" if sign and text.startswith("-") else sign + text


def _table(answer: Answer) -> None:
    shown = Table(header_style="bold")
    for column in answer.columns:
        shown.add_column(column.label, justify="right" if column.format else "left")
    for row in answer.rows:
        shown.add_row(*(written(cell, column.format) for column, cell in zip(answer.columns, row, strict=True)))
    console.stdout().print(shown)


def _chart(answer: Answer) -> None:
    """One bar a row for the first metric, the highest of them full."""
    position = next(index for index, column in enumerate(answer.columns) if column.format)
    metric = answer.columns[position]
    labels = [" · ".join(written(cell, "") for cell in row[:position]) or metric.label for row in answer.rows]
    numbers = [float(row[position] or 0) for row in answer.rows]
    top, wide = max(map(abs, numbers), default=0) or 1, max(map(len, labels), default=0)
    out = console.stdout()
    out.print(metric.label, style="bold", highlight=False)
    for label, number, row in zip(labels, numbers, answer.rows, strict=True):
        out.print(f"{label:<{wide}}  {_bar(number / top)} {written(row[position], metric.format)}", highlight=False, markup=False)


def _bar(share: float) -> str:
    eighths = round(abs(share) * BAR * 8)
    text = "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
    return f"-{text}" if share < 0 else text
