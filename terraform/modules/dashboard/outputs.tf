output "iap_audience" {
  description = "Audience of Identity-Aware Proxy's assertions, for IAP_AUDIENCE of the analysts' functions. Known before the service exists."
  value       = "/projects/${var.project_number}/locations/${var.region}/services/${var.name}"
}

output "name" {
  description = "Name of the Cloud Run service."
  value       = var.name
}

output "service_account_email" {
  description = "E-mail of the service's account, the only invoker of the analysts' functions and their DASHBOARD_ACCOUNT."
  value       = google_service_account.dashboard.email
}

output "url" {
  description = "Address of the app; null while there is no image."
  value       = one(google_cloud_run_v2_service.dashboard[*].uri)
}
