"""dlt sources, one module a system: what is fetched, by which key and cursor, and how it lands. Columns stand in `ingestion/schemas`."""

# A changed row replaces its older version in one statement; a row that comes again unchanged keeps its load id.
UPSERT = {"disposition": "merge", "strategy": "upsert", "skip_unchanged_rows": True}
