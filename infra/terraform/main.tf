# What the other files share: who may do what to which schema, and names that are known before anything exists, so that
# every policy can be read, and tested, in the plan.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

# The administrator's ARN must be the role's own, not that of one session of it.
data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name

  raw_schemas     = toset(["raw_pos", "raw_loyalty", "raw_promotions", "raw_meta"])
  model_schemas   = toset(["reference", "staging", "normalized", "star", "wide", "serving", "snapshots", "vault"])
  analyst_schemas = toset(["star", "wide", "serving"])
  databases       = { for schema in setunion(local.raw_schemas, local.model_schemas) : schema => "${var.prefix}_${schema}" }

  roles      = toset(["loader", "transformer", "analyst"])
  role_names = { for role in local.roles : role => "${replace(var.prefix, "_", "-")}-${role}" }

  # The contract's workgroup is the transformer's. Each role has its own, because results hold what its queries read.
  workgroups = { for role in local.roles : role => role == "transformer" ? var.prefix : "${var.prefix}_${role}" }

  bucket_prefix = coalesce(var.bucket_prefix, "${replace(var.prefix, "_", "-")}-${local.account}-${local.region}")
  buckets       = { for content in ["raw", "data", "results"] : content => "${local.bucket_prefix}-${content}" }
  bucket_arns   = { for content, name in local.buckets : content => "arn:${local.partition}:s3:::${name}" }
}
