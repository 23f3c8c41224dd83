output "api_base" {
  description = "Base URL of the operations behind the load balancer."
  value       = "https://${var.domain}/api"
}

output "ip_address" {
  description = "Address that the A record of the domain must have before the certificate is issued."
  value       = google_compute_global_address.edge.address
}

output "security_policy" {
  description = "Name of the Cloud Armor policy."
  value       = google_compute_security_policy.edge.name
}
