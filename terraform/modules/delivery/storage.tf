# Where what is deployed lies: images of the dashboard and of what the platform builds of the functions, and the functions' archives.
resource "google_artifact_registry_repository" "images" {
  # checkov:skip=CKV_GCP_84: images hold the published code; Google's own keys suffice
  project                = var.project_id
  location               = var.region
  repository_id          = "gavel"
  description            = "Images of the analysts' app and of the functions."
  format                 = "DOCKER"
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = var.keep_images
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      tag_state  = "ANY"
      older_than = "2592000s" # 30 days
    }
  }

  # A build leaves layers without a name each time.
  cleanup_policies {
    id     = "delete-untagged"
    action = "DELETE"

    condition {
      tag_state  = "UNTAGGED"
      older_than = "604800s" # 7 days
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "deploy" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.deploy.member
}

# Archives are named by their content, so that one name is one deployment for ever.
resource "google_storage_bucket" "archives" {
  # checkov:skip=CKV_GCP_62: who reads it is in the audit log; an access log would be a bucket more to keep
  project                     = var.project_id
  name                        = var.archives_bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  # What a deployment replaced becomes an older version, and the way back while it is kept.
  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = var.keep_archives_days
      with_state                 = "ARCHIVED"
    }
  }
}

resource "google_storage_bucket_iam_member" "archives" {
  bucket = google_storage_bucket.archives.name
  role   = "roles/storage.objectUser"
  member = google_service_account.deploy.member
}
