"""What the grocer remembers of itself between commands: one file, readable by its owner only, because the client's secret is in it."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from ingestion import settings
from ingestion.errors import UserError

RESET = "`make reset` (or `python -m ingestion grocer reset`)"


@dataclass(frozen=True)
class State:
    """A grocer whose systems were all brought up to `until`. `grocer_id` is random: it tells whose a till is."""

    grocer_id: str
    until: date
    households: int | None
    till_url: str
    loyalty_port: int
    client_secret: str


def read() -> State | None:
    """The state, None without a grocer; UserError when the file is not one of this version."""
    try:
        text = _file().read_text()
    except FileNotFoundError:
        return None
    try:
        values = json.loads(text)
        return State(**values | {"until": date.fromisoformat(values["until"])})
    except (ValueError, TypeError, KeyError):
        raise UserError(f"{_file()} was written by another version or is damaged: run {RESET} and start anew.") from None


def write(state: State) -> None:
    """Replace the state in one step."""
    aside = _file().with_suffix(".writing")
    aside.unlink(missing_ok=True)
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 (Path.open sets no mode)
        json.dump(asdict(state), file, default=str, indent=2)
    aside.replace(_file())


def _file() -> Path:
    return settings.grocer_folder() / "state.json"
