output "job_names" {
  description = "Name of each job, by operation."
  value       = { for operation, job in google_cloud_scheduler_job.this : operation => job.name }
}

output "service_account_email" {
  description = "E-mail of the account that calls, for SCHEDULER_ACCOUNT."
  value       = local.email
}
