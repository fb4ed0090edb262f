"""A trial: one load complete, the source changed, the next load killed, run again once; then raw is looked at."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.destinations.duckdb import JOURNAL
from tests.faults.driver import CALLS, LOOKS, SEEN
from tests.faults.places import Kill, drawn, earlier
from tests.faults.shop import Shop
from tests.support import ROOT

ATTEMPTS = 6
VERSIONS = "select id, _dlt_valid_from as since, _dlt_valid_to as until, lead(since) over (partition by id order by since) as next"


@dataclass(frozen=True)
class Trial:
    """What became of a killed load: `wrong` says what is not as it has to be, `states` is what readers saw on the way."""

    phase: str
    kill: Kill
    rows: str
    states: frozenset[str]
    wrong: tuple[str, ...] = field(default=())


class Driver:
    """A process of driver.py."""

    def __init__(self, *, stock: bool) -> None:
        self.journaled = not stock
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def load(self, folder: Path, shop: Shop, kill: Kill | None = None) -> tuple[int, float]:
        """How a load into the warehouse `folder` ended, and its seconds."""
        (folder / "dlt").mkdir(parents=True, exist_ok=True)
        request = {"folder": str(folder), "shop": asdict(shop), "kill": kill, "stock": not self.journaled}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["code"], answer["seconds"]

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def told(folder: Path) -> str:
    """The end of what a load printed."""
    return (folder / "log.txt").read_text()[-3000:]


@contextmanager
def driver(*, stock: bool = False) -> Iterator[Driver]:
    """A driver that is stopped in the end."""
    process = Driver(stock=stock)
    try:
        yield process
    finally:
        process.close()


class Trials:
    """The trials of one shop: they share the first load, and what an unkilled second load makes of it."""

    def __init__(self, process: Driver, shop: Shop, folder: Path) -> None:
        self._driver, self._shop, self._folder = process, shop, folder
        self._loaded, unkilled = folder / "loaded", folder / "unkilled"
        shop.open()
        first = shop.held()
        self._run_to_the_end(self._loaded)
        self.before = self._rows(self._loaded)
        shop.change()
        shutil.copytree(self._loaded, unkilled)
        self._seconds = self._run_to_the_end(unkilled)
        self.after = self._rows(unkilled)
        self.calls = json.loads((unkilled / CALLS).read_text())
        self.looks = self.calls.pop(LOOKS)
        self.sources = (first, shop.held())
        self.unkilled_wrong = self._wrong(unkilled)

    def run(self, seed: str, number: int) -> Iterator[Trial]:
        """So many trials, the same ones for the same seed."""
        for phase, kill in drawn(seed, self.calls, number):
            yield self.trial(phase, kill)

    def trial(self, phase: str, kill: Kill) -> Trial:
        """A load killed there, and the next one."""
        folder = self._folder / "trial"
        kill = self._killed(folder, kill)
        between = self._rows(folder)
        ended = self._driver.load(folder, self._shop)[0]
        refused = (f"the next load ended with {ended}: {told(folder)}",) if ended else ()
        states = frozenset((folder / SEEN).read_text().splitlines()) | {between}
        return Trial(phase, kill, self._rows(folder), states, refused + self._wrong(folder))

    def _killed(self, folder: Path, kill: Kill) -> Kill:
        """A load in `folder` killed there, or earlier when this one was over before: the kill that met it."""
        for _ in range(ATTEMPTS):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self._loaded, folder)
            (folder / SEEN).unlink(missing_ok=True)
            seconds = {"seconds": kill["part"] * self._seconds} if "part" in kill else {}
            if self._driver.load(folder, self._shop, kill | seconds)[0] == -signal.SIGKILL:
                return kill
            kill = earlier(kill)
        raise AssertionError(f"no load came by {kill}:\n{told(folder)}")

    def spoilt(self, trial: Trial) -> bool:
        """Whether raw, after the next load, is not what an unkilled load makes of it."""
        return trial.rows != self.after or bool(trial.wrong)

    def half_seen(self, trial: Trial) -> bool:
        """Whether a reader saw the table neither as it was before nor as it is after."""
        return not trial.states <= {self.before, self.after}

    def _run_to_the_end(self, folder: Path) -> float:
        code, seconds = self._driver.load(folder, self._shop)
        if code:
            raise AssertionError(f"a load that nobody killed ended with {code}:\n{told(folder)}")
        return seconds

    def _rows(self, folder: Path) -> str:
        return self._ask(folder, self._shop.fingerprint)[0][0]

    def _wrong(self, folder: Path) -> tuple[str, ...]:
        """What must never be, whatever the rows are."""
        questions = {"entries left in the journal": f"select count(*) from {JOURNAL}"} if self._driver.journaled else {}
        if self._shop.disposition == "scd2":
            clashes = f"from ({VERSIONS} from {self._shop.table}) where until > next or next is not null and until is null or since = next"
            questions["versions that overlap"] = f"select count(*) {clashes}"
        counts = {what: self._ask(folder, question)[0][0] for what, question in questions.items()}
        return tuple(f"{count:,} {what}" for what, count in counts.items() if count)

    @staticmethod
    def _ask(folder: Path, question: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as connection:
            return connection.execute(question).fetchall()
