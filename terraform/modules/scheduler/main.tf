# What is called by the clock, and the one account that calls it.

resource "google_service_account" "scheduler" {
  account_id   = "scheduler"
  display_name = "Calls close_auctions and sync_mirror"
}

resource "google_cloud_scheduler_job" "this" {
  for_each = var.jobs

  name             = replace(each.key, "_", "-")
  description      = "Calls ${each.key}"
  region           = var.region
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.attempt_deadline_seconds}s"
  paused           = var.paused

  retry_config {
    retry_count          = 2 # the next minute tries again in any case
    min_backoff_duration = "5s"
    max_backoff_duration = "20s"
    max_retry_duration   = "0s"
    max_doublings        = 2
  }

  http_target {
    http_method = "POST"
    uri         = each.value.url
    body        = base64encode("{}")

    headers = {
      "Content-Type" = "application/json"
    }

    oidc_token {
      service_account_email = local.email
      audience              = each.value.audience
    }
  }
}

locals {
  email = "${google_service_account.scheduler.account_id}@${var.project_id}.iam.gserviceaccount.com" # known while planning
}
