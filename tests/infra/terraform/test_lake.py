"""The lake made for real on moto, in the order that people take: made, left alone, built, granted, built again, destroyed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.infra.terraform.conftest import REGION, Workspace
from tests.support import ROOT

pytestmark = pytest.mark.long("a lake made by Terraform")

RAW = {"raw_pos", "raw_loyalty", "raw_promotions", "raw_meta"}
MODELS = {"reference", "staging", "normalized", "star", "wide", "serving", "snapshots", "vault"}
BUCKETS = {"aisle-raw", "aisle-data", "aisle-results"}
WORKGROUPS = {"aisle": "transformer", "aisle_loader": "loader", "aisle_analyst": "analyst"}
ALL = {"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"}
TABLES = {"star": {"dim_households": ["age_range", "income_range"], "dim_stores": []}}


@pytest.fixture(scope="module")
def lake(workspace: Workspace) -> Iterator[Workspace]:
    """The lake as it is made first, before there is a table to grant."""
    workspace.change("apply")
    yield workspace
    if json.loads((workspace.folder / "terraform.tfstate").read_text())["resources"]:
        workspace.change("destroy")


@pytest.fixture(scope="module")
def second_apply(lake: Workspace) -> tuple[int, ...]:
    """What a second apply added, changed and destroyed, after a build, when its tables are granted to analysts."""
    glue = lake.client("glue")
    for schema, tables in TABLES.items():
        for table, hidden in tables.items():
            columns = [{"Name": name, "Type": "string"} for name in ["id", *hidden]]
            glue.create_table(DatabaseName=f"aisle_{schema}", TableInput={"Name": table, "StorageDescriptor": {"Columns": columns}})
    lake.variables(analyst_tables=TABLES)
    return lake.change("apply")


@pytest.fixture(scope="module")
def granted(lake: Workspace, second_apply: tuple[int, ...]) -> Workspace:
    """The lake after the second apply."""
    assert second_apply
    return lake


def test_buckets_are_private_encrypted_and_versioned(lake: Workspace) -> None:
    s3 = lake.client("s3")
    assert {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]} == BUCKETS
    for bucket in BUCKETS:
        assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        (ownership,) = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
        assert ownership["ObjectOwnership"] == "BucketOwnerEnforced"


def test_only_results_expire_and_all_buckets_forget_what_was_replaced(lake: Workspace) -> None:
    s3 = lake.client("s3")
    for bucket in BUCKETS:
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert {rule["Status"] for rule in rules} == {"Enabled"}
        assert [rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules if "NoncurrentVersionExpiration" in rule] == [7]
        assert [r["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] for r in rules if "AbortIncompleteMultipartUpload" in r] == [3]
        assert [rule["Expiration"]["Days"] for rule in rules if "Expiration" in rule] == ([14] if bucket == "aisle-results" else [])


def test_a_bucket_refuses_plain_http(lake: Workspace) -> None:
    with pytest.raises(ClientError, match="Forbidden"):
        lake.client("s3").put_object(Bucket="aisle-data", Key="star/file.parquet", Body=b"")


def test_each_schema_has_its_database_in_its_bucket(lake: Workspace) -> None:
    databases = {database["Name"]: database["LocationUri"] for database in lake.client("glue").get_databases()["DatabaseList"]}
    raw = {f"aisle_{schema}": f"s3://aisle-raw/{schema}/" for schema in RAW}
    assert databases == raw | {f"aisle_{schema}": f"s3://aisle-data/{schema}/" for schema in MODELS}


def test_each_role_has_a_workgroup_that_enforces_its_settings(lake: Workspace) -> None:
    athena = lake.client("athena")
    for name, role in WORKGROUPS.items():
        settings = athena.get_work_group(WorkGroup=name)["WorkGroup"]["Configuration"]
        assert settings["EnforceWorkGroupConfiguration"] is True
        assert settings["PublishCloudWatchMetricsEnabled"] is True
        assert settings["BytesScannedCutoffPerQuery"] == 10 * 1024**3
        assert settings["EngineVersion"]["SelectedEngineVersion"] == "Athena engine version 3"
        assert settings["ResultConfiguration"]["OutputLocation"] == f"s3://aisle-results/{role}/"
        assert settings["ResultConfiguration"]["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}


def test_a_new_table_is_nobodys_until_it_is_granted(lake: Workspace) -> None:
    settings = lake.client("lakeformation").get_data_lake_settings()["DataLakeSettings"]
    assert not settings.get("CreateDatabaseDefaultPermissions")
    assert not settings.get("CreateTableDefaultPermissions")
    assert len(settings["DataLakeAdmins"]) == 1


def test_loader_and_transformer_are_granted_what_their_work_needs(lake: Workspace) -> None:
    writes = {"CREATE_TABLE", "DESCRIBE"}
    assert grants(lake, "loader") == (
        {("location", "arn:aws:s3:::aisle-raw"): {"DATA_LOCATION_ACCESS"}}
        | {("database", f"aisle_{schema}"): writes for schema in RAW}
        | {("tables", f"aisle_{schema}"): ALL for schema in RAW}
    )
    assert grants(lake, "transformer") == (
        {("location", "arn:aws:s3:::aisle-data"): {"DATA_LOCATION_ACCESS"}}
        | {("database", f"aisle_{schema}"): writes for schema in MODELS}
        | {("tables", f"aisle_{schema}"): ALL for schema in MODELS}
        | {("database", f"aisle_{schema}"): {"DESCRIBE"} for schema in RAW}
        | {("tables", f"aisle_{schema}"): {"DESCRIBE", "SELECT"} for schema in RAW}
    )


def test_analysts_are_granted_no_table_that_nobody_named(lake: Workspace) -> None:
    assert {key: value for key, value in grants(lake, "analyst").items() if key[0] != "columns" and "." not in key[1]} == {
        ("database", f"aisle_{schema}"): {"DESCRIBE"} for schema in ("star", "wide", "serving")
    }


def test_the_daily_scan_raises_an_alarm_for_each_workgroup(lake: Workspace) -> None:
    alarms = {alarm["AlarmName"]: alarm for alarm in lake.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    assert set(alarms) == {f"{name}-daily-scan" for name in WORKGROUPS}
    for name in WORKGROUPS:
        alarm = alarms[f"{name}-daily-scan"]
        dimensions = [query["MetricStat"]["Metric"]["Dimensions"] for query in alarm["Metrics"] if "MetricStat" in query]
        assert {d["Value"] for metric in dimensions for d in metric if d["Name"] == "WorkGroup"} == {name}
        assert (len(dimensions), alarm["Threshold"], len(alarm["AlarmActions"])) == (3, 10**12, 1)


@pytest.mark.parametrize("role", WORKGROUPS.values())
def test_the_environment_comes_as_lines_that_a_shell_reads(role: str, lake: Workspace) -> None:
    command = [sys.executable, "-m", "infra.athena_env", "--folder", str(lake.folder), "--role", role]
    printed = subprocess.run(command, cwd=ROOT, env=lake.environment, capture_output=True, text=True, check=True).stdout
    read = subprocess.run(["/bin/sh", "-c", f"{printed}\nexport -p"], env={}, capture_output=True, text=True, check=True).stdout
    values = dict(line.removeprefix("export ").replace("'", "").replace('"', "").split("=", 1) for line in read.splitlines() if "=" in line)
    assert {name: value for name, value in values.items() if name != "PWD"} == {
        "AWS_DEFAULT_REGION": REGION,
        "AISLE_ATHENA_RAW": "s3://aisle-raw/",
        "AISLE_ATHENA_DATA": "s3://aisle-data/",
        "AISLE_ATHENA_RESULTS": f"s3://aisle-results/{role}/",
        "AISLE_ATHENA_WORKGROUP": next(name for name, owner in WORKGROUPS.items() if owner == role),
        "AISLE_ATHENA_SCHEMA": "aisle",
    }


def test_a_second_apply_grants_the_tables_and_changes_nothing_else(second_apply: tuple[int, ...]) -> None:
    assert second_apply == (sum(map(len, TABLES.values())), 0, 0)


def test_analysts_read_named_tables_without_their_hidden_columns(granted: Workspace) -> None:
    assert grants(granted, "analyst") == {("database", f"aisle_{schema}"): {"DESCRIBE"} for schema in ("star", "wide", "serving")} | {
        ("table", "aisle_star.dim_stores"): {"DESCRIBE", "SELECT"},
        ("columns", "aisle_star.dim_households without age_range, income_range"): {"SELECT"},
    }


def test_a_grant_that_went_with_its_table_is_seen_and_made_again(granted: Workspace) -> None:
    """AWS takes a grant away with its table, and dbt replaces tables."""
    before = grants(granted, "analyst")
    formation = granted.client("lakeformation")
    (entry,) = [e for e in entries(granted, "analyst") if "TableWithColumns" in e["Resource"]]
    formation.revoke_permissions(Principal=entry["Principal"], Resource=entry["Resource"], Permissions=entry["Permissions"])
    assert grants(granted, "analyst") != before
    with pytest.raises(ClientError, match="Grantee has no permissions"):  # by these words the provider knows that it is gone
        formation.revoke_permissions(Principal=entry["Principal"], Resource=entry["Resource"], Permissions=entry["Permissions"])
    assert granted.change("apply") == (1, 0, 0)
    assert grants(granted, "analyst") == before


def test_a_full_lake_is_destroyed_with_all_that_was_made(granted: Workspace) -> None:
    s3 = granted.client("s3")
    s3.delete_bucket_policy(Bucket="aisle-data")  # moto is reached by plain HTTP, which the policy refuses
    for body in (b"first", b"second"):
        s3.put_object(Bucket="aisle-data", Key="star/file.parquet", Body=body)
    s3.delete_object(Bucket="aisle-data", Key="star/file.parquet")
    granted.change("destroy")
    formation = granted.client("lakeformation")
    left = {
        "buckets": s3.list_buckets()["Buckets"],
        "databases": granted.client("glue").get_databases()["DatabaseList"],
        "workgroups": [g["Name"] for g in granted.client("athena").list_work_groups()["WorkGroups"] if g["Name"] != "primary"],
        "roles": granted.client("iam").list_roles()["Roles"],
        "locations": formation.list_resources()["ResourceInfoList"],
        "grants": formation.list_permissions()["PrincipalResourcePermissions"],
        "alarms": granted.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "topics": granted.client("sns").list_topics()["Topics"],
        "state": json.loads((granted.folder / "terraform.tfstate").read_text())["resources"],
    }
    assert {kind: things for kind, things in left.items() if things} == {}


def entries(lake: Workspace, role: str) -> list[dict[str, Any]]:
    """Lake Formation's own list of what a role was granted."""
    listed = lake.client("lakeformation").list_permissions()
    assert "NextToken" not in listed
    return [
        e for e in listed["PrincipalResourcePermissions"] if e["Principal"]["DataLakePrincipalIdentifier"].endswith(f":role/aisle-{role}")
    ]


def grants(lake: Workspace, role: str) -> dict[tuple[str, str], set[str]]:
    """(kind, name) → permissions. A grant on all tables of a database is of the kind `tables`."""
    found: dict[tuple[str, str], set[str]] = {}
    for entry in entries(lake, role):
        found.setdefault(_named(entry["Resource"]), set()).update(entry["Permissions"])
    return found


def _named(resource: dict[str, Any]) -> tuple[str, str]:
    ((kind, value),) = resource.items()
    if kind == "DataLocation":
        return "location", value["ResourceArn"]
    if kind == "Database":
        return "database", value["Name"]
    if kind == "Table" and "TableWildcard" in value:
        return "tables", value["DatabaseName"]
    if kind == "Table":
        return "table", f"{value['DatabaseName']}.{value['Name']}"
    assert kind == "TableWithColumns", f"{kind} was granted"
    hidden = ", ".join(sorted(value["ColumnWildcard"]["ExcludedColumnNames"]))
    return "columns", f"{value['DatabaseName']}.{value['Name']} without {hidden}"
