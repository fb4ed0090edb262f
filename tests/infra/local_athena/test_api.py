"""Athena's API as boto3 sees it: limits, workgroups, states, results, and what is refused."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local_athena import places
from infra.local_athena.athena import api
from tests.local_athena import LocalAthena

RESULTS = f"s3://{places.RESULTS}/"
LONG = "select count(*) from unnest(sequence(1, 10000)) a(x), unnest(sequence(1, 10000)) b(x), unnest(sequence(1, 1000)) c(x)"


@pytest.fixture(scope="module")
def client(athena: LocalAthena) -> Any:
    return athena.client("athena")


def start(client: Any, sql: str, **options: Any) -> str:
    return client.start_query_execution(QueryString=sql, **({"WorkGroup": places.WORKGROUP} | options))["QueryExecutionId"]


def execution(client: Any, identifier: str) -> dict[str, Any]:
    """The execution once it has ended."""
    while True:
        found = client.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
        if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return found
        time.sleep(0.02)


def run(client: Any, sql: str, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ended execution and its results."""
    found = execution(client, start(client, sql, **options))
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    return found, client.get_query_results(QueryExecutionId=found["QueryExecutionId"])


def cells(results: dict[str, Any]) -> list[list[str | None]]:
    return [[cell.get("VarCharValue") for cell in row["Data"]] for row in results["ResultSet"]["Rows"]]


def refusal(client: Any, sql: str, **options: Any) -> str:
    with pytest.raises(ClientError) as caught:
        start(client, sql, **options)
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"
    return str(caught.value).rsplit("operation: ", 1)[1]


def test_a_query_is_told_with_its_kind_its_file_and_its_statistics(client: Any) -> None:
    found, results = run(client, "select 1 as one, 'x' as letter;")
    assert (found["StatementType"], found["SubstatementType"], found["WorkGroup"]) == ("DML", "SELECT", places.WORKGROUP)
    assert found["ResultConfiguration"]["OutputLocation"] == f"{RESULTS}{found['QueryExecutionId']}.csv"
    assert found["Statistics"]["TotalExecutionTimeInMillis"] >= found["Statistics"]["EngineExecutionTimeInMillis"] > 0
    assert cells(results) == [["one", "letter"], ["1", "x"]]
    assert "UpdateCount" not in results


def test_every_type_has_athenas_text_and_name(client: Any) -> None:
    _, results = run(
        client,
        """
        select cast(1.50 as decimal(10, 2)), array[1, null], map(array['k'], array[1.5]), cast(row(1, 'x') as row(i integer, s varchar)),
            to_utf8('hi'), timestamp '2024-01-01 00:00:00 UTC', timestamp '2024-01-01 01:02:03.004', 1e10, cast(null as varchar), true,
            date '2024-01-01', cast(1.5 as real), 0.0001, cast('é' as varchar(2)), map(array[true], array[1])
        """,
    )
    assert cells(results)[1] == [
        *("1.50", "[1, null]", "{k=1.5}", "{i=1, s=x}", "68 69", "2024-01-01 00:00:00 UTC", "2024-01-01 01:02:03.004", "1.0E10", None),
        *("true", "2024-01-01", "1.5", "1.0E-4", "é", "{true=1}"),
    ]
    columns = results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [column["Type"] for column in columns] == [
        *("decimal", "array", "map", "row", "varbinary", "timestamp with time zone", "timestamp", "double", "varchar", "boolean"),
        *("date", "float", "double", "varchar", "map"),
    ]
    assert (columns[0]["Precision"], columns[0]["Scale"], columns[13]["Precision"]) == (10, 2, 2)


def test_the_result_file_is_a_csv_that_tells_null_from_nothing(athena: LocalAthena, client: Any) -> None:
    found, _ = run(client, """select 'a "b", c' as x, '' as y, cast(null as varchar) as z""")
    key = f"{found['QueryExecutionId']}.csv"
    body = athena.client("s3").get_object(Bucket=places.RESULTS, Key=key)["Body"].read()
    assert body.decode() == '"x","y","z"\n"a ""b"", c","",\n'


def test_results_come_in_pages(client: Any) -> None:
    found, first = run(client, "select x from unnest(sequence(1, 2500)) as t (x)")
    pages = client.get_paginator("get_query_results").paginate(QueryExecutionId=found["QueryExecutionId"])
    sizes = [len(page["ResultSet"]["Rows"]) for page in pages]
    assert sizes == [1000, 1000, 501]
    small = client.get_query_results(QueryExecutionId=found["QueryExecutionId"], MaxResults=2, NextToken=first["NextToken"])
    assert cells(small) == [["1000"], ["1001"]]
    for wrong in ("next", "1", "999999999"):
        with pytest.raises(ClientError, match="NextToken is not valid"):
            client.get_query_results(QueryExecutionId=found["QueryExecutionId"], NextToken=wrong)


def test_pages_keep_line_breaks_quotes_commas_and_nulls(client: Any) -> None:
    rows = [["a\nb", None], ['","', ""], ['"\n"', "é\r\n"], [None, None], ["", "\n"]]
    values = ", ".join(
        f"({number}, {', '.join('null' if cell is None else repr_sql(cell) for cell in row)})" for number, row in enumerate(rows)
    )
    found, whole = run(client, f"select a, b from (values {values}) as t (number, a, b) order by number")
    pages = client.get_paginator("get_query_results").paginate(QueryExecutionId=found["QueryExecutionId"], PaginationConfig={"PageSize": 1})
    assert [row for page in pages for row in cells(page)] == cells(whole) == [["a", "b"], *rows]


def repr_sql(text: str) -> str:
    """A literal of any text, line breaks included."""
    return f"from_utf8(from_hex('{text.encode().hex()}'))"


def test_a_query_of_more_than_262144_bytes_is_refused(client: Any) -> None:
    fits = "select 1 -- " + "é" * ((262_144 - 12) // 2)
    assert len(fits.encode()) == 262_144
    run(client, fits)
    assert refusal(client, fits + "x").startswith("Your query has exceeded the maximum query length of 262144 bytes.")


def test_an_output_location_is_required_and_must_exist(client: Any) -> None:
    assert refusal(client, "select 1", WorkGroup="primary").startswith("No output location provided.")
    for place, said in (("s3://no-such-bucket/", "Unable to verify/create output bucket no-such-bucket"), ("/tmp", "not a valid S3 path")):  # noqa: S108
        assert said in refusal(client, "select 1", WorkGroup="primary", ResultConfiguration={"OutputLocation": place})


def test_an_enforced_workgroup_decides_where_results_go(client: Any) -> None:
    elsewhere = {"OutputLocation": f"{RESULTS}elsewhere"}
    found, _ = run(client, "select 1", ResultConfiguration=elsewhere)
    assert found["ResultConfiguration"]["OutputLocation"] == f"{RESULTS}{found['QueryExecutionId']}.csv"
    found, _ = run(client, "select 1", WorkGroup="primary", ResultConfiguration=elsewhere)
    assert found["ResultConfiguration"]["OutputLocation"] == f"{RESULTS}elsewhere/{found['QueryExecutionId']}.csv"


def test_an_unknown_or_disabled_workgroup_is_refused(client: Any) -> None:
    assert refusal(client, "select 1", WorkGroup="nobody") == "WorkGroup nobody is not found."
    client.create_work_group(Name="closed", Tags=[{"Key": "a", "Value": "b"}])
    client.update_work_group(WorkGroup="closed", State="DISABLED")
    assert refusal(client, "select 1", WorkGroup="closed") == "WorkGroup closed is disabled."


def test_a_workgroups_limit_of_bytes_cancels_a_query_that_reads_more(athena: LocalAthena, client: Any, database: str) -> None:
    athena.sql(
        f"create table {database}.wide with (format = 'parquet', external_location = 's3://{places.DATA}/wide/') as "
        "select cast(uuid() as varchar) || cast(uuid() as varchar) || cast(uuid() as varchar) || cast(uuid() as varchar) as y "
        "from unnest(sequence(1, 10000)) a (x), unnest(sequence(1, 20)) b (x)"
    )
    configuration = {"ResultConfiguration": {"OutputLocation": RESULTS}, "BytesScannedCutoffPerQuery": 10_485_760}
    client.create_work_group(Name="thrifty", Configuration=configuration, Tags=[{"Key": "a", "Value": "b"}])
    found = execution(client, start(client, f"select max(y) from {database}.wide", WorkGroup="thrifty"))
    assert (found["Status"]["State"], found["Status"]["StateChangeReason"]) == (
        "CANCELLED",
        "Query cancelled! : Bytes scanned limit was exceeded",
    )
    client.update_work_group(WorkGroup="thrifty", ConfigurationUpdates={"RemoveBytesScannedCutoffPerQuery": True})
    found, _ = run(client, f"select max(y) from {database}.wide", WorkGroup="thrifty")
    assert found["Statistics"]["DataScannedInBytes"] > 10_485_760


def test_a_request_token_starts_a_query_once(client: Any) -> None:
    token = "t" * 32
    first = start(client, "select 1", ClientRequestToken=token)
    assert start(client, "select 1", ClientRequestToken=token) == first
    assert refusal(client, "select 2", ClientRequestToken=token) == "Idempotent parameters do not match"


def test_parameters_are_bound_as_literals(client: Any) -> None:
    _, results = run(client, "select ? as a, ? as b where 1 = ?", ExecutionParameters=["'it''s; --'", "1.5", "1"])
    assert cells(results)[1] == ["it's; --", "1.5"]
    assert results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"][1]["Type"] == "double"
    found = execution(client, start(client, "select ?", ExecutionParameters=["1", "2"]))
    assert found["Status"]["AthenaError"]["ErrorMessage"].startswith("INVALID_PARAMETER_USAGE")
    found = execution(client, start(client, "drop table ?", ExecutionParameters=["x"]))
    assert "does not implement execution parameters for this statement" in found["Status"]["StateChangeReason"]


def test_a_failure_is_told_with_trinos_words_and_athenas_category(client: Any, database: str) -> None:
    found = execution(client, start(client, "select * from no_such_table", QueryExecutionContext={"Database": database}))
    status = found["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"] == f"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.{database}.no_such_table' does not exist"
    assert status["AthenaError"] == {
        "ErrorCategory": 2,
        "ErrorType": 1000,
        "Retryable": False,
        "ErrorMessage": status["StateChangeReason"],
    }
    with pytest.raises(ClientError, match=r"Query did not finish successfully\. Final query state: FAILED"):
        client.get_query_results(QueryExecutionId=found["QueryExecutionId"])


def test_a_question_about_a_query_waits_for_its_end_but_not_long(client: Any) -> None:
    ended, running = execution(client, start(client, "select 1"))["QueryExecutionId"], start(client, LONG)
    seconds = []
    for asked, times in ((running, 1), (ended, 10)):
        begun = time.monotonic()
        states = {client.get_query_execution(QueryExecutionId=asked)["QueryExecution"]["Status"]["State"] for _ in range(times)}
        seconds.append(time.monotonic() - begun)
        assert states <= ({"SUCCEEDED"} if asked == ended else {"QUEUED", "RUNNING"})
    client.stop_query_execution(QueryExecutionId=running)
    assert seconds[0] > api.PATIENCE * 0.9
    assert seconds[1] < api.PATIENCE * 9


def test_a_running_query_can_be_stopped_and_has_no_results_before(client: Any) -> None:
    identifier = start(client, LONG)
    while client.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]["State"] == "QUEUED":
        time.sleep(0.02)
    time.sleep(0.5)
    with pytest.raises(ClientError, match=r"Query has not yet finished\. Current state: RUNNING"):
        client.get_query_results(QueryExecutionId=identifier)
    client.stop_query_execution(QueryExecutionId=identifier)
    assert execution(client, identifier)["Status"]["State"] == "CANCELLED"


def test_executions_are_listed_by_workgroup(client: Any) -> None:
    client.create_work_group(
        Name="listed", Configuration={"ResultConfiguration": {"OutputLocation": RESULTS}}, Tags=[{"Key": "a", "Value": "b"}]
    )
    identifiers = [run(client, f"select {n}", WorkGroup="listed")[0]["QueryExecutionId"] for n in (1, 2)]
    assert client.list_query_executions(WorkGroup="listed")["QueryExecutionIds"] == identifiers[::-1]
    told = client.batch_get_query_execution(QueryExecutionIds=[*identifiers, "none"])
    assert [found["Query"] for found in told["QueryExecutions"]] == ["select 1", "select 2"]
    assert told["UnprocessedQueryExecutionIds"] == [{"QueryExecutionId": "none"}]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_query_runtime_statistics", {"QueryExecutionId": "x"}),
        ("get_query_execution", {"QueryExecutionId": "x"}),
        ("get_data_catalog", {"Name": "other"}),
        ("get_work_group", {"WorkGroup": "nobody"}),
        ("get_database", {"CatalogName": "AwsDataCatalog", "DatabaseName": "none"}),
        ("get_table_metadata", {"CatalogName": "AwsDataCatalog", "DatabaseName": "none", "TableName": "none"}),
        ("start_session", {"WorkGroup": "aisle", "EngineConfiguration": {"MaxConcurrentDpus": 2}}),
    ],
)
def test_what_is_not_there_or_not_implemented_is_an_error_and_no_answer(client: Any, operation: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ClientError):
        getattr(client, operation)(**arguments)


def test_another_catalog_is_refused(client: Any) -> None:
    assert "has no catalog but AwsDataCatalog: other" in refusal(client, "select 1", QueryExecutionContext={"Catalog": "other"})


def test_the_catalog_is_glues(athena: LocalAthena, client: Any, database: str) -> None:
    athena.sql(
        f"create external table {database}.told (a int) partitioned by (p string) stored as parquet location 's3://{places.RAW}/told/'"
    )
    assert database in {found["Name"] for found in client.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]}
    told = client.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=database, TableName="told")["TableMetadata"]
    assert (told["Columns"], told["PartitionKeys"]) == ([{"Name": "a", "Type": "int"}], [{"Name": "p", "Type": "string"}])
    assert told["Parameters"]["location"] == f"s3://{places.RAW}/told/"
    listed = client.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=database, Expression="tol.*")["TableMetadataList"]
    assert [table["Name"] for table in listed] == ["told"]


def test_a_workgroups_tags_are_told_even_without_any(client: Any) -> None:
    client.create_work_group(Name="bare")
    arn = "arn:aws:athena:us-east-1:123456789012:workgroup/bare"
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
