"""Every figure of every run, a line each in history.jsonl; and the page's one table, which has the newest of each group."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import ROOT, Figure

FILE = Path(__file__).with_name("history.jsonl")
PAGE = ROOT / "docs" / "performance.md"
HEADERS = ("what", "rows", "seconds", "against", "seconds", "ratio", "allowed", "met")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
SHOWN = 5


@dataclass(frozen=True)
class Entry:
    """A figure as it was measured: the day, the commit, the machine, its group, and what `Figure` holds."""

    date: str
    commit: str
    machine: str
    group: str
    what: str
    rows: int | None
    seconds: float
    against: str
    against_seconds: float | None
    allowed: str

    @property
    def ratio(self) -> float | None:
        return self.seconds / self.against_seconds if self.against_seconds else None

    @property
    def met(self) -> bool | None:
        """Whether the limit holds: `≤ 1.2` is one of the ratio, `≤ 120 s` one of the seconds; None without a limit."""
        if not (limit := re.fullmatch(r"≤ ([\d.]+)( s)?", self.allowed)):
            return None
        value = self.seconds if limit[2] else self.ratio
        return value is not None and round(value, 2) <= float(limit[1])

    @property
    def name(self) -> str:
        """The figure without what is measured beside it, which differs from run to run."""
        return re.sub(r" \([^)]*\)|: [\d,]+ MiB.*| peak [\d,]+ MiB|: dbt's largest.*", "", f"{self.group}: {self.what}")


def machine() -> str:
    """The machine and the engines, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    engines = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dlt", "dbt-core"))
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}; {engines}"
    )


def commit() -> str:
    """The commit that is measured; empty outside of git."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 (any git)
    return done.stdout.strip()


def entries(group: str, figures: Iterable[Figure]) -> list[Entry]:
    """What was measured just now."""
    day, here, state = f"{datetime.now(UTC):%Y-%m-%d}", machine(), commit()
    return [Entry(day, state, here, group, one.what, one.rows, one.seconds, one.against, one.against_seconds, one.limit) for one in figures]


def read() -> list[Entry]:
    """The history, the oldest first."""
    names = {field.name for field in fields(Entry)}
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    return [Entry(**{name: value for name, value in json.loads(line).items() if name in names}) for line in lines]


def add(new: Iterable[Entry]) -> None:
    """Append to the history."""
    with FILE.open("a", encoding="utf-8") as file:
        for entry in new:
            ratio = None if entry.ratio is None else round(entry.ratio, 3)
            file.write(json.dumps(asdict(entry) | {"ratio": ratio, "met": entry.met}, ensure_ascii=False) + "\n")


def newest(history: list[Entry]) -> list[Entry]:
    """Of each group the figures of its last run."""
    last = {entry.group: (entry.date, entry.commit) for entry in history}
    return [entry for entry in history if (entry.date, entry.commit) == last[entry.group]]


def regressions(history: list[Entry], now: Iterable[Entry]) -> list[str]:
    """A sentence for each limit that is missed and was met when it was measured last."""
    met = {entry.name: entry for entry in newest(history) if entry.met}
    return [
        f"{entry.name} is {told(entry)}, allowed {entry.allowed}; on {met[entry.name].date} it was {told(met[entry.name])}."
        for entry in now
        if entry.met is False and entry.name in met
    ]


def told(entry: Entry) -> str:
    """What the limit is about: the ratio, or the seconds."""
    return f"{entry.seconds:.1f} s" if entry.allowed.endswith(" s") else f"{entry.ratio:.2f}"


def trend(history: list[Entry], group: str) -> list[tuple[str, ...]]:
    """Rows of a table: a figure, what is allowed, and its last values, the newest last."""
    seen: dict[str, list[Entry]] = {}
    for entry in history:
        if entry.group == group or not group:
            seen.setdefault(entry.name, []).append(entry)
    return [(name, those[-1].allowed, *_last(those)) for name, those in seen.items()]


def _last(those: list[Entry]) -> list[str]:
    values = [f"{one.ratio:.2f}" if one.ratio is not None else f"{seconds(one.seconds)} s" for one in those[-SHOWN:]]
    return [""] * (SHOWN - len(values)) + values


def cells(entry: Entry) -> tuple[object, ...]:
    """A row of the table."""
    ratio = f"{entry.ratio:.2f}" if entry.ratio is not None else None
    other = seconds(entry.against_seconds) if entry.against_seconds is not None else None
    met = {True: "yes", False: "**no**", None: None}[entry.met]
    return (entry.what, entry.rows, seconds(entry.seconds), entry.against or None, other, ratio, entry.allowed or None, met)


def seconds(value: float) -> str:
    """Tenths of a second, hundredths below one."""
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def write_page(history: list[Entry], groups: Iterable[str]) -> None:
    """Put the newest figures of the groups into the page's table, in this order."""
    now = newest(history)
    judged = [entry.met for entry in now if entry.met is not None]
    lines = [
        f"{sum(judged)} of {len(judged)} limits are met. Each group was measured in one run, on the day and commit beside it; the last one",
        f"on {history[-1].machine}.",
        "",
        f"| {' | '.join(HEADERS)} |",
        "|---|---:|---:|---|---:|---:|---|---|",
    ]
    for group in groups:
        those = [entry for entry in now if entry.group == group]
        if not those:
            continue
        lines.append(f"| **[{group}](#{group})**, {those[0].date}, {those[0].commit} |  |  |  |  |  |  |  |")
        lines += [f"| {' | '.join(map(_shown, cells(entry)))} |" for entry in those]
    page = PAGE.read_text(encoding="utf-8")
    text = "\n".join([BEGIN, "", *lines, "", END])
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: text, page, flags=re.DOTALL), encoding="utf-8")


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
