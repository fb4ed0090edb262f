"""The promotions of the source, one week after the other, as Arrow tables.

PyArrow reads and writes them at a third of DuckDB's cost here: the source is a single row group of 20,940,529 rows, in the order of
weeks, which DuckDB scans anew for each week.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.grocer import data

ROWS_AT_ONCE = 1_048_576
CODES = ["display_location", "mailer_location"]

# A subset of households keeps the promotions of every product in every store where these households bought it in the year.
BOUGHT = """
select promotions.*
from source_promotions as promotions
semi join (
    select product_id, store_id from source_transactions semi join members using (household_id)
) as bought using (product_id, store_id)
order by week, product_id, store_id
"""


def by_week(until: date, households: int | None) -> Iterator[tuple[int, pa.Table]]:
    """(week, its rows) in order, the whole year whatever `until`: product_id, store_id, display_location, mailer_location, week."""
    runs = (run for batch in _batches(until, households) for run in _runs(batch))
    for week, parts in groupby(runs, key=itemgetter(0)):
        yield week, pa.Table.from_batches([part for _, part in parts])


def _batches(until: date, households: int | None) -> Iterator[pa.RecordBatch]:
    if households is None:
        yield from pq.ParquetFile(data.parquet("promotions"), read_dictionary=CODES).iter_batches(ROWS_AT_ONCE)
        return
    with data.connect(until, households) as connection:
        yield from connection.execute(BOUGHT).to_arrow_reader(ROWS_AT_ONCE)


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The batch cut where the week changes."""
    weeks = pc.run_end_encode(batch["week"])
    begin = 0
    for week, end in zip(weeks.values.to_pylist(), weeks.run_ends.to_pylist(), strict=True):
        yield week, batch.slice(begin, end - begin)
        begin = end
