# One operation: its archive, its account with what that may do, the function, and who may call it.

resource "google_service_account" "this" {
  account_id   = local.name
  display_name = "Function ${var.operation}"
}

resource "google_project_iam_member" "this" {
  for_each = var.roles

  project = var.project_id
  role    = each.value
  member  = local.member
}

resource "google_secret_manager_secret_iam_member" "this" {
  for_each = var.secrets

  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member
}

# The same name would be the same function to the platform: only a new name makes a new build.
resource "google_storage_bucket_object" "archive" {
  name         = "${local.name}/${filesha256(var.archive)}.zip"
  bucket       = var.archives_bucket
  source       = var.archive
  content_type = "application/zip"
}

resource "google_cloudfunctions2_function" "this" {
  # checkov:skip=CKV_GCP_124: browsers call the public ones and the dashboard the analysts'; IAM and tokens guard those, and `ingress` is theirs to set

  name        = local.name
  location    = var.region
  description = "Operation ${var.operation}"

  build_config {
    docker_repository = var.docker_repository
    entry_point       = var.operation
    runtime           = var.runtime
    service_account   = var.build_account

    source {
      storage_source {
        bucket = google_storage_bucket_object.archive.bucket
        object = google_storage_bucket_object.archive.name
      }
    }

    automatic_update_policy {} # the platform mends its base image without a deployment
  }

  service_config {
    all_traffic_on_latest_revision   = true
    available_cpu                    = var.cpu
    available_memory                 = var.memory
    direct_vpc_egress                = "VPC_EGRESS_PRIVATE_RANGES_ONLY"
    environment_variables            = var.settings
    ingress_settings                 = var.ingress
    max_instance_count               = var.max_instances
    max_instance_request_concurrency = var.concurrency
    min_instance_count               = var.min_instances
    service_account_email            = local.email
    timeout_seconds                  = var.timeout_seconds

    direct_vpc_network_interface {
      network    = var.network
      subnetwork = var.subnetwork
      tags       = [var.egress_tag]
    }

    dynamic "secret_environment_variables" {
      for_each = var.secrets

      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  # A first revision that may not read its secrets does not start.
  depends_on = [google_project_iam_member.this, google_secret_manager_secret_iam_member.this]
}

# Exactly these may call it; whoever was added by hand goes with the next deployment.
resource "google_cloud_run_v2_service_iam_binding" "invokers" {
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  members  = var.invokers

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.this.id] # the service of a function made anew has none
  }
}

locals {
  name   = replace(var.operation, "_", "-")
  email  = "${google_service_account.this.account_id}@${var.project_id}.iam.gserviceaccount.com" # known while planning
  member = "serviceAccount:${local.email}"
}
