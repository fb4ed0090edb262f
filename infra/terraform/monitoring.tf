# Told by e-mail, and only where variables ask for it: a month that costs too much, a workgroup that scans too much a day.

resource "aws_budgets_budget" "this" {
  count = var.monthly_budget_usd == null ? 0 : 1

  name         = "${var.prefix}-monthly"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # By service and not by tag, since a tag counts only after somebody has activated it for billing.
  cost_filter {
    name   = "Service"
    values = ["AWS Glue", "Amazon Athena", "Amazon Simple Storage Service"]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type          = notification.key
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.alert_emails
    }
  }
}

resource "aws_sns_topic" "alerts" {
  count = var.daily_scan_alarm_bytes == null ? 0 : 1

  name = "${var.prefix}-alerts"
}

resource "aws_sns_topic_subscription" "alerts" {
  for_each = var.daily_scan_alarm_bytes == null ? toset([]) : toset(var.alert_emails)

  topic_arn = aws_sns_topic.alerts[0].arn
  protocol  = "email"
  endpoint  = each.value
}

# Athena counts scanned bytes by query state: a cancelled query is paid for, too.
resource "aws_cloudwatch_metric_alarm" "daily_scan" {
  for_each = var.daily_scan_alarm_bytes == null ? {} : local.workgroups

  alarm_name          = "${each.value}-daily-scan"
  alarm_description   = "Workgroup ${each.value} has scanned more than ${var.daily_scan_alarm_bytes} bytes in a day."
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = var.daily_scan_alarm_bytes
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts[0].arn]

  metric_query {
    id          = "scanned"
    expression  = "FILL(succeeded, 0) + FILL(failed, 0) + FILL(canceled, 0)"
    label       = "Bytes scanned"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = toset(["succeeded", "failed", "canceled"])

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/Athena"
        metric_name = "ProcessedBytes"
        period      = 86400
        stat        = "Sum"
        dimensions  = { WorkGroup = each.value, QueryType = "DML", QueryState = upper(metric_query.key) }
      }
    }
  }
}
