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

# Schemas by their variables, not by the resources: while a restored copy is imported they come one after the other, and a
# key that is not there yet would fail every import before it.
output "reporting_schema" {
  description = "Name of the schema with the analysts' views."
  value       = var.reporting_schema
  depends_on  = [google_sql_database.schema]
}

output "schema" {
  description = "Name of the schema with the market's tables."
  value       = var.schema
  depends_on  = [google_sql_database.schema]
}
