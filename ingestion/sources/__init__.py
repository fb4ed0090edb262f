"""dlt sources, one module a system: what is fetched, by which key and cursor, and how it lands. Columns stand in `ingestion/schemas`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dlt

# A changed row replaces its older version in one statement; a row that comes again unchanged keeps its load id.
UPSERT = {"disposition": "merge", "strategy": "upsert", "skip_unchanged_rows": True}


@dataclass(frozen=True)
class Days:
    """What a backfill asks for: moments from `since` on and before `before`, naive UTC."""

    since: datetime
    before: datetime

    def of(self, column: str) -> "dlt.sources.incremental[Any]":
        """The range of a cursor, which leaves the cursor of the incremental loads where it is."""
        return dlt.sources.incremental(column, initial_value=self.since, end_value=self.before)
