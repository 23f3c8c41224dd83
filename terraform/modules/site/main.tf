# Firebase Hosting and not a bucket behind Cloud CDN: it has a certificate and two host names from the first minute, costs nothing while
# nobody looks, and leads /api/OPERATION on the site's own origin to each function, as the local stack's gateway does. A bucket needs a
# load balancer (its price does not sleep), a domain and its certificate before the first page is served; who has those takes the edge
# module for the operations and keeps the pages here.
#
# Terraform owns the site and says how it is served. The files come with each deployment, together with the two outputs config_json and
# firebase_json: a Hosting version holds files and configuration at once, and Terraform cannot upload files into one.
resource "google_firebase_project" "project" {
  provider = google-beta

  project = var.project_id
}

resource "google_firebase_web_app" "site" {
  provider = google-beta

  project         = google_firebase_project.project.project
  display_name    = var.display_name
  deletion_policy = "DELETE"
}

data "google_firebase_web_app_config" "site" {
  provider = google-beta

  project    = var.project_id
  web_app_id = google_firebase_web_app.site.app_id
}

resource "google_firebase_hosting_site" "site" {
  provider = google-beta

  project = google_firebase_project.project.project
  site_id = var.site_id
  app_id  = google_firebase_web_app.site.app_id
}

locals {
  # What web/site/src/data/config.js reads. The key names the project to Google; it is public by design and opens nothing by itself.
  config = {
    api_base           = var.api_base
    project            = var.project_id
    firestore_emulator = null
    live_updates       = var.live_updates
    trace_share        = var.trace_share
    dev_sign_in        = false
    sign_in            = var.sign_in
    auth_emulator      = null
    firebase = {
      apiKey     = data.google_firebase_web_app_config.site.api_key
      appId      = google_firebase_web_app.site.app_id
      authDomain = data.google_firebase_web_app_config.site.auth_domain
      projectId  = var.project_id
    }
  }

  is_own_path = startswith(var.api_base, "/")
  api_folder  = split("/", var.api_base)[1]
}
