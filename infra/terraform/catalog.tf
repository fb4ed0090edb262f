# One Glue database a schema folder, one workgroup a role.

resource "aws_glue_catalog_database" "this" {
  for_each = local.databases

  name         = each.value
  description  = "Aisle: ${each.key}"
  location_uri = "s3://${aws_s3_bucket.this[contains(local.raw_schemas, each.key) ? "raw" : "data"].id}/${each.key}/"

  # The defaults that a database is born with are those of the moment.
  depends_on = [aws_lakeformation_data_lake_settings.this]
}

resource "aws_athena_workgroup" "this" {
  for_each = local.workgroups

  name          = each.value
  description   = "Queries of the ${each.key}"
  force_destroy = var.force_destroy

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.bytes_scanned_cutoff

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://${aws_s3_bucket.this["results"].id}/${each.key}/"
      expected_bucket_owner = local.account

      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}
