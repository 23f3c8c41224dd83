module "monitoring" {
  source = "./modules/monitoring"

  database_instance     = module.database.instance_name
  disk_limit_gigabytes  = var.database_disk_limit_gigabytes
  environment           = var.environment
  max_connections       = var.database_max_connections
  notification_channels = var.notification_channels
  notification_emails   = var.notification_emails
  project_id            = var.project_id
  replica_instance      = module.database.replica_instance_name
  runbooks_url          = var.runbooks_url
  scheduler_jobs        = module.scheduler.job_names
  services              = local.services

  uptime_urls = {
    search = { url = "${local.api_base}/search_listings", contains = "\"listings\"" }
    site   = { url = "${module.site.url}/", contains = "Gavel" }
  }

  depends_on = [google_project_service.api]
}

locals {
  api_base = coalesce(local.edge_api, "${module.site.url}/api")
}
