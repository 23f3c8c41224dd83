output "issuer_config" {
  description = "Full name of the project's Identity Platform configuration."
  value       = google_identity_platform_config.this.name
}
