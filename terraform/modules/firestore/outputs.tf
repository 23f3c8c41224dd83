output "database_name" {
  description = "Name of the database."
  value       = google_firestore_database.mirror.name
}

output "ruleset_name" {
  description = "Full name of the rules in force."
  value       = google_firebaserules_ruleset.mirror.name
}
