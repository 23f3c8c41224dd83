module "database" {
  source = "./modules/database"

  availability_type       = var.database_availability_type
  backups_enabled         = var.database_backups_enabled
  deletion_protection     = var.deletion_protection
  disk_gigabytes          = var.database_disk_gigabytes
  disk_limit_gigabytes    = var.database_disk_limit_gigabytes
  function_accounts       = { for operation, function in module.function : operation => function.service_account_email }
  max_connections         = var.database_max_connections
  migrate_account         = local.migrate_account
  name                    = var.database_name
  network_id              = module.network.network_id
  operators               = var.database_operators
  point_in_time_recovery  = var.database_point_in_time_recovery
  region                  = var.region
  replica_enabled         = var.database_replica_enabled
  replica_max_connections = var.database_replica_max_connections
  replica_name            = var.database_replica_name
  replica_tier            = var.database_replica_tier
  retained_backups        = var.database_retained_backups
  tier                    = var.database_tier
}

# What lets them in at all, from the console's Cloud SQL Studio or by the Auth Proxy.
resource "google_project_iam_member" "operator" {
  for_each = {
    for pair in setproduct(var.database_operators, ["roles/cloudsql.client", "roles/cloudsql.instanceUser", "roles/cloudsql.studioUser"]) :
    join(" ", pair) => { email = pair[0], role = pair[1] }
  }

  project = var.project_id
  role    = each.value.role
  member  = "user:${each.value.email}"
}
