"""Several clients at once, an engine that dies, and the answers of Glue and S3 that they rest on."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pyathena
import pytest
from moto.s3.utils import _VersionedKeyStore

from infra.local_athena import places
from infra.local_athena.aws import s3
from infra.local_athena.processes import Part
from tests.local_athena import LocalAthena

INSERTS = 10


def test_concurrent_inserts_into_one_iceberg_table_lose_nothing(athena: LocalAthena, database: str) -> None:
    athena.sql(
        f"create table {database}.busy with (table_type = 'iceberg', is_external = false, location = 's3://{places.DATA}/busy/') "
        "as select 0 as a"
    )

    def insert(value: int) -> str:
        try:
            athena.sql(f"insert into {database}.busy values ({value})")
        except pyathena.error.OperationalError as error:
            return str(error)
        return "written"

    with ThreadPoolExecutor(INSERTS) as clients:
        told = dict(zip(range(1, INSERTS + 1), clients.map(insert, range(1, INSERTS + 1)), strict=True))
    written = [value for value, outcome in told.items() if outcome == "written"]
    assert len(written) > INSERTS // 2
    assert {outcome.split(":")[0] for outcome in told.values()} <= {"written", "ICEBERG_COMMIT_ERROR"}
    assert [value for (value,) in athena.sql(f"select a from {database}.busy order by a")] == [0, *written]


def test_glue_refuses_a_stale_version(athena: LocalAthena, database: str) -> None:
    glue = athena.client("glue")
    storage = {"Columns": [{"Name": "a", "Type": "int"}], "Location": "s3://aisle-raw/v/"}
    glue.create_table(DatabaseName=database, TableInput={"Name": "versioned", "StorageDescriptor": storage})
    version = glue.get_table(DatabaseName=database, Name="versioned")["Table"]["VersionId"]
    wanted = {"DatabaseName": database, "TableInput": {"Name": "versioned", "StorageDescriptor": storage}, "VersionId": version}
    glue.update_table(**wanted)
    with pytest.raises(glue.exceptions.ConcurrentModificationException):
        glue.update_table(**wanted)
    glue.delete_table(DatabaseName=database, Name="versioned")  # a table of no format stops whoever lists the catalog


def test_glue_keeps_column_statistics_and_forgets_them_with_their_table(athena: LocalAthena, database: str) -> None:
    glue = athena.client("glue")
    table = {"DatabaseName": database, "TableName": "counted"}
    storage = {"Columns": [{"Name": "a", "Type": "string"}], "Location": "s3://aisle-raw/c/"}
    glue.create_table(DatabaseName=database, TableInput={"Name": "counted", "StorageDescriptor": storage})
    glue.delete_column_statistics_for_table(**table, ColumnName="a")
    data = {
        "Type": "STRING",
        "StringColumnStatisticsData": {"MaximumLength": 3, "AverageLength": 1.5, "NumberOfNulls": 0, "NumberOfDistinctValues": 2},
    }
    statistics = {"ColumnName": "a", "ColumnType": "string", "AnalyzedTime": 0, "StatisticsData": data}
    glue.update_column_statistics_for_table(**table, ColumnStatisticsList=[statistics])
    told = glue.get_column_statistics_for_table(**table, ColumnNames=["a", "b"])
    assert told["ColumnStatisticsList"][0]["StatisticsData"]["StringColumnStatisticsData"]["MaximumLength"] == 3
    assert [error["ColumnName"] for error in told["Errors"]] == ["b"]
    glue.delete_table(DatabaseName=database, Name="counted")
    glue.create_table(DatabaseName=database, TableInput={"Name": "counted", "StorageDescriptor": storage})
    assert glue.get_column_statistics_for_table(**table, ColumnNames=["a"])["ColumnStatisticsList"] == []
    glue.delete_table(DatabaseName=database, Name="counted")


@pytest.mark.parametrize("listing", ["items", "values", "lists"])
def test_a_listing_does_not_stumble_over_a_key_that_vanishes_meanwhile(listing: str) -> None:
    s3.install()
    store = _VersionedKeyStore()
    store["first"], store["second"] = 1, 2
    found = getattr(store, listing)()
    seen = [next(found)]
    dict.pop(store, "second")
    seen += found
    assert seen == {"items": [("first", 1), ("second", 2)], "values": [1, 2], "lists": [("first", [1]), ("second", [2])]}[listing]


def test_a_trino_that_is_killed_mid_query_fails_it_is_told_and_comes_back(athena: LocalAthena, monkeypatch: pytest.MonkeyPatch) -> None:
    client = athena.client("athena")
    endless = "select count(*) from unnest(sequence(1, 10000)) a(x), unnest(sequence(1, 10000)) b(x), unnest(sequence(1, 1000)) c(x)"
    identifier = client.start_query_execution(QueryString=endless, WorkGroup=places.WORKGROUP)["QueryExecutionId"]
    time.sleep(2)
    monkeypatch.setenv("AISLE_WAREHOUSE", str(athena.folder))
    os.kill(Part("trino", "Trino").process_id(), signal.SIGKILL)
    deadline = time.monotonic() + 30
    while (status := client.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"])["State"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("GENERIC_INTERNAL_ERROR: Trino broke off while it ran the query")
    assert "it has ended" in status["StateChangeReason"]
    assert status["AthenaError"]["ErrorCategory"] == 1
    with pytest.raises(pyathena.error.OperationalError, match=r"Trino does not answer: it has ended .* up` again"):
        athena.sql("select 1")
    told = athena.run("status", check=False)
    assert told.returncode == 1
    assert "Trino has ended" in told.stdout
    athena.start()
    assert athena.sql("select 1") == [(1,)]
