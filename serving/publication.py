"""What the served file says about itself: `main.publication`, and beside it `_models`, `_lineage`, `_tests`, `_totals` and `_semantics`."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from ingestion import settings
from ingestion.destinations import duckdb_raw
from ingestion.errors import UserError
from serving.artifacts import Build
from serving.database import attach
from serving.exports import Export
from serving.reader import connect

TABLES = """
create table main.publication (
    published_at timestamp not null,
    as_of_date date not null,
    households bigint,
    loaded_at timestamp not null,
    raw_content varchar not null,
    built_at timestamp not null,
    build_seconds double not null,
    tests bigint not null,
    invocation_id varchar not null,
    row_count bigint not null,
    project_fingerprint varchar,
    built_bytes bigint not null,
    built_modified_ns bigint not null
);
comment on table main.publication is 'What this file is: one row.';
comment on column main.publication.published_at is 'When it was published, UTC.';
comment on column main.publication.as_of_date is 'The last day of the grocer that it holds, local time.';
comment on column main.publication.households is 'How many households were loaded; null for all.';
comment on column main.publication.loaded_at is 'When raw was loaded, UTC.';
comment on column main.publication.raw_content is 'SHA-256 of the rows that raw held.';
comment on column main.publication.built_at is 'When the build began, UTC.';
comment on column main.publication.build_seconds is 'How long the build took.';
comment on column main.publication.tests is 'How many tests the build passed.';
comment on column main.publication.invocation_id is 'dbt''s id of the build.';
comment on column main.publication.row_count is 'Rows of all tables in publication_models that are served.';
comment on column main.publication.project_fingerprint is 'SHA-256 of the project''s files; null if one has changed since the build began.';
comment on column main.publication.built_bytes is 'Size of the built file.';
comment on column main.publication.built_modified_ns is 'Last change of the built file, in nanoseconds since 1970.';

create table main.publication_models (
    layer varchar not null,
    model varchar not null,
    materialized varchar not null,
    is_served boolean not null,
    row_count bigint,
    seconds double not null,
    description varchar not null,
    grain varchar not null
);
comment on table main.publication_models is 'Every model, seed and export of the build, one row each, with those that stay behind.';
comment on column main.publication_models.layer is 'The schema that it lies in.';
comment on column main.publication_models.model is 'The name of the table or view.';
comment on column main.publication_models.materialized is 'What dbt made of it: table, view, seed, …';
comment on column main.publication_models.is_served is 'Whether this file holds it; views that read raw stay behind.';
comment on column main.publication_models.row_count is 'Rows when published; null for views.';
comment on column main.publication_models.seconds is 'How long dbt took to build it.';
comment on column main.publication_models.description is 'What it holds.';
comment on column main.publication_models.grain is 'The columns that tell its rows apart; empty where none are declared.';

create table main.publication_lineage (
    layer varchar not null,
    model varchar not null,
    reads_layer varchar not null,
    reads_model varchar not null
);
comment on table main.publication_lineage is 'What each model reads: one row a model and a model, seed, snapshot or source that it reads.';
comment on column main.publication_lineage.layer is 'The schema of the model that reads.';
comment on column main.publication_lineage.model is 'The model that reads.';
comment on column main.publication_lineage.reads_layer is 'The schema of what it reads.';
comment on column main.publication_lineage.reads_model is 'What it reads.';

create table main.publication_tests (
    layer varchar,
    model varchar,
    test varchar not null,
    kind varchar not null,
    status varchar not null,
    seconds double not null,
    description varchar not null
);
comment on table main.publication_tests is 'Every test of the build, one row each.';
comment on column main.publication_tests.layer is 'The schema of the model that it is about; null where it is about several.';
comment on column main.publication_tests.model is 'The model that it is about; null where it is about several.';
comment on column main.publication_tests.test is 'Its name.';
comment on column main.publication_tests.kind is 'test, or unit test.';
comment on column main.publication_tests.status is 'How it went: pass, or warn for what is known and counted.';
comment on column main.publication_tests.seconds is 'How long it took.';
comment on column main.publication_tests.description is 'What it tests; empty where its name says it.';

create table main.publication_totals as select * from raw.raw_meta.source_totals;
comment on table main.publication_totals is 'What the grocer''s systems said they hold when raw was loaded: one row a resource.';

create table main.publication_semantics (semantic_manifest varchar not null);
comment on table main.publication_semantics is 'The metrics of this file, as dbt wrote them for MetricFlow: one row.';
"""


@dataclass(frozen=True)
class Stamp:
    """A built file's size and time of last change: the same stamp, the same content."""

    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "Stamp":
        """The stamp of an existing file."""
        stat = path.stat()
        return cls(stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True)
class Publication:
    """The row of `main.publication`, field by field."""

    published_at: datetime
    as_of_date: date
    households: int | None
    loaded_at: datetime
    raw_content: str
    built_at: datetime
    build_seconds: float
    tests: int
    invocation_id: str
    row_count: int
    project_fingerprint: str | None
    built_bytes: int
    built_modified_ns: int

    @property
    def built(self) -> Stamp:
        """The stamp of the built file that it was copied from."""
        return Stamp(self.built_bytes, self.built_modified_ns)


def read() -> Publication | None:
    """What is published now; None if nothing is, or nothing that `publish` made and this program can read."""
    try:
        with connect() as connection:
            row = connection.execute("from main.publication").fetchone()
            return Publication(*row) if row else None
    except (UserError, duckdb.CatalogException, TypeError):
        return None


def write(
    connection: duckdb.DuckDBPyConnection,
    published: Publication,
    build: Build,
    rows: dict[tuple[str, str], int | None],
    exports: list[Export],
    semantic_manifest: str,
) -> None:
    """Write the tables into the opened copy; `rows` by (schema, name) are those of each served table of dbt's, None for a view."""
    attach(connection, settings.raw_file(), duckdb_raw.ANEW, name="raw")
    connection.execute(TABLES)
    connection.execute("detach raw")
    connection.execute(f"insert into main.publication values ({', '.join('?' * len(astuple(published)))})", astuple(published))
    _insert(
        connection,
        "publication_models",
        [
            (made.layer, made.name, made.materialized, key in rows, rows.get(key), made.seconds, made.description, ", ".join(made.grain))
            for made in sorted(build.relations.values(), key=lambda made: (made.layer, made.name))
            if made.materialized != "ephemeral"
            for key in [(made.layer, made.name)]
        ]
        + [(made.schema, made.name, "export", True, made.row_count, made.seconds, made.description, "") for made in exports],
    )
    _insert(connection, "publication_lineage", sorted(_lineage(build)))
    _insert(connection, "publication_tests", sorted(_tests(build), key=str))
    connection.execute("insert into main.publication_semantics values (?)", [semantic_manifest])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        connection.executemany(f"insert into main.{table} values ({', '.join('?' * len(rows[0]))})", rows)


def _lineage(build: Build) -> Iterator[tuple[str, str, str, str]]:
    """A source is `source.<project>.<system>.<table>`, and lies in the schema of its system."""
    for made in build.relations.values():
        for unique_id in set(made.reads):
            if read := build.relations.get(unique_id):
                yield made.layer, made.name, read.layer, read.name
            elif unique_id.startswith("source."):
                _, _, system, table = unique_id.split(".")
                yield made.layer, made.name, f"raw_{system}", table


def _tests(build: Build) -> Iterator[tuple[object, ...]]:
    for test in build.tests:
        about = build.relations.get(test.about or "")
        yield about and about.layer, about and about.name, test.name, test.kind, test.status, test.seconds, test.description
