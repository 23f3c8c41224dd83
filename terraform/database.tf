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
  network_id              = module.network.network_id
  point_in_time_recovery  = var.database_point_in_time_recovery
  region                  = var.region
  replica_enabled         = var.database_replica_enabled
  replica_max_connections = var.database_replica_max_connections
  replica_tier            = var.database_replica_tier
  retained_backups        = var.database_retained_backups
  tier                    = var.database_tier
}
