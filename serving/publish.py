"""Gives the last green build to the readers: `served/aisle.duckdb` is replaced in one step, or stays what it was."""

import errno
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from ingestion import console, settings
from ingestion.errors import UserError
from ingestion.raw_meta import Clock
from serving import artifacts, exports, project, publication, raw_state
from serving.artifacts import Build, last_build
from serving.database import one_line, opened, quoted
from serving.locks import only_one
from serving.publication import Publication, Stamp

CHUNK_BYTES = 1 << 24
CLOSING_TIME = timedelta(seconds=60)
"""dbt writes its results before DuckDB, at the process's end, writes the last of its log into the file."""


def publish() -> str:
    """Publish the last build and give the sentence that says so. UserError when it is not to be published, or cannot be."""
    with only_one("publication"):
        _sweep()
        if not settings.built_file().is_file():
            raise UserError(f"There is no {settings.built_file()}: build first with `make build` (or `make demo`).")
        if (published := publication.read()) and published.built == Stamp.of(settings.built_file()):
            return f"Already published on {published.published_at:%Y-%m-%d %H:%M} UTC: nothing has been built since."
        build, clock = last_build(), raw_state.read_clock()
        _check_file(build)
        if clock.loaded_at > build.started_at:
            raise UserError("Raw was loaded again after the last build: run `make build`, then publish.")
        try:
            return _replace(build, clock)
        except (OSError, duckdb.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else one_line(error)
            raise UserError(
                f"Publishing failed ({reason}), readers keep the version they had: mend that and run `make publish` again."
            ) from error
        finally:
            _sweep()


def _replace(build: Build, clock: Clock) -> str:
    """Copy the built file beside the target, make it stand alone, and give it the target's name."""
    partial, served = _partial(), settings.served_file()
    served.parent.mkdir(parents=True, exist_ok=True)
    stamp = _copy(settings.built_file(), partial)
    with opened(partial, "run `make publish` again", read_only=False) as connection:
        rows, left_behind = _stand_alone(connection, build)
        semantic_manifest = artifacts.semantic_manifest()
        made = exports.materialize(connection, semantic_manifest)
        published = Publication(
            published_at=datetime.now(UTC).replace(tzinfo=None),
            as_of_date=clock.as_of_date,
            households=clock.households,
            loaded_at=clock.loaded_at,
            raw_content=raw_state.content(),
            built_at=build.started_at,
            build_seconds=build.seconds,
            tests=len(build.tests),
            invocation_id=build.invocation_id,
            row_count=sum(count or 0 for count in rows.values()) + sum(export.row_count for export in made),
            project_fingerprint=None if project.changed_since(build.started_at) else project.fingerprint(),
            built_bytes=stamp.size,
            built_modified_ns=stamp.modified_ns,
        )
        publication.write(connection, published, build, rows, made, semantic_manifest)
        connection.execute("checkpoint")
    _to_disk(partial)
    partial.replace(served)
    _to_disk(served.parent)
    tables = sum(count is not None for count in rows.values())
    what = f"Published {tables + len(made)} tables and {len(rows) - tables} views with {published.row_count:,} rows to {served}"
    return "; ".join([what, *left_behind]) + "."


def _check_file(build: Build) -> None:
    """The built file must be what the results speak of: written during that run and not since."""
    path = settings.built_file()
    written = datetime.fromtimestamp(_written_ns(path) / 1e9, UTC).replace(tzinfo=None)
    if written < build.started_at:
        raise UserError(
            f"The last dbt build did not write {path} (another target, or another AISLE_WAREHOUSE): run `make build`, then publish."
        )
    if written > build.ended_at + CLOSING_TIME:
        raise UserError(f"{path} was changed after the last dbt build: run `make build`, then publish.")


def _copy(source: Path, partial: Path) -> Stamp:
    """Copy the built file with everything in it, while no other program can write it; gives its stamp."""
    if (free := shutil.disk_usage(partial.parent).free) < source.stat().st_size:
        raise OSError(
            errno.ENOSPC, f"{source.stat().st_size >> 20:,} MB are needed and {free >> 20:,} MB are free on the disk of {partial.parent}"
        )
    written_ns = _written_ns(source)
    with opened(source, "remove it and run `make build`", read_only=False) as connection:
        connection.execute("force checkpoint")
        with console.Steps() as steps, steps.step("copy (MB)", source.stat().st_size >> 20) as advance:
            _copy_bytes(source, partial, advance)
    # What the log held is in the file now; that is no newer content.
    os.utime(source, ns=(source.stat().st_atime_ns, written_ns))
    return Stamp.of(source)


def _copy_bytes(source: Path, partial: Path, advance: Callable[[int], None]) -> None:
    with source.open("rb") as reading, partial.open("wb") as writing:
        while chunk := reading.read(CHUNK_BYTES):
            writing.write(chunk)
            advance(len(chunk) >> 20)


def _stand_alone(connection: duckdb.DuckDBPyConnection, build: Build) -> tuple[dict[tuple[str, str], int | None], list[str]]:
    """Drop what reads raw and what the build did not make; check the rest.

    Gives the rows of what is left by (schema, name), None for views, and sentences about what was dropped.
    """
    tables, views = _relations(connection, "table"), _relations(connection, "view")
    made = {(relation.layer, relation.name) for relation in build.relations.values() if relation.materialized != "ephemeral"}
    if missing := made - tables - views:
        lacks = f"{settings.built_file()} lacks {'.'.join(min(missing))} of the last build (another target?)"
        raise UserError(f"{lacks}: run `make build`, then publish.")
    readers, old = build.reads_raw(views), (tables | views) - made
    for view in readers | (old & views):
        connection.execute(f"drop view {quoted(*view)}")
    _drop_tables(connection, old & tables)
    for schema in {schema for schema, _ in tables | views} - {schema for schema, _ in made - readers} - {"main"}:
        connection.execute(f"drop schema {quoted(schema)} cascade")
    rows: dict[tuple[str, str], int | None] = dict.fromkeys(sorted(views & made - readers))
    for view in rows:
        _check_works(connection, view)
    for table in sorted(tables & made):
        # DuckDB answers this from the table's metadata.
        rows[table] = connection.execute(f"select count(*) from {quoted(*table)}").fetchone()[0]
    left = [f"{len(readers)} views that read raw stay behind"] if readers else []
    return rows, left + ([f"{len(old)} tables and views that no model makes any more stay behind"] if old else [])


def _check_works(connection: duckdb.DuckDBPyConnection, view: tuple[str, str]) -> None:
    """Whether DuckDB can bind the view in this file alone."""
    try:
        connection.execute(f"from {quoted(*view)} limit 0")
    except duckdb.Error as error:
        raise UserError(f"The view {'.'.join(view)} does not work alone ({one_line(error)}): run `make build`, then publish.") from error


def _relations(connection: duckdb.DuckDBPyConnection, kind: str) -> set[tuple[str, str]]:
    found = connection.execute(f"select schema_name, {kind}_name from duckdb_{kind}s() where database_name = 'aisle' and not internal")
    return set(found.fetchall())


def _drop_tables(connection: duckdb.DuckDBPyConnection, tables: set[tuple[str, str]]) -> None:
    """Drop tables that no model makes any more, those with foreign keys before those that they point at."""
    keys = connection.execute(
        "select schema_name, table_name, referenced_table from duckdb_constraints() "
        "where constraint_type = 'FOREIGN KEY' and table_name != referenced_table"
    ).fetchall()
    while tables:
        pointed_at = {(schema, parent) for schema, child, parent in keys if (schema, child) in tables}
        for table in tables - pointed_at:
            connection.execute(f"drop table {quoted(*table)}")
        tables &= pointed_at


def _written_ns(path: Path) -> int:
    """When a DuckDB file, or its log, was last written: nanoseconds since 1970."""
    return max(file.stat().st_mtime_ns for file in (path, _log(path)) if file.exists())


def _partial() -> Path:
    return settings.served_file().with_suffix(".duckdb.partial")


def _log(path: Path) -> Path:
    """DuckDB's write-ahead log of a file."""
    return path.with_name(f"{path.name}.wal")


def _sweep() -> None:
    """Remove what a publication that was killed has left."""
    for path in (_partial(), _log(_partial())):
        path.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Wait until a file's content, or a folder's entries, would survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
