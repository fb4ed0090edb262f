"""Files that arrive in a folder or in a bucket: each that can be taken is in raw once, whatever is done to it meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import dlt
import duckdb
import pyarrow.parquet as pq
import pytest
from dlt.destinations.sql_jobs import SqlMergeFollowupJob
from dlt.pipeline.exceptions import PipelineStepFailed
from moto.server import ThreadedMotoServer

from ingestion import pipelines
from ingestion.destinations import duckdb_raw
from ingestion.destinations.athena import RawAthena
from ingestion.errors import UserError
from ingestion.failures import unwrapped
from ingestion.grocer import drops
from ingestion.loaders.files import Prefix
from ingestion.pipelines import System
from ingestion.sources import promotions
from tests.ingestion.pipelines.conftest import ANY_TILL, HOUSEHOLDS
from tests.support import ROOT, differences

TILLS = ANY_TILL
JANUARY = date(2017, 1, 31)
WEEKS = 6
DLT = frozenset({"_dlt_load_id"})
TABLE = "raw_promotions.promotions"
NAME = "promotions_2017_w05.parquet"
NEXT = "promotions_2018_w01.parquet"
PLACEMENT = "select 1 as product_id, 2 as store_id, '0' as display_location, 'A' as mailer_location, {week} as week"
HOUR = 3600

# Loads the drops and kills itself when the method of a job has returned for the first time: after its commit, before dlt knows of it.
DRIVER = """
import os, signal, sys
from dlt.destinations.job_client_impl import SqlLoadJob
from ingestion.destinations import duckdb, duckdb_raw
from ingestion import pipelines
from tests.ingestion.pipelines.test_files import system
owner = {"staging": duckdb.JournaledCopyJob, "merge": SqlLoadJob}[sys.argv[1]]
real = owner.run
def killed(self):
    real(self)
    if self.load_table_name == "promotions":
        os.kill(os.getpid(), signal.SIGKILL)
owner.run = killed
with duckdb_raw.opened() as raw:
    pipelines.run(raw, system(sys.argv[2]))
"""


@dataclass(frozen=True)
class Drops:
    """Where files arrive: a folder, and a bucket if there is one, which holds the same as soon as `address` is asked for."""

    path: Path
    bucket: str = ""

    @property
    def address(self) -> str:
        if not self.bucket:
            return str(self.path)
        s3 = boto3.client("s3")
        held = {item["Key"]: item["ETag"] for item in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])}
        for key in held.keys() - {f"drops/{path.name}" for path in self.path.iterdir()}:
            s3.delete_object(Bucket=self.bucket, Key=key)
        for path in sorted(self.path.iterdir(), key=lambda path: (path.stat().st_mtime, path.name)):
            s3.upload_file(str(path), self.bucket, f"drops/{path.name}")
        return f"s3://{self.bucket}/drops/"

    def write(self, name: str, sql: str, age: int = HOUR) -> Path:
        """Put a Parquet file of a query there, as old as it is to be (seconds)."""
        path = self.path / name
        duckdb.execute(f"copy ({sql}) to '{path}' (format parquet)")
        return aged(path, age)


def aged(path: Path, seconds: int) -> Path:
    moment = path.stat().st_mtime_ns - seconds * 10**9
    os.utime(path, ns=(moment, moment))
    return path


def system(address: str) -> System:
    return System("promotions", lambda: promotions.promotions(address), lambda: promotions.source_totals(address))


def load(address: str) -> int:
    """Load what is there; gives the rows that the source says it holds."""
    chosen = system(address)
    with duckdb_raw.opened() as raw, unwrapped("promotions"):
        pipelines.run(raw, chosen)
        total = chosen.totals()["promotions"].rows
        assert raw.counts(["promotions.promotions"]) == {"promotions.promotions": total}
        return total


def query(sql: str) -> list[tuple]:
    with duckdb.connect(f"{os.environ['AISLE_WAREHOUSE']}/raw.duckdb", read_only=True) as connection:
        return connection.execute(sql).fetchall()


def rejected() -> list[tuple]:
    return query("select file, reason from raw_promotions.rejected_files order by _dlt_load_id, file")


def loads_by_week() -> dict[int, str]:
    return dict(query(f"select distinct week, _dlt_load_id from {TABLE}"))


@pytest.fixture(scope="session")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grocer's real files of January's weeks. Tests copy them."""
    folder = tmp_path_factory.mktemp("january")
    drops.fill(folder, JANUARY, HOUSEHOLDS, lambda _: None)
    for path in folder.iterdir():
        aged(path, HOUR)
    return folder


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3 of our own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def warehouse_of_drops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty warehouse."""
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path))
    (tmp_path / "dlt").mkdir()
    return tmp_path


@pytest.fixture
def folder(january: Path, warehouse_of_drops: Path) -> Drops:
    """The files of January in a folder."""
    return Drops(shutil.copytree(january, warehouse_of_drops / "drops"))


@pytest.fixture
def bucket(folder: Drops, s3: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Drops:
    """The files of January in a bucket."""
    told = {"AWS_ENDPOINT_URL": s3, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    name = f"b{abs(hash(request.node.nodeid))}"
    boto3.client("s3").create_bucket(Bucket=name)
    return Drops(folder.path, name)


@pytest.fixture(params=["folder", "bucket"])
def arriving(request: pytest.FixtureRequest) -> Drops:
    return request.getfixturevalue(request.param)


def test_a_bucket_is_loaded_as_a_folder_is(bucket: Drops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = load(str(bucket.path))
    assert (rows, len(loads_by_week())) == (query(f"select count(*) from read_parquet('{bucket.path}/*.parquet')")[0][0], WEEKS)
    monkeypatch.setenv("AISLE_WAREHOUSE", str(tmp_path / "other"))
    (tmp_path / "other/dlt").mkdir(parents=True)
    assert load(bucket.address) == rows
    assert differences(tmp_path / "raw.duckdb", tmp_path / "other/raw.duckdb", TABLE, DLT) == (rows, 0, 0)


def test_only_new_and_changed_files_are_fetched(bucket: Drops, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[list[str]] = []
    real = Prefix.local

    def noted(self: Prefix, files: Any, into: Path) -> Any:
        fetched.append([file.name for file in files])
        return real(self, files, into)

    monkeypatch.setattr(Prefix, "local", noted)
    load(bucket.address)
    load(bucket.address)
    bucket.write(NAME, PLACEMENT.format(week=5))
    bucket.write(NEXT, PLACEMENT.format(week=54))
    load(bucket.address)
    assert [len(names) for names in fetched] == [WEEKS, 0, 2]


def test_a_replaced_file_takes_its_old_rows_out(arriving: Drops) -> None:
    load(arriving.address)
    before = loads_by_week()
    arriving.write(NAME, f"from '{arriving.path}/{NAME}' where product_id % 2 = 0")
    arriving.write(NEXT, f"select * replace (54 as week) from '{arriving.path}/promotions_2017_w06.parquet'")
    load(arriving.address)
    after = loads_by_week()
    assert {week for week in after if after[week] != before.get(week)} == {5, 54}
    held = f"select * exclude (_dlt_load_id) from {TABLE}"
    files = f"from read_parquet('{arriving.path}/*.parquet')"
    assert query(f"({held} except all {files}) union all ({files} except all {held})") == []
    load(arriving.address)
    assert loads_by_week() == after


def test_files_that_are_copied_or_moved_to_a_bucket_bring_nothing_twice(bucket: Drops) -> None:
    load(str(bucket.path))
    before = loads_by_week()
    for path in bucket.path.iterdir():
        path.touch()
    load(str(bucket.path))
    load(bucket.address)
    assert loads_by_week() == before


def test_a_replacement_is_seen_whole_or_not_at_all(folder: Drops, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder.address)
    before = query(f"select count(*), sum(product_id) from {TABLE} where week = 5")
    folder.write(NAME, f"from '{folder.path}/{NAME}' where product_id % 2 = 0")
    real = SqlMergeFollowupJob.generate_sql

    def cut_in_between(*arguments: object) -> list[str]:
        deletion, insertion = real(*arguments)
        return [deletion, "select error('cut');", insertion]

    with monkeypatch.context() as patch:
        patch.setattr(SqlMergeFollowupJob, "generate_sql", cut_in_between)
        with pytest.raises(PipelineStepFailed, match="cut"):
            load(folder.address)
    assert query(f"select count(*), sum(product_id) from {TABLE} where week = 5") == before


@pytest.mark.parametrize("job", ["staging", "merge"])
def test_a_kill_while_a_file_is_replaced_neither_loses_nor_doubles_a_row(folder: Drops, job: str) -> None:
    load(folder.address)
    folder.write(NAME, f"from '{folder.path}/{NAME}' where product_id % 2 = 0")
    killed = subprocess.run(
        [sys.executable, "-c", DRIVER, job, folder.address], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    load(folder.address)
    held = f"select * exclude (_dlt_load_id) from {TABLE}"
    files = f"from read_parquet('{folder.path}/*.parquet')"
    assert query(f"({held} except all {files}) union all ({files} except all {held})") == []


def test_what_still_arrives_is_left_for_the_next_load(folder: Drops) -> None:
    whole = (folder.path / NAME).read_bytes()
    for name in (f".{NAME}", f"{NAME}.part", f".{NAME}.writing", f"{NAME}.tmp", "notes.txt"):
        (folder.path / name).write_bytes(whole)
    (folder.path / NEXT).write_bytes(b"")
    aged(folder.path / NEXT, HOUR)
    (folder.path / NAME).write_bytes(whole[: len(whole) // 2])
    load(folder.address)
    assert len(loads_by_week()) == WEEKS - 1
    assert rejected() == []
    assert query("select column_name from duckdb_columns() where table_name = 'rejected_files' and schema_name = 'raw_promotions'") == [
        *((name,) for name in ("file", "version", "reason", "rejected_at", "_dlt_load_id"))
    ]
    (folder.path / NAME).write_bytes(whole)
    load(folder.address)
    assert len(loads_by_week()) == WEEKS


def test_an_old_file_without_an_end_is_not_waited_for(folder: Drops) -> None:
    path = folder.path / NAME
    path.write_bytes(path.read_bytes()[:-100])
    aged(path, HOUR)
    load(folder.address)
    assert [name for name, _ in rejected()] == [NAME]


def test_files_that_cannot_be_taken_are_set_aside_with_the_reason(folder: Drops, capfd: pytest.CaptureFixture[str]) -> None:
    good = (folder.path / NAME).read_bytes()
    damaged = folder.path / "promotions_2017_w06.parquet"
    pages = damaged.read_bytes()
    damaged.write_bytes(pages[:100] + bytes(len(pages) // 2) + pages[100 + len(pages) // 2 :])
    (folder.path / NAME).write_bytes(b"product_id,store_id\n1,2\nPAR1")
    folder.write(NEXT, f"{PLACEMENT.format(week=54)} union all {PLACEMENT.format(week=55)}")
    folder.write("promotions_2017_w04b.parquet", PLACEMENT.format(week=4), age=0)
    load(folder.address)
    assert len(loads_by_week()) == WEEKS - 2
    told = [line for line in capfd.readouterr().err.splitlines() if line.startswith("promotions: ")]
    assert len(told) == 1
    found = rejected()
    assert [name for name, _ in found] == ["promotions_2017_w04b.parquet", NAME, damaged.name, NEXT]
    assert all(f"{name}: {reason}" in told[0] for name, reason in found)
    assert [reason.partition(" (")[0] for _, reason in found] == [
        "it holds week 4, which promotions_2017_w04.parquet holds",
        "it cannot be read as Parquet",
        "it cannot be read as Parquet",
        "it holds 2 weeks, 54 to 55, and a file is one week's",
    ]
    load(folder.address)
    for path in folder.path.iterdir():
        path.touch()
    load(folder.address)
    assert rejected() == found, "each content is set aside once"
    assert [line for line in capfd.readouterr().err.splitlines() if line.startswith("promotions: ")] == []
    (folder.path / NAME).write_bytes(good)
    damaged.write_bytes(pages)
    load(folder.address)
    assert len(loads_by_week()) == WEEKS
    assert rejected() == found
    columns = "version, rejected_at, _dlt_load_id"
    assert query(f"select count(*) from raw_promotions.rejected_files where ({columns}) is null") == [(0,)]


def test_the_number_of_files_set_aside_is_counted(folder: Drops) -> None:
    folder.write(NAME, f"{PLACEMENT.format(week=5)} union all {PLACEMENT.format(week=6)}")
    source = promotions.promotions(folder.address)
    with duckdb_raw.opened() as raw:
        raw.pipeline("promotions").extract(source)
    assert source.promotions.custom_metrics["rejected"] == 1


def test_a_bad_replacement_leaves_what_was_loaded(folder: Drops, capfd: pytest.CaptureFixture[str]) -> None:
    rows = load(folder.address)
    before = loads_by_week()
    for sql, reason in (
        (PLACEMENT.format(week=54), "it holds week 54 where it held week 5, and a file keeps its week"),
        (f"{PLACEMENT.format(week=5)} limit 0", "it holds no row where it held week 5, and a file keeps its week"),
    ):
        folder.write(NAME, sql)
        assert load(folder.address) == rows
        assert reason in capfd.readouterr().err
    assert loads_by_week() == before


def test_a_week_goes_to_another_file_when_its_file_is_gone(folder: Drops) -> None:
    load(folder.address)
    renamed = "promotions_2017_w05_corrected.parquet"
    folder.write(renamed, PLACEMENT.format(week=5))
    load(folder.address)
    assert rejected() == [(renamed, f"it holds week 5, which {NAME} holds")]
    (folder.path / NAME).unlink()
    load(folder.address)
    assert query(f"select count(*) from {TABLE} where week = 5") == [(1,)]
    assert query(f"select count(distinct week) from {TABLE}") == [(WEEKS,)]


def test_a_broken_contract_loads_nothing(folder: Drops) -> None:
    folder.write(NEXT, "select 1 as product_id, 54 as week")
    with pytest.raises(UserError, match="no longer keeps its contract: store_id is gone"):
        load(folder.address)
    assert query("select count(*) from duckdb_tables() where schema_name = 'raw_promotions' and table_name = 'promotions'") == [(0,)]


def test_names_that_an_older_version_remembered_count_as_loaded(folder: Drops) -> None:
    @dlt.resource(name="promotions", primary_key=("product_id", "store_id", "week"), columns=promotions.CONTRACT.hints)
    def as_it_was() -> Iterator[Any]:
        for path in sorted(folder.path.iterdir())[:-1]:
            rows = pq.read_metadata(path).num_rows
            yield dlt.mark.with_file_import(str(path), "parquet", rows, hints=promotions.CONTRACT.arrow.empty_table())
            dlt.current.resource_state().setdefault("files", []).append(path.name)

    with duckdb_raw.opened() as raw:
        raw.pipeline("promotions").run(dlt.source(lambda: as_it_was, name="promotions", schema_contract=promotions.FROZEN)())
    before = loads_by_week()
    load(folder.address)
    assert {week: load_id for week, load_id in loads_by_week().items() if week in before} == before
    assert len(loads_by_week()) == WEEKS
    twice = f"{PLACEMENT.format(week=5)} union all {PLACEMENT.format(week=5)}"  # a file's rows come as they are, keys or not
    folder.write(NAME, twice)
    load(folder.address)
    assert query(f"select count(*) from {TABLE} where week = 5") == [(2,)]


def test_athena_refuses_a_replaced_file(bucket: Drops, tmp_path: Path) -> None:
    def extract() -> None:
        place = {"pipelines_dir": str(tmp_path / "pipelines"), "dataset_name": "raw_promotions"}
        with unwrapped("promotions"):
            dlt.pipeline("promotions", destination=RawAthena(bucket_url=f"s3://{bucket.bucket}/raw"), **place).extract(
                promotions.promotions(bucket.address)
            )

    extract()
    bucket.write(NEXT, PLACEMENT.format(week=54))
    extract()
    bucket.write(NAME, PLACEMENT.format(week=5))
    with pytest.raises(UserError, match=rf"{NAME} changed after being loaded, and promotions on Athena are append-only: put back"):
        extract()


@pytest.mark.parametrize(
    ("address", "environment", "said"),
    [
        ("/nowhere/drops", {}, "There is no folder /nowhere/drops: make it"),
        ("s3://not-there/drops", {}, "AWS refuses ListObjectsV2 (NoSuchBucket"),
        ("s3://not-there/drops", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS does not answer"),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_a_place_that_cannot_be_listed(address: str, environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as told:
        load(address)
    assert str(told.value).startswith(said)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder: Drops) -> None:
    (folder.path / NAME).chmod(0)
    with pytest.raises(UserError, match=f"{NAME} may not be read"):
        load(folder.address)


def test_the_command_takes_the_drops_from_a_bucket(warehouse: Path, bucket: Drops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_WAREHOUSE", str(warehouse))
    in_bucket = Drops(warehouse / "grocer/drops", bucket.bucket)
    (in_bucket.path / NEXT).write_bytes(b"not all that ends so is PAR1")
    monkeypatch.setenv("SOURCES__PROMOTIONS__DROPS", in_bucket.address)
    done = subprocess.run(
        [sys.executable, "-m", "ingestion", "load", "--households", str(HOUSEHOLDS)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"promotions: set aside, see raw_promotions.rejected_files, and mend: {NEXT}: " in done.stderr
    assert query("select resource, row_count from raw_meta.source_totals where resource like 'promotions.%'") == [
        ("promotions.promotions", 229_633)
    ]
    assert query(f"select count(distinct _dlt_load_id) from {TABLE}") == [(1,)]


def test_another_machine_knows_from_raw_what_was_taken(folder: Drops, warehouse_of_drops: Path) -> None:
    folder.write(NEXT, f"{PLACEMENT.format(week=54)} union all {PLACEMENT.format(week=55)}")
    load(folder.address)
    before, aside = loads_by_week(), rejected()
    shutil.rmtree(warehouse_of_drops / "dlt")
    (warehouse_of_drops / "dlt").mkdir()
    load(folder.address)
    assert (loads_by_week(), rejected()) == (before, aside)
