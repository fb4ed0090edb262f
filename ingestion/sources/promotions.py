"""The promotion drops: a folder that stands for a bucket, one Parquet file a week, imported as they are."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dlt
import pyarrow.parquet as pq
from dlt.extract import DltResource

from ingestion import settings
from ingestion.loaders import timed
from ingestion.loaders.fitting import Fitted, fitted, types_of
from ingestion.raw_meta import SourceTotal
from ingestion.schemas import FROZEN, contracts

CONTRACT = contracts("promotions")["promotions"]
KEY = ("product_id", "store_id", "week", "display_location", "mailer_location")


@dlt.source(name="promotions", schema_contract=FROZEN)
def promotions(drops: str = dlt.config.value) -> DltResource:
    """The weekly files in the folder `drops` (environment: SOURCES__PROMOTIONS__DROPS)."""
    return files(drops)


@dlt.resource(name="promotions", primary_key=KEY, write_disposition="append", columns=CONTRACT.hints)
def files(drops: str) -> Iterator[Any]:
    """Files whose names have not been loaded yet: a file appears whole and never changes, so its name is the cursor."""
    loaded: list[str] = dlt.current.resource_state().setdefault("files", [])
    with TemporaryDirectory(prefix="copy-", dir=settings.dlt_folder()) as folder:
        for name, file in timed(new_files(drops, loaded, Path(folder))):
            yield dlt.mark.with_file_import(str(file.path), "parquet", file.rows, hints=file.schema.empty_table())
            loaded.append(name)


def new_files(drops: str, loaded: list[str], folder: Path) -> Iterator[tuple[str, Fitted]]:
    """Each file that is not among `loaded`, by name, or a copy in `folder` that keeps the contract; UserError when there can be none."""
    known = set(loaded)
    for path in drop_files(drops):
        if path.name not in known:
            yield path.name, fitted(CONTRACT.at(path.name), path, folder)


def drop_files(drops: str) -> list[Path]:
    return sorted(Path(drops).glob("promotions_*.parquet"))


def source_totals(drops: str) -> dict[str, SourceTotal]:
    """Rows of all files, from their footers."""
    return {"promotions": SourceTotal(sum(pq.read_metadata(path).num_rows for path in drop_files(drops)))}


def columns_now(drops: str) -> dict[str, dict[str, str]]:
    """The columns of the newest file with their types; none of a resource without a file."""
    files = drop_files(drops)
    return {"promotions": types_of(files[-1])} if files else {}
