mock_provider "google" {}

variables {
  amount_units          = 50
  billing_account       = "0A1B2C-3D4E5F-0A1B2C"
  currency_code         = "EUR"
  environment           = "dev"
  notification_channels = ["projects/demo/notificationChannels/1"]
  project_number        = "123456789012"
}

run "tells_at_every_share_and_at_the_forecast" {
  command = plan

  assert {
    condition     = jsonencode([for rule in google_billing_budget.month.threshold_rules : rule.threshold_percent if rule.spend_basis == "CURRENT_SPEND"]) == "[0.5,0.8,1]"
    error_message = "A half, four fifths, the whole."
  }
  assert {
    condition     = jsonencode([for rule in google_billing_budget.month.threshold_rules : rule.threshold_percent if rule.spend_basis == "FORECASTED_SPEND"]) == "[1]"
    error_message = "The forecast for the month counts too."
  }
}

run "counts_this_project_alone" {
  command = plan

  assert {
    condition     = google_billing_budget.month.budget_filter[0].projects == toset(["projects/123456789012"])
    error_message = "By number: the API never answers with an id."
  }
  assert {
    condition     = google_billing_budget.month.amount[0].specified_amount[0].units == "50" && google_billing_budget.month.amount[0].specified_amount[0].currency_code == "EUR"
    error_message = "In the account's own currency."
  }
}

run "a_budget_of_nothing_is_refused" {
  command = plan
  variables { amount_units = 0 }
  expect_failures = [var.amount_units]
}

run "a_project_id_is_refused" {
  command = plan
  variables { project_number = "demo" }
  expect_failures = [var.project_number]
}

run "five_channels_are_accepted" {
  command = plan
  variables { notification_channels = ["a", "b", "c", "d", "e"] }
}

run "a_sixth_channel_is_refused" {
  command = plan
  variables { notification_channels = ["a", "b", "c", "d", "e", "f"] }
  expect_failures = [var.notification_channels]
}
