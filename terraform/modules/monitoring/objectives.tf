# What bidders may rely on, over four weeks, and who is told how fast the allowance for failing is being used up.
#
# `enough` is how many there must have been in the long window before a share of them wakes anybody: of three bids at night
# one is a third, and a first bid after a quiet day is a slow one.
locals {
  our_metric = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/%s\""
  bids       = "metric.labels.operation=\"place_bid\""

  objectives = {
    bid-availability = {
      runbook = "bid-availability"
      title   = "Bids are answered"
      goal    = 0.999
      total   = "${format(local.our_metric, google_logging_metric.requests.name)} AND ${local.bids}"
      bad     = "${format(local.our_metric, google_logging_metric.failures.name)} AND ${local.bids}"
      enough = {
        least  = 5
        what   = "failed bids"
        filter = "${format(local.our_metric, google_logging_metric.failures.name)} AND ${local.bids}"
      }
    }
    push = {
      runbook = "push"
      title   = "Changes are pushed to watching pages"
      goal    = 0.99
      total   = format(local.our_metric, google_logging_metric.pushes.name)
      bad     = format(local.our_metric, google_logging_metric.pushes_missed.name)
      enough = {
        least  = 5
        what   = "missed pushes"
        filter = format(local.our_metric, google_logging_metric.pushes_missed.name)
      }
    }
    bid-latency = {
      runbook      = "bid-latency"
      title        = "95 % of bids are answered within 500 ms"
      goal         = 0.95
      distribution = "${format(local.our_metric, google_logging_metric.latency.name)} AND ${local.bids}"
      max          = 500
      enough = {
        least  = 20
        what   = "bids"
        filter = "${format(local.our_metric, google_logging_metric.requests.name)} AND ${local.bids}"
      }
    }
    closing-delay = {
      runbook      = "closing-delay"
      title        = "Auctions are closed within 90 s of their end"
      goal         = 0.99
      distribution = format(local.our_metric, google_logging_metric.closing_delay.name)
      max          = 90
      enough = {
        least  = 3
        what   = "late runs"
        filter = format(local.our_metric, google_logging_metric.late_closings.name)
      }
    }
    mirror-lag = {
      runbook      = "mirror-lag"
      title        = "Changes are shown in the mirror within 5 s"
      goal         = 0.99
      distribution = format(local.our_metric, google_logging_metric.mirror_lag.name)
      max          = 5000
      enough = {
        least  = 20
        what   = "pushes"
        filter = format(local.our_metric, google_logging_metric.pushes.name)
      }
    }
  }

  # A long window says that it matters, a short one that it still goes on. At 14.4 times the allowed rate an hour takes 2 % of a month's
  # allowance, at 6 times six hours take 5 % (The Site Reliability Workbook, chapter 5).
  burns = {
    fast = { rate = 14.4, long = "3600s", short = "300s", severity = "CRITICAL" }
    slow = { rate = 6, long = "21600s", short = "1800s", severity = "WARNING" }
  }

  burn_alerts = merge([
    for id, objective in local.objectives : {
      for speed, burn in local.burns : "${id}-${speed}" => merge(burn, { objective = id, runbook = objective.runbook, title = objective.title, speed = speed, enough = objective.enough })
    }
  ]...)
}

resource "google_monitoring_custom_service" "market" {
  project      = var.project_id
  service_id   = "gavel-${var.environment}"
  display_name = "Gavel ${var.environment}"
}

resource "google_monitoring_slo" "objective" {
  for_each = local.objectives

  project             = var.project_id
  service             = google_monitoring_custom_service.market.service_id
  slo_id              = each.key
  display_name        = each.value.title
  goal                = each.value.goal
  rolling_period_days = 28

  request_based_sli {
    dynamic "good_total_ratio" {
      for_each = contains(keys(each.value), "total") ? [each.value] : []
      content {
        total_service_filter = good_total_ratio.value.total
        bad_service_filter   = good_total_ratio.value.bad
      }
    }

    dynamic "distribution_cut" {
      for_each = contains(keys(each.value), "distribution") ? [each.value] : []
      content {
        distribution_filter = distribution_cut.value.distribution

        range {
          min = 0
          max = distribution_cut.value.max
        }
      }
    }
  }

  depends_on = [time_sleep.metrics_known]
}

resource "google_monitoring_alert_policy" "burn" {
  for_each = local.burn_alerts

  project               = var.project_id
  display_name          = "gavel ${var.environment}: ${each.key}"
  severity              = each.value.severity
  combiner              = "AND"
  notification_channels = local.channels

  dynamic "conditions" {
    for_each = { long = each.value.long, short = each.value.short }
    content {
      display_name = "allowance used ${each.value.rate} times too fast over ${conditions.value}"

      condition_threshold {
        filter          = "select_slo_burn_rate(\"${google_monitoring_slo.objective[each.value.objective].name}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = each.value.rate
        duration        = "0s"
      }
    }
  }

  conditions {
    display_name = "at least ${each.value.enough.least} ${each.value.enough.what} in ${each.value.long}"

    condition_threshold {
      filter          = each.value.enough.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.enough.least - 1
      duration        = "0s"

      aggregations {
        alignment_period     = each.value.long
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  # Where nothing more happens there are no points, and the next fault would find this one still open for a week.
  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Objective at risk: ${each.value.title}.\n\n[What to do](${var.runbooks_url}/${each.value.runbook}.md)"
  }
}
