"""Policies as documents, read from the plan: who may do what, and nothing with a wildcard that writes."""

import json
from typing import Any

import pytest

from tests.infra.terraform import iam
from tests.infra.terraform.conftest import Workspace

Resources = list[dict[str, Any]]

ACCOUNT = "123456789012"
GLUE = f"arn:aws:glue:us-east-1:{ACCOUNT}"
ATHENA = f"arn:aws:athena:us-east-1:{ACCOUNT}"
ROLES = ("loader", "transformer", "analyst")

# Actions for which AWS defines no resource, so that nothing but `*` can stand there.
WITHOUT_RESOURCE = {"lakeformation:GetDataAccess"}

WORKGROUPS = {"loader": "aisle_loader", "transformer": "aisle", "analyst": "aisle_analyst"}
RAW = ("raw_pos", "raw_loyalty", "raw_promotions", "raw_meta")
MODELS = ("reference", "staging", "normalized", "star", "wide", "serving", "snapshots", "vault")
READS = {"loader": RAW, "transformer": RAW + MODELS, "analyst": ("star", "wide", "serving")}
WRITES = {"loader": RAW, "transformer": MODELS, "analyst": ()}


def table_cases() -> list[tuple[str, str, str, bool]]:
    """Every role on every schema: reading and writing its tables in Glue."""
    return [
        (role, action, f"{GLUE}:{kind}", schema in allowed[role])
        for role in ROLES
        for schema in RAW + MODELS
        for action, allowed in (
            ("glue:GetTable", READS),
            ("glue:CreateTable", WRITES),
            ("glue:UpdateTable", WRITES),
            ("glue:DeleteTable", WRITES),
        )
        for kind in (f"database/aisle_{schema}", f"table/aisle_{schema}/anything")
    ]


def object_cases() -> list[tuple[str, str, str, bool]]:
    """Every role on the objects of every bucket; of the results, on every role's folder."""
    cases = []
    for role in ROLES:
        for bucket, owner in (("raw", "loader"), ("data", "transformer")):
            cases += [
                (role, action, f"arn:aws:s3:::aisle-{bucket}/star/file.parquet", role == owner)
                for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
            ]
            cases.append((role, "s3:ListBucket", f"arn:aws:s3:::aisle-{bucket}", role == owner))
        for owner in ROLES:
            path = f"arn:aws:s3:::aisle-results/{owner}/1.csv"
            cases += [(role, action, path, role == owner) for action in ("s3:GetObject", "s3:PutObject")]
            cases.append((role, "s3:DeleteObject", path, False))
            cases += [
                (role, action, f"{ATHENA}:workgroup/{WORKGROUPS[owner]}", role == owner)
                for action in ("athena:StartQueryExecution", "athena:GetQueryResults", "athena:GetQueryExecution")
            ]
    return cases


def forbidden_cases() -> list[tuple[str, str, str, bool]]:
    """What no role may do, whatever it is for."""
    return [
        (role, action, resource, False)
        for role in ROLES
        for action, resource in (
            ("athena:StartQueryExecution", f"{ATHENA}:workgroup/primary"),
            ("athena:UpdateWorkGroup", f"{ATHENA}:workgroup/{WORKGROUPS[role]}"),
            ("glue:GetTable", f"{GLUE}:table/somebody_else/salaries"),
            ("glue:CreateDatabase", f"{GLUE}:database/aisle_star"),
            ("glue:DeleteDatabase", f"{GLUE}:database/aisle_star"),
            ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/aisle-lake-formation"),
            ("lakeformation:GrantPermissions", f"arn:aws:lakeformation:us-east-1:{ACCOUNT}:catalog:{ACCOUNT}"),
            ("lakeformation:PutDataLakeSettings", f"arn:aws:lakeformation:us-east-1:{ACCOUNT}:catalog:{ACCOUNT}"),
            ("s3:DeleteBucket", "arn:aws:s3:::aisle-raw"),
            ("s3:GetObject", "arn:aws:s3:::somebody-else/1.csv"),
            ("s3:GetObjectVersion", "arn:aws:s3:::aisle-data/star/file.parquet"),
            ("s3:PutBucketPolicy", "arn:aws:s3:::aisle-results"),
            ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:aisle/loader"),
            ("ssm:GetParameter", f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/aisle/loader"),
            ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/aisle-transformer"),
        )
    ]


@pytest.mark.parametrize("cases", [table_cases, object_cases, forbidden_cases], ids=lambda cases: cases.__name__)
def test_each_role_may_do_its_work_and_no_more(cases: Any, planned: Resources) -> None:
    documents = {role: role_policy(planned, role) for role in ROLES}
    wrong = [
        f"{role} {'may not' if expected else 'may'} {action} on {resource}"
        for role, action, resource, expected in cases()
        if iam.allows(documents[role], action, resource) is not expected
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_lists_no_results_but_its_own(role: str, planned: Resources) -> None:
    document = role_policy(planned, role)
    listed = {owner: iam.allows(document, "s3:ListBucket", "arn:aws:s3:::aisle-results", {"s3:prefix": f"{owner}/1"}) for owner in ROLES}
    assert listed == {owner: owner == role for owner in ROLES}
    assert not iam.allows(document, "s3:ListBucket", "arn:aws:s3:::aisle-results", {"s3:prefix": ""})


def test_no_policy_names_an_action_by_wildcard(planned: Resources) -> None:
    assert [action for statement in identity_statements(planned) for action in statement["Action"] if "*" in action] == []


def test_what_writes_names_its_resources(planned: Resources) -> None:
    """A wildcard may end a path below a bucket, folder or database of ours, and stand nowhere else."""
    wide = [
        (action, resource)
        for statement in identity_statements(planned)
        for action in statement["Action"]
        for resource in statement["Resource"]
        if not iam.is_reading(action)
        and action not in WITHOUT_RESOURCE
        and ("*" in resource.removesuffix("/*") or "aisle" not in resource.removesuffix("/*"))
        and resource != f"{GLUE}:catalog"
    ]
    assert wide == []


def test_only_an_action_without_resources_has_every_resource(planned: Resources) -> None:
    unbounded = {action for statement in identity_statements(planned) if "*" in statement["Resource"] for action in statement["Action"]}
    assert unbounded == WITHOUT_RESOURCE


def test_roles_are_assumed_by_the_account_and_lake_formation_only(planned: Resources) -> None:
    trusted = {
        resource["values"]["name"]: [
            statement["Principal"] for statement in json.loads(resource["values"]["assume_role_policy"])["Statement"]
        ]
        for resource in of_type(planned, "aws_iam_role")
    }
    account = [{"AWS": f"arn:aws:iam::{ACCOUNT}:root"}]
    assert trusted == {f"aisle-{role}": account for role in ROLES} | {"aisle-lake-formation": [{"Service": "lakeformation.amazonaws.com"}]}


def test_lake_formation_reaches_tables_and_no_results(planned: Resources) -> None:
    (document,) = [policy(resource) for resource in of_type(planned, "aws_iam_role_policy") if resource["name"] == "lake_formation"]
    reached = {name: iam.allows(document, "s3:GetObject", f"arn:aws:s3:::aisle-{name}/a") for name in ("raw", "data", "results")}
    assert reached == {"raw": True, "data": True, "results": False}


def test_buckets_deny_what_comes_without_tls(planned: Resources) -> None:
    for bucket, document in {r["index"]: policy(r) for r in of_type(planned, "aws_s3_bucket_policy")}.items():
        (statement,) = iam.statements(document)
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", ["s3:*"])
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert set(statement["Resource"]) == {f"arn:aws:s3:::aisle-{bucket}", f"arn:aws:s3:::aisle-{bucket}/*"}
    assert len(of_type(planned, "aws_s3_bucket_policy")) == 3


def test_only_the_variable_for_local_endpoints_lets_plain_http_in(workspace: Workspace) -> None:
    workspace.variables(tls_only=False)
    try:
        resources = workspace.plan()["planned_values"]["root_module"]["resources"]
    finally:
        workspace.variables()
    assert of_type(resources, "aws_s3_bucket_policy") == []


def test_the_budget_tells_somebody(planned: Resources) -> None:
    (budget,) = of_type(planned, "aws_budgets_budget")
    assert (budget["values"]["limit_amount"], budget["values"]["limit_unit"], budget["values"]["time_unit"]) == ("50", "USD", "MONTHLY")
    assert [notification["subscriber_email_addresses"] for notification in budget["values"]["notification"]] == [
        ["somebody@example.com"]
    ] * 2


def test_the_evaluator_knows_deny_conditions_and_wildcards() -> None:
    document = {
        "Statement": [
            {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"},
            {"Effect": "Deny", "Action": ["s3:*"], "Resource": "arn:aws:s3:::a/secret"},
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::a", "Condition": {"StringLike": {"s3:prefix": "x/*"}}},
        ]
    }
    assert iam.allows(document, "s3:getobject", "arn:aws:s3:::a/b")
    assert not iam.allows(document, "s3:GetObject", "arn:aws:s3:::a/secret")
    assert not iam.allows(document, "s3:PutObject", "arn:aws:s3:::a/b")
    assert not iam.allows(document, "s3:GetObject", "arn:aws:s3:::ab/b")
    assert iam.allows(document, "s3:ListBucket", "arn:aws:s3:::a", {"s3:prefix": "x/1"})
    assert not iam.allows(document, "s3:ListBucket", "arn:aws:s3:::a", {"s3:prefix": "y/1"})
    assert not iam.allows(document, "s3:ListBucket", "arn:aws:s3:::a")


def of_type(resources: Resources, kind: str) -> Resources:
    return [resource for resource in resources if resource["type"] == kind]


def policy(resource: dict[str, Any]) -> dict[str, Any]:
    return json.loads(resource["values"]["policy"])


def role_policy(resources: Resources, role: str) -> dict[str, Any]:
    """The one policy of a role."""
    (found,) = [policy(r) for r in of_type(resources, "aws_iam_role_policy") if r["name"] == "this" and r["index"] == role]
    return found


def identity_statements(resources: Resources) -> list[iam.Statement]:
    """What all roles are allowed, Lake Formation's included."""
    assert of_type(resources, "aws_iam_role_policy_attachment") == []
    return [statement for resource in of_type(resources, "aws_iam_role_policy") for statement in iam.statements(policy(resource))]
