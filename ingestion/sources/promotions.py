"""The promotion drops: a folder or an S3 prefix, one Parquet file a week, imported as they are.

A file that is replaced under its name takes its week's old rows out and brings the new ones, in one transaction. One that cannot be taken
is set aside with the reason, and the others are loaded. What was taken is known by content: a copy or a touch brings nothing twice.
"""

import sys
from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dlt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from dlt.common.schema.utils import remove_compound_props
from dlt.extract import DltResource

from ingestion import settings
from ingestion.errors import UserError
from ingestion.grocer import clock
from ingestion.loaders import counted, timed
from ingestion.loaders.files import File, arriving, digest, place
from ingestion.loaders.fitting import fitted, types_of
from ingestion.raw_meta import SourceTotal
from ingestion.schemas import FROZEN, contracts
from ingestion.sources import Days

CONTRACT = contracts("promotions")["promotions"]
# Written by the loader, promised by nobody: so it is not in ingestion/schemas.
REJECTED = pa.schema([("file", pa.string()), ("version", pa.string()), ("reason", pa.string()), ("rejected_at", pa.timestamp("us"))])
PATTERN = "promotions_*.parquet"
WEEK = "week"
REPLACE_WEEKS = {"disposition": "merge", "strategy": "delete-insert"}


@dataclass(frozen=True)
class Note:
    """What is remembered of a file: its version in the listing, its content, the one week that it holds (None without rows), its rows."""

    version: str
    digest: str
    week: int | None
    rows: int


@dataclass(frozen=True)
class Arrival:
    """A file that is new or changed, and why it is not taken, if it is not."""

    name: str
    path: Path
    note: Note
    schema: pa.Schema
    reason: str = ""


@dataclass(frozen=True)
class Memory:
    """Files that were taken and files that were set aside, by name."""

    taken: dict[str, Note]
    aside: dict[str, Note]

    @classmethod
    def of(cls, state: dict[str, Any]) -> "Memory":
        """As dlt's state has it."""
        return cls(*({name: Note(**note) for name, note in state.get(part, {}).items()} for part in ("taken", "aside")))

    def holders(self, names: Iterable[str]) -> dict[int, str]:
        """Which of these files holds which week."""
        return {note.week: name for name in names if (note := self.taken.get(name)) and note.week is not None}

    def knows(self, file: File, holders: dict[int, str]) -> bool:
        """Whether this version was seen; one that was set aside for its week is looked at again when the week is free."""
        aside = self.aside.get(file.name)
        if aside and aside.version == file.version:
            return aside.week is None or aside.week in holders
        return file.name in self.taken and self.taken[file.name].version == file.version

    def replaces(self, arrival: Arrival) -> bool:
        """Whether raw holds rows that the file takes the place of: its own earlier ones, or those of a file that is gone."""
        return arrival.note.week in self.holders(self.taken)

    def take(self, arrival: Arrival) -> None:
        self.taken.pop(self.holders(self.taken).get(arrival.note.week), None)
        self.aside.pop(arrival.name, None)
        self.taken[arrival.name] = arrival.note

    def doubt(self, weeks: Container[int]) -> None:
        """Have the files of these weeks looked at as if they had changed."""
        for name, note in self.taken.items():
            if note.week in weeks:
                self.taken[name] = replace(note, version="", digest="")

    def sets_aside(self, arrival: Arrival) -> bool:
        """Remember the refusal; gives whether this content was not refused before."""
        before = self.aside.get(arrival.name)
        self.aside[arrival.name] = arrival.note
        return before is None or before.digest != arrival.note.digest


@dlt.source(name="promotions", schema_contract=FROZEN)
def promotions(drops: str = dlt.config.value, days: Days | None = None) -> DltResource:
    """The weekly files at `drops`, a folder or `s3://bucket/prefix` (environment: SOURCES__PROMOTIONS__DROPS).

    With `days` the files of their weeks come again, whether they have changed or not; where weeks cannot be replaced, none does.
    """
    return files(drops, days)


@dlt.resource(name="promotions", merge_key=WEEK, write_disposition="append", columns=CONTRACT.hints)
def files(drops: str, days: Days | None = None) -> Iterator[Any]:
    """The files that are new or changed since the last load; each that is set aside is a row of the table `rejected_files`."""
    state = dlt.current.resource_state()
    memory, names_of_old = Memory.of(state), state.pop("files", [])  # an older version of Aisle remembered the names alone
    if days and weeks_are_replaced():
        first, last = (clock.visible_weeks(moment.date())[-1] for moment in (days.since, days.before))
        memory.doubt(range(first, last + 1))
    if "taken" not in state:
        yield rejections([])  # so that the table exists from the start
    with TemporaryDirectory(prefix="drops-", dir=settings.scratch_folder()) as folder:
        arrivals = list(timed(new_files(drops, memory, Path(folder))))
        taken = [arrival for arrival in arrivals if not arrival.reason]
        loading = [arrival for arrival in taken if arrival.name not in names_of_old]
        if replacing := [arrival.name for arrival in loading if memory.replaces(arrival)]:
            replace_weeks(replacing)
        for arrival in loading:
            yield dlt.mark.with_file_import(str(arrival.path), "parquet", arrival.note.rows, hints=arrival.schema.empty_table())
    for arrival in taken:
        memory.take(arrival)
    if aside := [arrival for arrival in arrivals if arrival.reason and memory.sets_aside(arrival)]:
        yield rejections(aside)
    state.update(asdict(memory))


def new_files(drops: str, memory: Memory, folder: Path) -> Iterator[Arrival]:
    """Whatever at `drops` is not known by its content, the oldest first; files that still arrive are left for the next load."""
    origin = place(drops)
    listed = origin.files(PATTERN)
    holders = memory.holders(file.name for file in listed)
    unknown = [file for file in listed if file.size and not memory.knows(file, holders)]
    for file, path in origin.local(unknown, folder):
        if arriving(file, path):
            continue
        content, known = digest(path), memory.taken.get(file.name)
        if known and known.digest == content:
            memory.taken[file.name] = replace(known, version=file.version)
            continue
        arrival = inspected(file, path, folder, content, holders, known)
        if not arrival.reason and arrival.note.week is not None:
            holders[arrival.note.week] = file.name
        yield arrival


def inspected(file: File, path: Path, folder: Path, content: str, holders: dict[int, str], before: Note | None) -> Arrival:
    """The file with what it holds, or why it is set aside; UserError when it breaks the contract of its columns."""
    try:
        fit = fitted(CONTRACT.at(file.name), path, folder)
        weeks = weeks_of(fit.path)
    except (pa.ArrowException, OSError) as error:
        told = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        note = Note(file.version, content, None, 0)
        return Arrival(file.name, path, note, CONTRACT.arrow, f"it cannot be read as Parquet ({told})")
    unfit = objection(weeks, before)
    week = weeks[0] if weeks and not unfit else None
    note = Note(file.version, content, week, fit.rows)
    return Arrival(file.name, fit.path, note, fit.schema, unfit or contest(file.name, week, holders))


def objection(weeks: list[int], before: Note | None) -> str:
    """Why a file may not hold these weeks: it is one week's and keeps it, so that replacing the week replaces the file."""
    if len(weeks) > 1:
        return f"it holds {len(weeks)} weeks, {weeks[0]} to {weeks[-1]}, and a file is one week's"
    if before and before.week is not None and weeks != [before.week]:
        return f"it holds {f'week {weeks[0]}' if weeks else 'no row'} where it held week {before.week}, and a file keeps its week"
    return ""


def contest(name: str, week: int | None, holders: dict[int, str]) -> str:
    """What to say of a week that another file holds."""
    holder = holders.get(week, name)
    return f"it holds week {week}, which {holder} holds" if holder != name else ""


def weeks_of(path: Path) -> list[int]:
    """The weeks in a file, ascending. Every page is decoded: a damaged one is found here, and not by a load that could never end."""
    texts = [column.name for column in CONTRACT.columns if column.type == "varchar"]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        weeks = {week for batch in file.iter_batches() for week in pc.unique(batch[WEEK]).to_pylist()}
    return sorted(weeks - {None})


def replace_weeks(names: list[str]) -> None:
    """Have this load replace the weeks that its files hold; UserError where raw cannot."""
    if not weeks_are_replaced():
        raise UserError(
            f"{', '.join(names)} changed after being loaded, and promotions on Athena are append-only: put back what was loaded, "
            "or load everything anew under another AISLE_ATHENA_SCHEMA."
        )
    dlt.current.source().promotions.apply_hints(write_disposition=REPLACE_WEEKS)
    # an older version of Aisle declared a primary key, by which dlt would look for every row
    remove_compound_props(dlt.current.source_schema().get_table("promotions")["columns"], {"primary_key"})


def weeks_are_replaced() -> bool:
    """Whether raw's engine can take a week's rows out; Athena's cannot, a load's files are a partition there."""
    return REPLACE_WEEKS["strategy"] in (dlt.current.pipeline().destination.capabilities().supported_merge_strategies or [])


def rejections(aside: list[Arrival]) -> Any:
    """Rows of `rejected_files`, told on stderr and counted."""
    if aside:
        counted("rejected", len(aside))
        told = "; ".join(f"{arrival.name}: {arrival.reason}" for arrival in aside)
        sys.stderr.write(f"promotions: set aside, see raw_promotions.rejected_files, and mend: {told}.\n")
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    rows = [{"file": file.name, "version": file.note.digest, "reason": file.reason, "rejected_at": now} for file in aside]
    # a variant takes over what it is not told: no column of the promotions, and no key; its own columns are Arrow's
    hints = dlt.mark.make_hints(table_name="rejected_files", columns={}, merge_key=(), write_disposition="append")
    return dlt.mark.with_hints(pa.Table.from_pylist(rows, REJECTED), hints, create_table_variant=True)


def source_totals(drops: str) -> dict[str, SourceTotal]:
    """Rows of the files that are taken and still there, as their footers had them: the active pipeline's state remembers them."""
    taken = Memory.of(dlt.current.resource_state("promotions", dlt.current.source_state("promotions"))).taken
    listed = place(drops).files(PATTERN)
    return {"promotions": SourceTotal(sum(taken[file.name].rows for file in listed if file.name in taken))}


def columns_now(drops: str) -> dict[str, dict[str, str]]:
    """The columns of the newest file with their types; none of a resource without a file."""
    origin = place(drops)
    with TemporaryDirectory(prefix="drops-") as folder:
        newest = [types_of(path, CONTRACT) for _, path in origin.local(origin.files(PATTERN)[-1:], Path(folder))]
    return {"promotions": newest[0]} if newest else {}
