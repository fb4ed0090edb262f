"""Each kind of statement through PyAthena, with what it leaves behind, and what Athena refuses."""

import re
from collections.abc import Callable

import pyathena
import pytest

from infra.local_athena import places
from tests.local_athena import LocalAthena

Sql = Callable[..., list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def sql(athena: LocalAthena, database: str) -> Sql:
    """Run a statement in this module's database."""
    return lambda statement: athena.sql(statement, database)


def place(name: str, bucket: str = places.DATA) -> str:
    return f"s3://{bucket}/test_statements/{name}/"


def iceberg(name: str, query: str, more: str = "") -> str:
    return f"create table {name} with (table_type = 'iceberg', is_external = false, location = '{place(name)}'{more}) as {query}"


def hive(name: str, query: str, more: str = "") -> str:
    return f"create table {name} with (format = 'parquet', external_location = '{place(name)}'{more}) as {query}"


def failure(sql: Sql, statement: str) -> str:
    with pytest.raises(pyathena.error.OperationalError) as caught:
        sql(statement)
    return str(caught.value)


NUMBERS = "select x as a, x as p from unnest(sequence(1, {})) as t (x)"


def test_a_bare_literal_is_a_double_and_a_typed_one_a_decimal(sql: Sql) -> None:
    assert sql("select typeof(1.5), typeof(.5), typeof(decimal '1.5'), typeof(1e0), '1.5', 1.5 -- 1.5") == [
        ("double", "double", "decimal(2,1)", "double", "1.5", 1.5)
    ]


def test_a_hive_table_is_made_from_a_query_with_partitions_and_buckets(sql: Sql) -> None:
    sql(hive("h", NUMBERS.format(100), ", partitioned_by = array['p']"))
    assert sql("select count(*), sum(a) from h where p > 50") == [(50, 3775)]
    sql(hive("hb", NUMBERS.format(9), ", bucketed_by = array['a'], bucket_count = 3, write_compression = 'zstd'"))
    assert sql('select count(distinct "$path") from hb') == [(3,)]


def test_an_iceberg_table_is_made_from_a_query_with_transforms(sql: Sql) -> None:
    sql(
        iceberg(
            "i",
            "select x as a, timestamp '2024-01-31 00:00:00.000000' as t from unnest(sequence(1, 9)) as s (x)",
            ", partitioning = array['month(t)', 'bucket(a, 2)']",
        )
    )
    assert sql('select count(*), sum(record_count) from "i$partitions"') == [(2, 9)]
    assert sql("create table if not exists i as select 1 as b") == []
    assert sql("select count(*) from i") == [(9,)]


@pytest.mark.parametrize("make", [hive, iceberg])
def test_more_than_100_partitions_are_refused(sql: Sql, make: Callable[..., str]) -> None:
    by = "partitioned_by" if make is hive else "partitioning"
    name = f"many_{make.__name__}"
    said = failure(sql, make(name, NUMBERS.format(101), f", {by} = array['p']"))
    assert said.startswith(f"{make.__name__.upper()}_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions")
    assert failure(sql, f"select * from {name}").startswith("TABLE_NOT_FOUND")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (hive("r", "select 1 as a", ", nonsense = 1"), "INVALID_TABLE_PROPERTY: Catalog 'awsdatacatalog' table property 'nonsense'"),
        (iceberg("r", "select 1 as a", ", external_location = 'x'"), "INVALID_TABLE_PROPERTY: Catalog 'awsdatacatalog' table property"),
        (iceberg("r", "select 1 as a", ", format = 'orc', format = 'orc'"), "SYNTAX_ERROR: Duplicate property: format"),
        (iceberg("r", "select 1 as a").replace("false", "true"), "INVALID_TABLE_PROPERTY: Table property 'is_external' must be false"),
        ("create table r with (table_type = 'iceberg', is_external = false) as select 1 as a", "MISSING_TABLE_PROPERTY: "),
        ("create table r with (table_type = 'delta') as select 1 as a", "INVALID_TABLE_PROPERTY: Unable to set catalog"),
        (iceberg("r", "select timestamp '2024-01-01 00:00:00.000' as t"), "NOT_SUPPORTED: Timestamp precision (3) not supported"),
        (hive("r", "select cast('2024-01-01' as timestamp(6)) as t"), "NOT_SUPPORTED: Incorrect timestamp precision for timestamp(6)"),
        (hive("r", "select 1 as p, 2 as a", ", partitioned_by = array['p']"), "HIVE_COLUMN_ORDER_MISMATCH"),
        ("selec 1", "SYNTAX_ERROR: line 1:1: mismatched input 'selec'"),
        ("select cast(1 as string)", "TYPE_MISMATCH: line 1:8: Unknown type: string"),
        ("select 1 / 0", "DIVISION_BY_ZERO"),
        ("-- nothing", "SYNTAX_ERROR: Query is empty"),
        ("unload (select 1) to 's3://x/'", "NOT_SUPPORTED: Local Athena does not implement UNLOAD"),
        ("create materialized view m as select 1 as a", "NOT_SUPPORTED: Local Athena does not implement CREATE MATERIALIZED VIEW"),
        ("show create table r", "NOT_SUPPORTED: Local Athena does not implement SHOW CREATE TABLE"),
        ("prepare p from select 1", "NOT_SUPPORTED: Local Athena does not implement PREPARE"),
        ("truncate table r", "NOT_SUPPORTED: Local Athena does not implement TRUNCATE TABLE"),
        ("call system.flush_metadata_cache()", "NOT_SUPPORTED: Local Athena does not implement CALL"),
        ("drop table no_such", "FAILED: SemanticException [Error 10001]: Table not found"),
        ("alter table no_such add columns (a int)", "FAILED: SemanticException [Error 10001]: Table not found"),
        ("drop database no_such", "FAILED: SemanticException [Error 10072]: Database does not exist: no_such"),
        ("create external table r (a int) stored as avro location 's3://x/'", "NOT_SUPPORTED: Local Athena does not implement STORED"),
        ("create external table r (a int) stored as parquet", "FAILED: SemanticException: LOCATION is required"),
        ("create external table r (a integr) location 's3://x/'", "FAILED: ParseException cannot recognize the type 'integr'"),
        ("create external table r (a int, a int) location 's3://x/'", "FAILED: SemanticException [Error 10036]: Duplicate column name: a"),
        ("create table r (a int) location 's3://x/'", "FAILED: SemanticException: EXTERNAL is required"),
        ("create table r (a int) location 's3://x/' tblproperties ('table_type' = 'ICEBERG', 'x' = 'y')", "INVALID_TABLE_PROPERTY: Uns"),
        ("create external table r (a int) nonsense", "FAILED: ParseException line 1:32 mismatched input 'nonsense'"),
    ],
)  # fmt: skip
def test_what_athena_or_we_do_not_take_is_refused_in_a_sentence(sql: Sql, statement: str, said: str) -> None:
    assert failure(sql, statement).startswith(said)


def test_a_location_that_is_not_empty_is_refused(sql: Sql) -> None:
    sql(hive("first", "select 1 as a"))
    assert failure(sql, hive("second", "select 1 as a").replace("/second/", "/first/")).startswith("HIVE_PATH_ALREADY_EXISTS")
    sql(iceberg("third", "select 1 as a"))
    said = failure(sql, iceberg("fourth", "select 1 as a").replace("/fourth/", "/third/"))
    assert said.startswith("ICEBERG_FILESYSTEM_ERROR: Cannot create a table on a non-empty location")
    assert failure(sql, hive("first", "select 1 as a")).startswith("TABLE_ALREADY_EXISTS")


def test_writes_tell_how_many_rows_they_changed(athena: LocalAthena, sql: Sql, database: str) -> None:
    sql(iceberg("w", "select x as id, x * 10 as v from unnest(sequence(1, 4)) as t (x)"))
    connection = athena.connection(database)
    counted = []
    for statement in (
        "insert into w values (5, 50), (6, 60)",
        "update w set v = 0 where id < 4",
        "delete from w where id = 6",
        (
            "merge into w using (values (5, 1), (7, 70)) as s (id, v) on w.id = s.id "
            "when matched then update set v = s.v when not matched then insert values (s.id, s.v)"
        ),
    ):
        cursor = connection.cursor()
        cursor.execute(statement)
        counted.append(cursor.rowcount)
    assert counted == [2, 3, 1, 2]
    assert sql("select id, v from w order by id") == [(1, 0), (2, 0), (3, 0), (4, 40), (5, 1), (7, 70)]


def test_rows_of_a_hive_table_are_not_changed(sql: Sql) -> None:
    sql(hive("fixed", "select 1 as a"))
    for statement in ("update fixed set a = 2", "delete from fixed where a = 1"):
        assert failure(sql, statement).startswith("NOT_SUPPORTED: Modifying Hive table rows")


def test_an_iceberg_table_keeps_its_past_until_vacuum(sql: Sql) -> None:
    sql(iceberg("past", "select 1 as a"))
    ((first,),) = sql('select snapshot_id from "past$snapshots"')
    ((then,),) = sql("select cast(date_add('millisecond', 1, committed_at) as varchar) from \"past$snapshots\"")
    for value in (2, 3):
        sql(f"insert into past values ({value})")
    assert sql(f"select count(*) from past for version as of {first}") == [(1,)]
    assert sql(f"select count(*) from past for timestamp as of timestamp '{then}'") == [(1,)]
    assert sql('select count(*) from "past$files"') == [(3,)]
    sql("optimize past rewrite data using bin_pack")
    assert sql('select count(*) from "past$files"') == [(1,)]
    sql("vacuum past")
    assert sql('select count(*) > 1 from "past$snapshots"') == [(True,)]
    sql("alter table past set tblproperties ('vacuum_max_snapshot_age_seconds' = '0')")
    sql("vacuum past")
    assert sql('select count(*) from "past$snapshots"') == [(1,)]
    assert sql("select sum(a) from past") == [(6,)]


def test_vacuum_refuses_a_setting_that_it_does_not_know(sql: Sql) -> None:
    sql(iceberg("kept", "select 1 as a", ", vacuum_min_snapshots_to_keep = 3"))
    assert "does not implement VACUUM of a table that keeps more than one snapshot" in failure(sql, "vacuum kept")
    assert failure(sql, "vacuum first_of_all").startswith("FAILED: SemanticException [Error 10001]")
    sql(hive("no_iceberg", "select 1 as a"))
    for statement in ("vacuum no_iceberg", "optimize no_iceberg rewrite data using bin_pack"):
        assert "is only supported for Iceberg tables" in failure(sql, statement)


def test_an_iceberg_table_is_defined_and_its_columns_change(sql: Sql) -> None:
    sql(
        "create table evolving (id bigint, name string comment 'who', at timestamp, d decimal(12,2), tags array<string>, "
        f"s struct<x:int,y:string>) partitioned by (day(at), bucket(4, id)) location '{place('evolving')}' "
        "tblproperties ('table_type' = 'iceberg', 'format' = 'parquet')"
    )
    sql("insert into evolving values (1, 'a', timestamp '2024-01-01 12:00:00.123456', 1.50, array['t'], row(1, 'y'))")
    assert sql('select count(*) from "evolving$partitions"') == [(1,)]
    sql("alter table evolving add columns (more int)")
    sql("alter table evolving change column more most bigint")
    sql("alter table evolving drop column tags")
    assert [row[0].split() for row in sql("describe evolving")] == [
        ["id", "bigint"],
        ["name", "string", "who"],
        ["at", "timestamp"],
        ["d", "decimal(12,2)"],
        ["s", "struct<x:int,y:string>"],
        ["most", "bigint"],
    ]
    sql("alter table evolving rename to evolved")
    assert sql("select id, cast(at as varchar), cast(d as varchar), s.y, most from evolved") == [
        (1, "2024-01-01 12:00:00.123456", "1.50", "y", None)
    ]
    for statement, said in (
        ("add columns (id int)", "Duplicate column name: id"),
        ("drop column nothing", "Invalid column reference nothing"),
        ("set tblproperties ('x' = 'y')", "Unsupported table property key: x"),
        ("change column id id bigint first", "does not implement FIRST and AFTER"),
        ("frobnicate", "ParseException line 1:20 mismatched input 'frobnicate'"),
        ("partition (p = '1') set location 's3://x/'", "does not implement ALTER TABLE … PARTITION"),
    ):
        assert said in failure(sql, f"alter table evolved {statement}")
    sql("drop table evolved")
    assert failure(sql, "select * from evolved").startswith("TABLE_NOT_FOUND")


def test_a_hive_table_is_defined_with_partitions_and_its_columns_change(athena: LocalAthena, sql: Sql) -> None:
    sql(hive("source", "select 1 as a, 'x' as b"))
    external = place("source")
    sql(
        "create external table landed (a int, b string) partitioned by (p string comment 'day') stored as parquet "
        f"location '{place('landed', places.RAW)}' tblproperties ('k' = 'v')"
    )
    assert sql("create external table if not exists landed (z int) location 's3://x/'") == []
    sql(f"alter table landed add if not exists partition (p = '1') location '{external}' partition (p = '2') location '{external}'")
    sql("alter table landed add if not exists partition (p = '1')")
    assert failure(sql, "alter table landed add partition (p = '1')").startswith("FAILED: Execution Error")
    assert sql("select a, b, p from landed order by p") == [(1, "x", "1"), (1, "x", "2")]
    sql("alter table landed drop partition (p = '2')")
    sql("alter table landed drop if exists partition (p = '2')")
    assert sql("show partitions landed") == [("p=1",)]
    s3 = athena.client("s3")
    listed = s3.list_objects_v2(Bucket=places.DATA, Prefix="test_statements/source/")["Contents"][0]["Key"]
    s3.copy_object(Bucket=places.RAW, Key="test_statements/landed/p=3/f.parquet", CopySource={"Bucket": places.DATA, "Key": listed})
    sql("msck repair table landed")
    assert sql("select count(*) from landed where p = '3'") == [(1,)]
    sql("alter table landed add columns (c double)")
    sql("alter table landed replace columns (a bigint, b string)")
    assert sql("show columns in landed") == [(name.ljust(20),) for name in ("a", "b", "p")]
    sql("alter table landed set tblproperties ('k' = 'w', 'l' = 'm')")
    sql("alter table landed unset tblproperties ('l')")
    assert sql("show tblproperties landed ('k')") == [("k\tw",)]
    assert failure(sql, "alter table landed rename to elsewhere").startswith("NOT_SUPPORTED: Only Iceberg tables")
    sql("drop table landed")
    assert s3.list_objects_v2(Bucket=places.RAW, Prefix="test_statements/landed/")["KeyCount"] == 1


def test_text_files_are_read_with_their_serde(athena: LocalAthena, sql: Sql) -> None:
    athena.client("s3").put_object(Bucket=places.RAW, Key="test_statements/csv/f.csv", Body=b'a,b\n1,"x, y"\n')
    sql(
        f"create external table lines (a string, b string) row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
        f"with serdeproperties ('separatorChar' = ',') stored as textfile location '{place('csv', places.RAW)}' "
        "tblproperties ('skip.header.line.count' = '1')"
    )
    assert sql("select * from lines") == [("1", "x, y")]
    athena.client("s3").put_object(Bucket=places.RAW, Key="test_statements/tsv/f.tsv", Body=b"1\tx\n")
    sql(
        "create external table tabs (a int, b string) row format delimited fields terminated by '\\t' "
        f"location '{place('tsv', places.RAW)}'"
    )
    assert sql("select * from tabs") == [(1, "x")]


def test_a_view_has_its_real_columns_in_glue_and_survives_a_description(athena: LocalAthena, sql: Sql, database: str) -> None:
    sql(hive("under", "select 1 as a, cast(1.5 as decimal(10, 2)) as d, array[timestamp '2024-01-01 00:00:00.000'] as t"))
    sql("create or replace view over_it as select a, d, t, 2.5 as e from under")
    glue = athena.client("glue")
    view = glue.get_table(DatabaseName=database, Name="over_it")["Table"]
    assert [(column["Name"], column["Type"]) for column in view["StorageDescriptor"]["Columns"]] == [
        *(("a", "int"), ("d", "decimal(10,2)"), ("t", "array<timestamp>"), ("e", "double")),
    ]
    kept = ("Name", "StorageDescriptor", "ViewOriginalText", "ViewExpandedText", "TableType", "Parameters")
    described = {key: view[key] for key in kept} | {"Description": "told", "Parameters": view["Parameters"] | {"comment": "told"}}
    glue.update_table(DatabaseName=database, TableInput=described)
    assert sql("select a, e from over_it") == [(1, 2.5)]
    assert glue.get_table(DatabaseName=database, Name="over_it")["Table"]["Description"] == "told"
    assert sql("show views like 'over*'") == [("over_it",)]
    assert re.match(r"CREATE VIEW awsdatacatalog.\w+.over_it", sql("show create view over_it")[0][0])
    assert "is a view" in failure(sql, "drop table over_it")
    assert "is a base table" in failure(sql, "drop view under")
    sql("drop view over_it")
    assert sql("show tables 'over*|under'") == [("under",)]


def test_a_database_is_made_told_and_dropped(sql: Sql) -> None:
    sql("create database if not exists `shortlived` comment 'for a test' location 's3://aisle-data/x/'")
    sql("create schema if not exists shortlived")
    assert "already exists" in failure(sql, "create database shortlived")
    assert sql("show databases like 'short*'") == [("shortlived",)]
    sql("create view shortlived.v as select 1 as a")
    assert "is not empty" in failure(sql, "drop database shortlived")
    sql("drop database shortlived cascade")
    sql("drop schema if exists shortlived")
    assert sql("show schemas 'short*'") == []


def test_explain_gives_a_plan_under_its_header(athena: LocalAthena) -> None:
    with athena.connection().cursor() as cursor:
        cursor.execute("explain select 1")
        assert any("Output[columnNames" in line for (line,) in cursor.fetchall())
        assert [column[0] for column in cursor.description] == ["Query Plan"]
        rows = athena.client("athena").get_query_results(QueryExecutionId=cursor.query_id)["ResultSet"]["Rows"]
    assert rows[0]["Data"] == [{"VarCharValue": "Query Plan"}]


def test_names_may_have_one_two_or_three_parts_and_any_quotes(sql: Sql, database: str) -> None:
    sql(iceberg("named", "select 1 as a"))
    for name in ("named", f"`{database}`.`named`", f"`{database}.named`", f'awsdatacatalog."{database}".named', "NAMED"):
        assert len(sql(f"describe {name}")) == 1
    assert "does not implement the catalog elsewhere" in failure(sql, f"describe elsewhere.{database}.named")
