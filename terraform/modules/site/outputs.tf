output "config_json" {
  description = "What the site reads as /config.json; the deployment writes it beside index.html."
  value       = jsonencode(local.config)
}

output "firebase_json" {
  description = "Hosting's configuration (headers, rewrites) for firebase deploy --only hosting, run with the folder of the built site as dist."
  value       = jsonencode(local.firebase)
}

output "origins" {
  description = "Origins under which the site is served, for ALLOWED_ORIGINS of functions that are called directly."
  value       = ["https://${var.site_id}.web.app", "https://${var.site_id}.firebaseapp.com"]
}

output "site_id" {
  description = "Id of the Hosting site."
  value       = google_firebase_hosting_site.site.site_id
}

output "url" {
  description = "Address of the site, for SITE_URL of the functions."
  value       = "https://${var.site_id}.web.app"
}
