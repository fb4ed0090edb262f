variable "prefix" {
  description = "Begins the name of every Glue database and workgroup, and stands for AISLE_ATHENA_SCHEMA."
  type        = string
  default     = "aisle"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,30}$", var.prefix))
    error_message = "prefix must be 1 to 31 lowercase letters, digits and underscores, a letter first: Athena's names allow no more."
  }
}

variable "bucket_prefix" {
  description = "Begins the names of the three buckets, which are unique in all of AWS. Default: prefix, account and region."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_prefix == null || can(regex("^[a-z0-9][a-z0-9-]{1,53}[a-z0-9]$", var.bucket_prefix))
    error_message = "bucket_prefix must be 3 to 55 lowercase letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "bytes_scanned_cutoff" {
  description = "Athena cancels a query that scans more bytes than this."
  type        = number
  default     = 10737418240

  validation {
    condition     = var.bytes_scanned_cutoff >= 10485760 && floor(var.bytes_scanned_cutoff) == var.bytes_scanned_cutoff
    error_message = "bytes_scanned_cutoff must be a whole number of bytes, at least 10485760 (10 MB): Athena takes no smaller limit."
  }
}

variable "results_days" {
  description = "Query results are deleted after so many days."
  type        = number
  default     = 14

  validation {
    condition     = var.results_days >= 1 && floor(var.results_days) == var.results_days
    error_message = "results_days must be a whole number of days, at least 1."
  }
}

variable "noncurrent_days" {
  description = "A deleted or replaced object can be brought back for so many days, and is paid for as long."
  type        = number
  default     = 7

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days must be a whole number of days, at least 1."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete buckets with everything in them."
  type        = bool
  default     = false
}

variable "tls_only" {
  description = "Whether the buckets refuse plain HTTP. False only against an endpoint on this machine, which has no TLS."
  type        = bool
  default     = true
}

variable "assumed_by" {
  description = "Per role (loader, transformer, analyst) the ARNs that may assume it. Default: whoever this account's own policies let assume it."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue([for role in keys(var.assumed_by) : contains(["loader", "transformer", "analyst"], role)])
    error_message = "assumed_by knows the roles loader, transformer and analyst only."
  }

  validation {
    condition     = alltrue([for arns in values(var.assumed_by) : length(arns) > 0])
    error_message = "assumed_by must name at least one ARN per role: leave the role out for the account's own policies."
  }

  validation {
    condition = alltrue([
      for arn in flatten(values(var.assumed_by)) : can(regex("^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root|(user|role|assumed-role)/[A-Za-z0-9+=,.@_/-]+)$", arn))
    ])
    error_message = "assumed_by takes ARNs of users, roles and accounts, none with a wildcard."
  }
}

variable "manage_lake_formation_settings" {
  description = "Whether to set the account's Lake Formation administrators and defaults. They are one for the whole account and region: false where another project sets them."
  type        = bool
  default     = true
}

variable "lake_formation_admins" {
  description = "ARNs of all Lake Formation administrators of the account. Default: who runs Terraform."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for arn in var.lake_formation_admins : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[A-Za-z0-9+=,.@_/-]+$", arn))
    ])
    error_message = "lake_formation_admins takes ARNs of IAM users and roles, none with a wildcard."
  }
}

variable "analyst_tables" {
  description = "Per schema and table that analysts may read, the columns hidden from them. `python -m infra.pii_columns` writes it from dbt's manifest once the tables exist."
  type        = map(map(list(string)))
  default     = {}

  validation {
    condition     = alltrue([for schema in keys(var.analyst_tables) : contains(["star", "wide", "serving"], schema)])
    error_message = "analyst_tables may name the schemas star, wide and serving only: analysts read nothing else."
  }
}

variable "alert_emails" {
  description = "Who is told when the budget or the daily scan is exceeded; each address confirms once."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "alert_emails takes e-mail addresses."
  }
}

variable "monthly_budget_usd" {
  description = "What Athena, Glue and S3 may cost the account a month before alert_emails are told. Default: no budget."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget_usd == null || try(var.monthly_budget_usd > 0, false)
    error_message = "monthly_budget_usd must be more than 0: leave it out for no budget."
  }

  validation {
    condition     = var.monthly_budget_usd == null || length(var.alert_emails) > 0
    error_message = "monthly_budget_usd needs alert_emails: a budget that tells nobody protects nobody."
  }
}

variable "daily_scan_alarm_bytes" {
  description = "A workgroup that scans more bytes a day raises an alarm to alert_emails. Default: no alarm."
  type        = number
  default     = null

  validation {
    condition     = var.daily_scan_alarm_bytes == null || try(var.daily_scan_alarm_bytes > 0, false)
    error_message = "daily_scan_alarm_bytes must be more than 0: leave it out for no alarm."
  }

  validation {
    condition     = var.daily_scan_alarm_bytes == null || length(var.alert_emails) > 0
    error_message = "daily_scan_alarm_bytes needs alert_emails: an alarm that tells nobody protects nobody."
  }
}

variable "tags" {
  description = "Further tags of everything that has tags."
  type        = map(string)
  default     = {}
}
