# Three roles. Reading tables goes through Lake Formation (GetDataAccess and the grants in lake_formation.tf); S3 is allowed
# only where a tool touches objects itself: the loader lands files, dbt removes those of tables that it replaces, and
# Athena stores results as whoever asked.

locals {
  glue   = "arn:${local.partition}:glue:${local.region}:${local.account}"
  athena = "arn:${local.partition}:athena:${local.region}:${local.account}"

  read_tables = [
    "glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition",
    "glue:GetTableVersion", "glue:GetTableVersions", "glue:GetColumnStatisticsForTable", "glue:GetColumnStatisticsForPartition",
  ]
  write_tables = [
    "glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable", "glue:CreatePartition", "glue:BatchCreatePartition",
    "glue:UpdatePartition", "glue:DeletePartition", "glue:BatchDeletePartition",
  ]

  read_schemas = {
    loader      = local.raw_schemas
    transformer = setunion(local.raw_schemas, local.model_schemas)
    analyst     = local.analyst_schemas
  }
  write_schemas = {
    loader      = local.raw_schemas
    transformer = local.model_schemas
    analyst     = toset([])
  }
  object_buckets = { loader = ["raw"], transformer = ["data"], analyst = [] }
}

data "aws_iam_policy_document" "assume" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = lookup(var.assumed_by, each.key, ["arn:${local.partition}:iam::${local.account}:root"])
    }
  }
}

data "aws_iam_policy_document" "role" {
  for_each = local.roles

  statement {
    sid = "QueryInOwnWorkgroup"
    actions = [
      "athena:GetWorkGroup", "athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution",
      "athena:BatchGetQueryExecution", "athena:ListQueryExecutions", "athena:GetQueryResults",
    ]
    resources = ["${local.athena}:workgroup/${local.workgroups[each.key]}"]
  }

  statement {
    sid = "SeeTheCatalog"
    actions = [
      "athena:GetDataCatalog", "athena:GetDatabase", "athena:ListDatabases", "athena:GetTableMetadata", "athena:ListTableMetadata",
    ]
    resources = ["${local.athena}:datacatalog/AwsDataCatalog"]
  }

  statement {
    sid       = "ListDatabases"
    actions   = ["glue:GetDatabases"]
    resources = ["${local.glue}:catalog", "${local.glue}:database/*"]
  }

  # Athena looks at the database `default` whatever the query is about.
  statement {
    sid       = "SeeDefaultDatabase"
    actions   = ["glue:GetDatabase"]
    resources = ["${local.glue}:catalog", "${local.glue}:database/default"]
  }

  statement {
    sid     = "ReadTables"
    actions = local.read_tables
    resources = concat(["${local.glue}:catalog"], flatten([
      for schema in local.read_schemas[each.key] :
      ["${local.glue}:database/${local.databases[schema]}", "${local.glue}:table/${local.databases[schema]}/*"]
    ]))
  }

  dynamic "statement" {
    for_each = length(local.write_schemas[each.key]) > 0 ? [local.write_schemas[each.key]] : []

    content {
      sid     = "WriteTables"
      actions = local.write_tables
      resources = concat(["${local.glue}:catalog"], flatten([
        for schema in statement.value :
        ["${local.glue}:database/${local.databases[schema]}", "${local.glue}:table/${local.databases[schema]}/*"]
      ]))
    }
  }

  # AWS defines no resource for this action: what it gives is decided by Lake Formation's grants.
  statement {
    sid       = "ReadThroughLakeFormation"
    actions   = ["lakeformation:GetDataAccess"]
    resources = ["*"]
  }

  statement {
    sid       = "FindBuckets"
    actions   = ["s3:GetBucketLocation"]
    resources = [for content in concat(["results"], local.object_buckets[each.key]) : local.bucket_arns[content]]
  }

  statement {
    sid       = "ListOwnResults"
    actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [local.bucket_arns["results"]]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${each.key}/*"]
    }
  }

  statement {
    sid       = "StoreOwnResults"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${local.bucket_arns["results"]}/${each.key}/*"]
  }

  dynamic "statement" {
    for_each = local.object_buckets[each.key]

    content {
      sid       = "ListObjects"
      actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
      resources = [local.bucket_arns[statement.value]]
    }
  }

  dynamic "statement" {
    for_each = local.object_buckets[each.key]

    content {
      sid       = "WriteObjects"
      actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      resources = ["${local.bucket_arns[statement.value]}/*"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name               = local.role_names[each.key]
  description        = "Aisle: ${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume[each.key].json
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = data.aws_iam_policy_document.role[each.key].json
}
