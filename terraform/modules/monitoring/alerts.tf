# What is wrong in itself, whatever bidders notice of it yet. Every alert names its runbook in docs/runbooks.
locals {
  our_database     = "resource.type=\"cloudsql_database\" AND resource.labels.database_id=\"${var.project_id}:${var.database_instance}\" AND metric.type=\"cloudsql.googleapis.com/database/%s\""
  database_replica = "resource.type=\"cloudsql_database\" AND resource.labels.database_id=\"${var.project_id}:${coalesce(var.replica_instance, "none")}\" AND metric.type=\"cloudsql.googleapis.com/database/%s\""

  thresholds = merge(
    {
      bugs = {
        runbook  = "bugs"
        title    = "an error that nobody foresaw"
        filter   = format(local.our_metric, google_logging_metric.bugs.name)
        aligner  = "ALIGN_DELTA"
        reducer  = "REDUCE_SUM"
        period   = "300s"
        above    = 0
        duration = "0s"
        severity = "ERROR"
      }
      lost-requests = {
        runbook  = "lost-requests"
        title    = "requests never reached our code: more than 5 in 5 minutes"
        filter   = format(local.our_metric, google_logging_metric.lost_requests.name)
        aligner  = "ALIGN_DELTA"
        reducer  = "REDUCE_SUM"
        period   = "300s"
        above    = 5
        duration = "0s"
        severity = "ERROR"
      }
      scheduler-failures = {
        runbook  = "scheduler"
        title    = "scheduled calls failed: more than 2 in 10 minutes"
        filter   = "resource.type=\"cloud_scheduler_job\" AND metric.type=\"logging.googleapis.com/user/${google_logging_metric.scheduler_failures.name}\""
        aligner  = "ALIGN_DELTA"
        reducer  = "REDUCE_SUM"
        period   = "600s"
        above    = 2
        duration = "0s"
        severity = "ERROR"
      }
      database-connections = {
        runbook  = "database-connections"
        title    = "more than 80 % of the database's connections in use for 5 minutes"
        filter   = format(local.our_database, "network/connections")
        aligner  = "ALIGN_MEAN"
        reducer  = "REDUCE_SUM"
        period   = "60s"
        above    = floor(0.8 * var.max_connections)
        duration = "300s"
        severity = "WARNING"
      }
      database-disk = {
        runbook  = "database-disk"
        title    = "the database's disk has come to 80 % of the size up to which it may grow"
        filter   = format(local.our_database, "disk/bytes_used")
        aligner  = "ALIGN_MEAN"
        reducer  = "REDUCE_MAX"
        period   = "60s"
        above    = 0.8 * var.disk_limit_gigabytes * 1000000000
        duration = "600s"
        severity = "WARNING"
      }
      # A disk grows by itself once less than 5 GB and a twenty-fifth of it (25 GB at most) are free: full is one that does not.
      database-disk-full = {
        runbook  = "database-disk"
        title    = "more than 98 % of the database's disk in use for 5 minutes, and it does not grow"
        filter   = format(local.our_database, "disk/utilization")
        aligner  = "ALIGN_MEAN"
        reducer  = "REDUCE_MAX"
        period   = "60s"
        above    = 0.98
        duration = "300s"
        severity = "CRITICAL"
      }
      deadlocks = {
        runbook  = "deadlocks"
        title    = "more than 10 deadlocks in 5 minutes"
        filter   = format(local.our_database, "mysql/innodb/deadlocks_count")
        aligner  = "ALIGN_DELTA"
        reducer  = "REDUCE_SUM"
        period   = "300s"
        above    = 10
        duration = "0s"
        severity = "WARNING"
      }
    },
    var.replica_instance == null ? {} : {
      replication-lag = {
        runbook  = "replication-lag"
        title    = "the analysts' replica is more than 60 s behind for 5 minutes"
        filter   = format(local.database_replica, "replication/replica_lag")
        aligner  = "ALIGN_MEAN"
        reducer  = "REDUCE_MAX"
        period   = "60s"
        above    = 60
        duration = "300s"
        severity = "WARNING"
      }
    },
  )
}

resource "google_monitoring_alert_policy" "threshold" {
  for_each = local.thresholds

  project               = var.project_id
  display_name          = "gavel ${var.environment}: ${each.key}"
  severity              = each.value.severity
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = each.value.duration

      aggregations {
        alignment_period     = each.value.period
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${each.value.title}\n\n[What to do](${var.runbooks_url}/${each.value.runbook}.md)"
  }

  depends_on = [time_sleep.metrics_known]
}

# A scheduler that does not run fails nothing, and its functions write nothing. Before their first run there is no series to judge.
resource "google_monitoring_alert_policy" "silent" {
  project               = var.project_id
  display_name          = "gavel ${var.environment}: scheduler-silent"
  severity              = "CRITICAL"
  combiner              = "OR"
  notification_channels = local.channels

  dynamic "conditions" {
    for_each = toset(keys(var.scheduler_jobs))
    content {
      display_name = "${conditions.value} has not succeeded for 5 minutes"

      condition_threshold {
        filter                  = "${format(local.our_metric, google_logging_metric.requests.name)} AND metric.labels.operation=\"${conditions.value}\" AND metric.labels.outcome=\"ok\""
        comparison              = "COMPARISON_LT"
        threshold_value         = 1
        duration                = "60s"
        evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE" # no line, no point: that is just what is looked for

        aggregations {
          alignment_period     = "300s"
          per_series_aligner   = "ALIGN_DELTA"
          cross_series_reducer = "REDUCE_SUM"
        }
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Auctions are not being closed, or the mirror is not being repaired.\n\n[What to do](${var.runbooks_url}/${local.silent.runbook}.md)"
  }

  depends_on = [time_sleep.metrics_known]
}

locals {
  silent = { runbook = "scheduler" }
}
