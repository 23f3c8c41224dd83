# What a visitor sees, looked at from outside and from several continents.
locals {
  places = { for name, check in var.uptime_urls : name => regex("^https://(?P<host>[^/]+)(?P<path>/.*)?$", check.url) }
  uptime = { runbook = "uptime" }
}

resource "google_monitoring_uptime_check_config" "page" {
  for_each = var.uptime_urls

  project      = var.project_id
  display_name = "gavel ${var.environment}: ${each.key}"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path         = coalesce(local.places[each.key].path, "/")
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  content_matchers {
    content = each.value.contains
    matcher = "CONTAINS_STRING"
  }

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project_id, host = local.places[each.key].host }
  }

  # An alert holds on to its check: the new one must be there before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_monitoring_alert_policy" "uptime" {
  for_each = var.uptime_urls

  project               = var.project_id
  display_name          = "gavel ${var.environment}: uptime ${each.key}"
  severity              = "CRITICAL"
  combiner              = "OR"
  notification_channels = local.channels

  conditions {
    display_name = "${each.key} fails from more than one place"

    condition_threshold {
      filter          = "resource.type=\"uptime_url\" AND metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.page[each.key].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "60s"

      aggregations {
        alignment_period     = "1200s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${each.value.url} does not answer as it should.\n\n[What to do](${var.runbooks_url}/${local.uptime.runbook}.md)"
  }
}
