# Who may read and write which tables. Lake Formation reaches the two buckets of tables by a role of its own and lends
# queries credentials for no more than was granted.

locals {
  lake_buckets     = toset(["raw", "data"])
  all_on_tables    = ["ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"]
  writes           = { for pair in flatten([for role, schemas in local.write_schemas : [for schema in schemas : { role = role, schema = schema }]]) : "${pair.role}/${pair.schema}" => pair }
  transformer_only = setsubtract(local.read_schemas.transformer, local.write_schemas.transformer)
  analyst_tables   = { for pair in flatten([for schema, tables in var.analyst_tables : [for table, hidden in tables : { schema = schema, table = table, hidden = hidden }]]) : "${pair.schema}/${pair.table}" => pair }
}

# Without the defaults that an account begins with ("whoever IAM lets"), a table is invisible until it is granted.
resource "aws_lakeformation_data_lake_settings" "this" {
  count = var.manage_lake_formation_settings ? 1 : 0

  admins = length(var.lake_formation_admins) > 0 ? var.lake_formation_admins : [data.aws_iam_session_context.current.issuer_arn]
}

data "aws_iam_policy_document" "lake_formation_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lakeformation.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "lake_formation" {
  statement {
    sid       = "ListObjects"
    actions   = ["s3:ListBucket"]
    resources = [for content in local.lake_buckets : local.bucket_arns[content]]
  }

  statement {
    sid       = "WriteObjects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = [for content in local.lake_buckets : "${local.bucket_arns[content]}/*"]
  }
}

resource "aws_iam_role" "lake_formation" {
  name               = "${replace(var.prefix, "_", "-")}-lake-formation"
  description        = "Aisle: how Lake Formation reaches the tables"
  assume_role_policy = data.aws_iam_policy_document.lake_formation_assume.json
}

resource "aws_iam_role_policy" "lake_formation" {
  name   = "tables"
  role   = aws_iam_role.lake_formation.id
  policy = data.aws_iam_policy_document.lake_formation.json
}

resource "aws_lakeformation_resource" "this" {
  for_each = local.lake_buckets

  arn      = aws_s3_bucket.this[each.key].arn
  role_arn = aws_iam_role.lake_formation.arn

  depends_on = [aws_iam_role_policy.lake_formation]
}

resource "aws_lakeformation_permissions" "location" {
  for_each = { loader = "raw", transformer = "data" }

  principal   = aws_iam_role.this[each.key].arn
  permissions = ["DATA_LOCATION_ACCESS"]

  data_location {
    arn = aws_lakeformation_resource.this[each.value].arn
  }

  depends_on = [aws_lakeformation_data_lake_settings.this]
}

resource "aws_lakeformation_permissions" "create_tables" {
  for_each = local.writes

  principal   = aws_iam_role.this[each.value.role].arn
  permissions = ["CREATE_TABLE", "DESCRIBE"]

  database {
    name = aws_glue_catalog_database.this[each.value.schema].name
  }
}

resource "aws_lakeformation_permissions" "write_tables" {
  for_each = local.writes

  principal   = aws_iam_role.this[each.value.role].arn
  permissions = local.all_on_tables

  table {
    database_name = aws_glue_catalog_database.this[each.value.schema].name
    wildcard      = true
  }
}

resource "aws_lakeformation_permissions" "transformer_databases" {
  for_each = local.transformer_only

  principal   = aws_iam_role.this["transformer"].arn
  permissions = ["DESCRIBE"]

  database {
    name = aws_glue_catalog_database.this[each.key].name
  }
}

resource "aws_lakeformation_permissions" "transformer_tables" {
  for_each = local.transformer_only

  principal   = aws_iam_role.this["transformer"].arn
  permissions = ["DESCRIBE", "SELECT"]

  table {
    database_name = aws_glue_catalog_database.this[each.key].name
    wildcard      = true
  }
}

resource "aws_lakeformation_permissions" "analyst_databases" {
  for_each = local.analyst_schemas

  principal   = aws_iam_role.this["analyst"].arn
  permissions = ["DESCRIBE"]

  database {
    name = aws_glue_catalog_database.this[each.key].name
  }
}

# Grants add up: a grant on all tables would undo every hidden column, so analysts are granted table by table, and a table
# that nobody named is not theirs.
resource "aws_lakeformation_permissions" "analyst_tables" {
  for_each = { for key, value in local.analyst_tables : key => value if length(value.hidden) == 0 }

  principal   = aws_iam_role.this["analyst"].arn
  permissions = ["DESCRIBE", "SELECT"]

  table {
    database_name = aws_glue_catalog_database.this[each.value.schema].name
    name          = each.value.table
  }
}

resource "aws_lakeformation_permissions" "analyst_columns" {
  for_each = { for key, value in local.analyst_tables : key => value if length(value.hidden) > 0 }

  principal   = aws_iam_role.this["analyst"].arn
  permissions = ["SELECT"]

  table_with_columns {
    database_name         = aws_glue_catalog_database.this[each.value.schema].name
    name                  = each.value.table
    wildcard              = true
    excluded_column_names = each.value.hidden
  }
}
