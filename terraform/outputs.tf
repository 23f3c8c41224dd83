output "archives_bucket" {
  description = "Name of the bucket for the functions' archives."
  value       = module.delivery.archives_bucket
}

output "called_urls" {
  description = "Where each operation is called: a public one at the load balancer where that is the only way (edge_only), any other at its function."
  value = {
    for operation, url in local.urls :
    operation => contains(keys(local.public_services), operation) && var.edge_only ? "${local.edge_api}/${operation}" : url
  }
}

output "connections" {
  description = "Database connections that functions and migrations could hold at once, and those that each server accepts."
  value = {
    primary_accepts = var.database_max_connections
    primary_most    = local.primary_connections
    replica_accepts = var.database_replica_enabled ? var.database_replica_max_connections : 0
    replica_most    = var.database_replica_enabled ? local.reporting_connections : 0
  }
}

output "dashboard_url" {
  description = "Address of the analysts' app; null while there is no image."
  value       = module.dashboard.url
}

output "database_connection_name" {
  description = "PROJECT:REGION:INSTANCE of the database, for the Auth Proxy."
  value       = module.database.connection_name
}

output "deploy_account" {
  description = "E-mail of the account that deploys."
  value       = module.delivery.service_account_email
}

output "edge_ip_address" {
  description = "Address for the A record of edge_domain; null without a load balancer."
  value       = one(module.edge[*].ip_address)
}

output "function_urls" {
  description = "Address of each operation's function, which is also the audience of tokens for it."
  value       = local.urls
}

output "image_prefix" {
  description = "What stands before the name of an image in the registry."
  value       = module.delivery.image_prefix
}

output "migrate_job" {
  description = "Name of the migration job; null while there is no image."
  value       = one([for job in google_cloud_run_v2_job.migrate : job.name])
}

output "replica_connection_name" {
  description = "PROJECT:REGION:INSTANCE of the analysts' replica; null without one."
  value       = module.database.replica_connection_name
}

output "site_config_json" {
  description = "What the site reads as /config.json."
  value       = module.site.config_json
}

output "site_firebase_json" {
  description = "Hosting's configuration for `firebase deploy --only hosting`."
  value       = module.site.firebase_json
}

output "site_url" {
  description = "Address of the site."
  value       = module.site.url
}

output "workload_identity_provider" {
  description = "Full name of the provider, for google-github-actions/auth."
  value       = module.delivery.workload_identity_provider
}
