output "connection_name" {
  description = "PROJECT:REGION:INSTANCE of the primary, for CLOUD_SQL_INSTANCE."
  value       = google_sql_database_instance.primary.connection_name
}

output "instance_name" {
  description = "Name of the primary."
  value       = google_sql_database_instance.primary.name
}

output "replica_connection_name" {
  description = "PROJECT:REGION:INSTANCE of the analysts' replica, for REPORTING_CLOUD_SQL_INSTANCE; null without one."
  value       = one([for replica in google_sql_database_instance.replica : replica.connection_name])
}

output "replica_instance_name" {
  description = "Name of the analysts' replica; null without one."
  value       = one([for replica in google_sql_database_instance.replica : replica.name])
}

output "reporting_schema" {
  description = "Name of the schema with the analysts' views."
  value       = google_sql_database.schema[var.reporting_schema].name
}

output "schema" {
  description = "Name of the schema with the market's tables."
  value       = google_sql_database.schema[var.schema].name
}
