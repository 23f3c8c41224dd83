module "budget" {
  source = "./modules/budget"
  count  = var.billing_account == null ? 0 : 1

  amount_units          = var.budget_amount
  billing_account       = var.billing_account
  currency_code         = var.budget_currency
  environment           = var.environment
  notification_channels = module.monitoring.email_channels
  project_number        = data.google_project.this.number

  depends_on = [google_project_service.api]
}
