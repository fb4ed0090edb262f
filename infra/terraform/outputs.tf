output "environment" {
  description = "Per role, the environment that dbt's profile and the loader read: `python -m infra.athena_env` prints it."
  value = {
    for role in local.roles : role => {
      AWS_DEFAULT_REGION     = local.region
      AISLE_ATHENA_RAW       = "s3://${aws_s3_bucket.this["raw"].id}/"
      AISLE_ATHENA_DATA      = "s3://${aws_s3_bucket.this["data"].id}/"
      AISLE_ATHENA_RESULTS   = "s3://${aws_s3_bucket.this["results"].id}/${role}/"
      AISLE_ATHENA_WORKGROUP = aws_athena_workgroup.this[role].name
      AISLE_ATHENA_SCHEMA    = var.prefix
    }
  }
}

output "roles" {
  description = "The ARN to assume for each role."
  value       = { for role in local.roles : role => aws_iam_role.this[role].arn }
}
