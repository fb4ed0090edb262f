"""The promotion drops: a folder that stands for a bucket, one Parquet file a week, imported as they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
from dlt.extract import DltResource

from ingestion.loaders import timed
from ingestion.raw_meta import SourceTotal
from ingestion.schemas import FROZEN, contracts
from ingestion.sources import Days

CONTRACT = contracts("promotions")["promotions"]
KEY = ("product_id", "store_id", "week", "display_location", "mailer_location")


@dlt.source(name="promotions", schema_contract=FROZEN)
def promotions(drops: str = dlt.config.value, days: Days | None = None) -> DltResource:  # noqa: ARG001
    """The weekly files in the folder `drops` (environment: SOURCES__PROMOTIONS__DROPS)."""
    return files(drops)


@dlt.resource(name="promotions", primary_key=KEY, write_disposition="append", columns=CONTRACT.hints)
def files(drops: str) -> Iterator[Any]:
    """Files whose names have not been loaded yet: a file appears whole and never changes, so its name is the cursor."""
    loaded: list[str] = dlt.current.resource_state().setdefault("files", [])
    for path, rows in timed(new_files(drops, loaded)):
        yield dlt.mark.with_file_import(str(path), "parquet", rows, hints=CONTRACT.arrow.empty_table())
        loaded.append(path.name)


def new_files(drops: str, loaded: list[str]) -> Iterator[tuple[Path, int]]:
    """Each file that is not among `loaded`, with its number of rows; UserError when it does not keep the contract."""
    known = set(loaded)
    for path in drop_files(drops):
        if path.name not in known:
            yield path, CONTRACT.check_file(path)


def drop_files(drops: str) -> list[Path]:
    return sorted(Path(drops).glob("promotions_*.parquet"))


def source_totals(drops: str) -> dict[str, SourceTotal]:
    """Rows of all files, from their footers."""
    return {"promotions": SourceTotal(sum(CONTRACT.check_file(path) for path in drop_files(drops)))}
