# A budget tells, it does not stop: nothing is switched off when the money is gone. What to do then: docs/runbooks/budget.md.
#
# Whoever applies this needs roles/billing.costsManager on the billing account, and with a person's own credentials the provider needs
# user_project_override and billing_project.
resource "google_billing_budget" "month" {
  billing_account = var.billing_account
  display_name    = "gavel ${var.environment}"

  budget_filter {
    projects               = ["projects/${var.project_number}"]
    calendar_period        = "MONTH"
    credit_types_treatment = "EXCLUDE_ALL_CREDITS" # what it will cost once a free trial is over
  }

  amount {
    specified_amount {
      currency_code = var.currency_code
      units         = tostring(var.amount_units)
    }
  }

  dynamic "threshold_rules" {
    for_each = var.thresholds
    content {
      threshold_percent = threshold_rules.value
      spend_basis       = "CURRENT_SPEND"
    }
  }

  # The month's end as it looks today: the one warning that comes early enough.
  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = sort(var.notification_channels)
    disable_default_iam_recipients   = false
  }
}
