"""A local Athena and raws of 20 households that the tests of its loading share; a test that changes one takes a schema of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from ingestion import pipelines
from ingestion.destinations.athena_raw import AthenaRaw
from ingestion.destinations.aws import Athena, client
from ingestion.grocer import systems
from ingestion.raw_meta import Clock
from tests.local_athena import local_athena  # noqa: F401

HOUSEHOLDS = 20
LAST_DAY = date(2017, 12, 31)
STEPS = (date(2017, 3, 31), date(2017, 8, 15), LAST_DAY)


@dataclass(frozen=True)
class Loaded:
    """A warehouse folder whose grocer is loaded into the databases of a schema."""

    folder: Path
    athena: Athena

    @contextmanager
    def entered(self) -> Iterator[None]:
        """The process environment of its commands."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AISLE_WAREHOUSE", str(self.folder))
            patch.setenv("AISLE_ATHENA_SCHEMA", self.athena.schema)
            yield

    def load(self, day: date = LAST_DAY) -> list[pipelines.Result]:
        with self.entered():
            return pipelines.load(day, HOUSEHOLDS, "athena")

    def clock(self) -> Clock | None:
        with self.entered():
            return AthenaRaw(self.athena).clock()

    def files(self) -> set[str]:
        """The keys of every file of a table; dlt's own books and the clock left out."""
        prefix = f"{self.athena.schema}_raw_"
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.athena.bucket, Prefix=prefix)
        keys = (item["Key"] for page in pages for item in page.get("Contents", []))
        return {key for key in keys if key.endswith(".parquet") and "_raw_meta/" not in key}


Maker = Callable[[str, Path | None], Loaded]


@pytest.fixture(scope="session")
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """Makes a warehouse for a schema, with a copy of a grocer if one is given; the environment leads to the local Athena."""
    with pytest.MonkeyPatch.context() as patch:
        environment = request.getfixturevalue("local_athena").environment()
        for name in (name for name in environment if name.startswith(("AWS_", "AISLE_ATHENA_"))):
            patch.setenv(name, environment[name])

        def make(schema: str, grocer: Path | None = None) -> Loaded:
            folder = tmp_path_factory.mktemp(schema)
            if grocer:
                shutil.copytree(grocer, folder / "grocer")
            raw, results = (environment[f"AISLE_ATHENA_{name}"].rstrip("/") for name in ("RAW", "RESULTS"))
            return Loaded(folder, Athena(raw, results, environment["AISLE_ATHENA_WORKGROUP"], schema))

        yield make


@pytest.fixture(scope="session")
def increments(loaded: Maker) -> Loaded:
    """The whole year in three loads. Tests read it and may load it again, which changes nothing."""
    made = loaded("increments", None)
    for day in STEPS:
        made.load(day)
    return made


@pytest.fixture(scope="session")
def duckdb_year(increments: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`raw.duckdb` of the whole year in one load, from the same grocer. Tests read it and never change it."""
    folder = tmp_path_factory.mktemp("duckdb")
    shutil.copytree(increments.folder / "grocer", folder / "grocer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AISLE_WAREHOUSE", str(folder))
        pipelines.load(LAST_DAY, HOUSEHOLDS)
    return folder / "raw.duckdb"


@pytest.fixture
def fresh(increments: Loaded, loaded: Maker, request: pytest.FixtureRequest) -> Iterator[Loaded]:
    """A warehouse with the grocer at the year's end and nothing on Athena, in a schema named after the test."""
    made = loaded(f"s{abs(hash(request.node.nodeid)) % 10**8}", increments.folder / "grocer")
    yield made
    with made.entered():
        systems.down()  # a load that was killed leaves the grocer's systems running
