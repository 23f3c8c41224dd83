module "delivery" {
  source = "./modules/delivery"

  archives_bucket      = "${var.project_id}-archives"
  environment          = var.environment
  github_owner_id      = var.github_owner_id
  github_repository_id = var.github_repository_id
  project_id           = var.project_id
  region               = var.region
  state_bucket         = var.state_bucket

  runtime_accounts = merge({ for operation, function in module.function : operation => function.service_account_email }, {
    builder   = local.builder_account
    dashboard = module.dashboard.service_account_email
    migrate   = local.migrate_account
    scheduler = module.scheduler.service_account_email
  })

  depends_on = [google_project_service.api]
}
