# The migration job: `python -m dev.migrate` in the image that has it. The deployment runs it before new functions take
# traffic. It also makes the analysts' user and grants every function's user its rights.

resource "google_service_account" "migrate" {
  account_id   = "migrate"
  display_name = "Brings the schema up to date"
  depends_on   = [google_project_service.api]
}

resource "google_project_iam_member" "migrate" {
  for_each = toset(["roles/cloudsql.client", "roles/cloudsql.instanceUser"])

  project = var.project_id
  role    = each.value
  member  = "serviceAccount:${local.migrate_account}"
}

resource "google_secret_manager_secret_iam_member" "migrate" {
  for_each = local.reporting_secrets

  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${local.migrate_account}"
}

resource "google_cloud_run_v2_job" "migrate" {
  for_each = var.migrate_image == null ? {} : { migrate = var.migrate_image }

  name                = each.key
  location            = var.region
  deletion_protection = false # it holds nothing

  template {
    task_count = 1

    template {
      max_retries     = 0 # a migration that failed is to be looked at
      service_account = local.migrate_account
      timeout         = "3600s"

      containers {
        image   = each.value
        command = ["python", "-m", "dev.migrate"]

        dynamic "env" {
          for_each = merge(local.database_settings, local.reporting_settings, {
            DB_USER           = google_service_account.migrate.account_id
            FUNCTION_DB_USERS = join(",", sort([for function in module.function : function.service_account_name]))
          })

          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = local.reporting_secrets

          content {
            name = env.key

            value_source {
              secret_key_ref {
                secret  = env.value.secret
                version = env.value.version
              }
            }
          }
        }

        resources {
          limits = {
            cpu    = "1"
            memory = "512Mi"
          }
        }
      }

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"

        network_interfaces {
          network    = module.network.network_name
          subnetwork = module.network.subnetwork_name
          tags       = [module.network.egress_tag]
        }
      }
    }
  }

  depends_on = [
    google_project_iam_member.migrate,
    google_project_service.api,
    google_secret_manager_secret_iam_member.migrate,
  ]
}

locals {
  migrate_account = "${google_service_account.migrate.account_id}@${var.project_id}.iam.gserviceaccount.com"
}
