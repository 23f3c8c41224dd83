# What the clock calls, and how it shows who it is.

mock_provider "google" {
  override_during = plan
}

variables {
  jobs = {
    close_auctions = { attempt_deadline_seconds = 73, audience = "https://close-auctions.example", url = "https://close.run.example" }
    sync_mirror    = { attempt_deadline_seconds = 73, audience = "https://sync-mirror.example", url = "https://sync.run.example" }
  }
  project_id = "gavel-test"
  region     = "europe-west1"
}

run "every_minute" {
  command = plan

  assert {
    condition     = toset([for job in google_cloud_scheduler_job.this : job.name]) == toset(["close-auctions", "sync-mirror"])
    error_message = "one job for each"
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.this : job.schedule == "* * * * *" && job.time_zone == "Etc/UTC" && !job.paused])
    error_message = "every minute"
  }

  assert {
    condition     = output.job_names == { close_auctions = "close-auctions", sync_mirror = "sync-mirror" }
    error_message = "monitoring knows them by operation"
  }
}

run "it_shows_who_it_is" {
  command = plan

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.this : job.http_target[0].oidc_token[0].service_account_email == "scheduler@gavel-test.iam.gserviceaccount.com"])
    error_message = "under its own account"
  }

  assert {
    condition     = google_cloud_scheduler_job.this["close_auctions"].http_target[0].oidc_token[0].audience == "https://close-auctions.example" && google_cloud_scheduler_job.this["close_auctions"].http_target[0].uri == "https://close.run.example"
    error_message = "to the function it means"
  }

  assert {
    condition     = google_cloud_scheduler_job.this["close_auctions"].http_target[0].http_method == "POST" && base64decode(google_cloud_scheduler_job.this["close_auctions"].http_target[0].body) == "{}"
    error_message = "with the body that the operation takes"
  }
}

run "it_tries_again_but_not_at_the_same_time" {
  command = plan

  assert {
    condition     = google_cloud_scheduler_job.this["close_auctions"].attempt_deadline == "73s" && google_cloud_scheduler_job.this["close_auctions"].retry_config[0].retry_count == 2
    error_message = "an attempt outlasts the function"
  }
}

run "it_rests" {
  command = plan

  variables {
    paused = true
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.this : job.paused])
    error_message = "as during a restore"
  }
}

run "the_shortest_deadline" {
  command = plan

  variables {
    jobs = {
      close_auctions = { attempt_deadline_seconds = 15, audience = "a", url = "https://a.example" }
    }
  }
}

run "a_deadline_too_short" {
  command = plan

  variables {
    jobs = {
      close_auctions = { attempt_deadline_seconds = 14, audience = "a", url = "https://a.example" }
    }
  }

  expect_failures = [var.jobs]
}

run "the_longest_deadline" {
  command = plan

  variables {
    jobs = {
      close_auctions = { attempt_deadline_seconds = 1800, audience = "a", url = "https://a.example" }
    }
  }
}

run "a_deadline_too_long" {
  command = plan

  variables {
    jobs = {
      close_auctions = { attempt_deadline_seconds = 1801, audience = "a", url = "https://a.example" }
    }
  }

  expect_failures = [var.jobs]
}

run "a_job_without_audience" {
  command = plan

  variables {
    jobs = {
      close_auctions = { attempt_deadline_seconds = 73, audience = "", url = "https://a.example" }
    }
  }

  expect_failures = [var.jobs]
}

run "a_job_in_the_clear" {
  command = plan

  variables {
    jobs = {
      close_auctions = { attempt_deadline_seconds = 73, audience = "a", url = "http://a.example" }
    }
  }

  expect_failures = [var.jobs]
}
