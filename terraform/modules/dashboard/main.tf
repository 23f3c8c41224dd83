# The analysts' app. People reach it through Identity-Aware Proxy; it alone reaches the analysts' functions, with its own account's token
# and the person's assertion.
resource "google_service_account" "dashboard" {
  project      = var.project_id
  account_id   = "dashboard"
  display_name = "analysts' app"
  description  = "Invokes nl_query, nl_questions and nl_feedback, and nothing else."
}

resource "google_cloud_run_v2_service" "dashboard" {
  count = var.image == null ? 0 : 1

  project             = var.project_id
  name                = var.name
  location            = var.region
  description         = "Analysts ask about the market."
  deletion_protection = var.deletion_protection
  iap_enabled         = true
  ingress             = "INGRESS_TRAFFIC_ALL" # the proxy stands in front of the service's own address

  template {
    service_account                  = google_service_account.dashboard.email
    max_instance_request_concurrency = var.concurrency
    session_affinity                 = true # a page's connection and its downloads must meet the same process

    # The assertion that came with a page's connection ends after ten minutes; the connection must end before it, and the page connects
    # again by itself with a fresh one.
    timeout = "540s"

    scaling {
      min_instance_count = var.min_instances
      max_instance_count = var.max_instances
    }

    containers {
      image = var.image

      ports {
        container_port = 8080
      }

      resources {
        limits            = { cpu = "1", memory = "1Gi" }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      env {
        name  = "GAVEL_API"
        value = var.api
      }
      env {
        name  = "GAVEL_AUDIENCE"
        value = var.audience
      }

      startup_probe {
        period_seconds    = 2
        failure_threshold = 30

        http_get {
          path = "/_stcore/health"
        }
      }

      liveness_probe {
        period_seconds    = 30
        failure_threshold = 3

        http_get {
          path = "/_stcore/health"
        }
      }
    }
  }
}

# Identity-Aware Proxy calls the service under an agent of its own, which is made by asking for it.
resource "google_project_service_identity" "iap" {
  provider = google-beta

  project = var.project_id
  service = "iap.googleapis.com"
}

resource "google_cloud_run_v2_service_iam_member" "iap" {
  count = var.image == null ? 0 : 1

  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.dashboard[0].name
  role     = "roles/run.invoker"
  member   = google_project_service_identity.iap.member
}

resource "google_iap_web_cloud_run_service_iam_member" "analyst" {
  for_each = var.image == null ? toset([]) : var.iap_members

  project                = var.project_id
  location               = var.region
  cloud_run_service_name = google_cloud_run_v2_service.dashboard[0].name
  role                   = "roles/iap.httpsResourceAccessor"
  member                 = each.value
}
