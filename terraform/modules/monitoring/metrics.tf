# Figures out of log lines. Functions write one JSON line for each request and some for what happens beside them (common/logs.py);
# tests/terraform/test_metrics.py holds every filter here against lines that real functions write.
#
# Labels become time series: an operation or an outcome is one of a few words, an actor or a trace is not and stays out.
resource "google_logging_metric" "requests" {
  project     = var.project_id
  name        = "gavel/requests"
  description = "Requests answered by our code, by operation, outcome (ok or a problem's code) and HTTP status."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="request"
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Requests"

    labels {
      key         = "operation"
      description = "name of the operation"
    }
    labels {
      key         = "outcome"
      description = "ok or a problem's code"
    }
    labels {
      key         = "status"
      description = "HTTP status"
    }
  }

  label_extractors = {
    operation = "EXTRACT(jsonPayload.operation)"
    outcome   = "EXTRACT(jsonPayload.outcome)"
    status    = "EXTRACT(jsonPayload.status)"
  }
}

resource "google_logging_metric" "failures" {
  project     = var.project_id
  name        = "gavel/failures"
  description = "Requests that our code could not serve: busy, unavailable, internal."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="request"
    jsonPayload.status>=500
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Failed requests"

    labels {
      key         = "operation"
      description = "name of the operation"
    }
    labels {
      key         = "outcome"
      description = "a problem's code"
    }
  }

  label_extractors = {
    operation = "EXTRACT(jsonPayload.operation)"
    outcome   = "EXTRACT(jsonPayload.outcome)"
  }
}

resource "google_logging_metric" "latency" {
  project     = var.project_id
  name        = "gavel/latency"
  description = "Milliseconds between a request's arrival in our code and its answer. Failures are left out: they are counted, and a quick one is no speed."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="request"
    jsonPayload.status<500
  EOT

  value_extractor = "EXTRACT(jsonPayload.milliseconds)"

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "DISTRIBUTION"
    unit         = "ms"
    display_name = "Latency"

    labels {
      key         = "operation"
      description = "name of the operation"
    }
  }

  label_extractors = {
    operation = "EXTRACT(jsonPayload.operation)"
  }

  # 500 is a bound, so that the objective cuts where it says.
  bucket_options {
    explicit_buckets {
      bounds = [5, 10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000, 30000]
    }
  }
}

resource "google_logging_metric" "bugs" {
  project     = var.project_id
  name        = "gavel/bugs"
  description = "Errors that nobody foresaw; each has its stack_trace."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    severity>=ERROR
    jsonPayload.message="unhandled error"
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Bugs"
  }
}

resource "google_logging_metric" "closing_delay" {
  project     = var.project_id
  name        = "gavel/closing_delay"
  description = "Seconds between the end of an auction and its close, of the one that waited longest in each batch."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="auctions closed"
    jsonPayload.closed>0
  EOT

  value_extractor = "EXTRACT(jsonPayload.delay_seconds)"

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "DISTRIBUTION"
    unit         = "s"
    display_name = "Closing delay"
  }

  bucket_options {
    explicit_buckets {
      bounds = [1, 5, 10, 20, 30, 45, 60, 75, 90, 120, 180, 300, 600, 1800, 3600]
    }
  }
}

resource "google_logging_metric" "late_closings" {
  project     = var.project_id
  name        = "gavel/late_closings"
  description = "Batches in which an auction was closed more than 90 seconds after its end."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="auctions closed"
    jsonPayload.closed>0
    jsonPayload.delay_seconds>90
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Late closings"
  }
}

resource "google_logging_metric" "pushes" {
  project     = var.project_id
  name        = "gavel/pushes"
  description = "Changes that requests handed to the mirror, shown or not; those that gather while a write is under way count as one."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="mirror write"
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Pushes"
  }
}

resource "google_logging_metric" "pushes_missed" {
  project     = var.project_id
  name        = "gavel/pushes_missed"
  description = "Changes that the mirror did not take; pages learn of them by polling, and sync_mirror repairs them."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="mirror write"
    jsonPayload.shown=false
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Missed pushes"
  }
}

resource "google_logging_metric" "mirror_lag" {
  project     = var.project_id
  name        = "gavel/mirror_lag"
  description = "Milliseconds between a change being handed to the mirror and Firestore having it, of the changes that were shown."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    jsonPayload.message="mirror write"
    jsonPayload.shown=true
  EOT

  value_extractor = "EXTRACT(jsonPayload.lag_milliseconds)"

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "DISTRIBUTION"
    unit         = "ms"
    display_name = "Mirror lag"
  }

  bucket_options {
    explicit_buckets {
      bounds = [10, 25, 50, 100, 250, 500, 1000, 2000, 3000, 5000, 7500, 10000, 30000, 60000]
    }
  }
}

resource "google_logging_metric" "mirror_unreachable" {
  project     = var.project_id
  name        = "gavel/mirror_unreachable"
  description = "Times an instance left Firestore alone for some seconds because it could not be reached."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/stdout")
    severity>=WARNING
    jsonPayload.message="mirror unreachable"
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Mirror unreachable"
  }
}

# The two below count lines of the platform: what never reached our code cannot be in our log.
resource "google_logging_metric" "lost_requests" {
  project     = var.project_id
  name        = "gavel/lost_requests"
  description = "Requests that Cloud Run answered itself: no instance was free, one died, or time ran out."

  filter = <<-EOT
    resource.type="cloud_run_revision"
    log_id("run.googleapis.com/requests")
    httpRequest.status>=429
    textPayload:"The request "
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Lost requests"
  }
}

resource "google_logging_metric" "scheduler_failures" {
  project     = var.project_id
  name        = "gavel/scheduler_failures"
  description = "Attempts of Cloud Scheduler that were not answered 2xx, by job. Cloud Scheduler keeps no metric of its own."

  filter = <<-EOT
    resource.type="cloud_scheduler_job"
    log_id("cloudscheduler.googleapis.com/executions")
    severity>=ERROR
  EOT

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    display_name = "Scheduler failures"

    labels {
      key         = "job"
      description = "id of the job"
    }
  }

  label_extractors = {
    job = "EXTRACT(resource.labels.job_id)"
  }
}

# Cloud Monitoring answers 404 to whoever names a metric that it has not heard of yet.
resource "time_sleep" "metrics_known" {
  create_duration = "${var.metric_wait_seconds}s"

  depends_on = [
    google_logging_metric.bugs,
    google_logging_metric.closing_delay,
    google_logging_metric.failures,
    google_logging_metric.late_closings,
    google_logging_metric.latency,
    google_logging_metric.lost_requests,
    google_logging_metric.mirror_lag,
    google_logging_metric.mirror_unreachable,
    google_logging_metric.pushes,
    google_logging_metric.pushes_missed,
    google_logging_metric.requests,
    google_logging_metric.scheduler_failures,
  ]
}
