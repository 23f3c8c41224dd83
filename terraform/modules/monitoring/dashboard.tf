# One page to look at first: bids from left to right and top to bottom as a bid goes, then what is behind them.
locals {
  functions = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=one_of(${join(",", [for service in values(var.services) : "\"${service}\""])}) AND metric.type=\"run.googleapis.com/%s\""

  charts = [
    { title = "Requests a second by operation", filter = format(local.our_metric, google_logging_metric.requests.name), aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.operation"] },
    { title = "Bids a second by outcome", filter = "${format(local.our_metric, google_logging_metric.requests.name)} AND ${local.bids}", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.outcome"] },
    { title = "Bids: 95th percentile, ms", filter = "${format(local.our_metric, google_logging_metric.latency.name)} AND ${local.bids}", aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = [] },
    { title = "Other operations: 95th percentile, ms", filter = format(local.our_metric, google_logging_metric.latency.name), aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = ["metric.label.operation"] },
    { title = "Failed requests by outcome", filter = format(local.our_metric, google_logging_metric.failures.name), aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.operation", "metric.label.outcome"] },
    { title = "Requests that never reached our code", filter = format(local.our_metric, google_logging_metric.lost_requests.name), aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Bugs", filter = format(local.our_metric, google_logging_metric.bugs.name), aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Closing delay: longest, s", filter = format(local.our_metric, google_logging_metric.closing_delay.name), aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX", by = [] },
    { title = "Batches closed late", filter = format(local.our_metric, google_logging_metric.late_closings.name), aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = [] },
    { title = "Mirror lag: 95th percentile, ms", filter = format(local.our_metric, google_logging_metric.mirror_lag.name), aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = [] },
    { title = "Pushes missed", filter = format(local.our_metric, google_logging_metric.pushes_missed.name), aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = [] },
    { title = "Mirror out of reach", filter = format(local.our_metric, google_logging_metric.mirror_unreachable.name), aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Instances by function", filter = format(local.functions, "container/instance_count"), aligner = "ALIGN_MAX", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Database: connections", filter = format(local.our_database, "network/connections"), aligner = "ALIGN_MEAN", reducer = "REDUCE_SUM", by = [] },
    { title = "Database: processor in use", filter = format(local.our_database, "cpu/utilization"), aligner = "ALIGN_MEAN", reducer = "REDUCE_MAX", by = [] },
    { title = "Database: disk in use", filter = format(local.our_database, "disk/utilization"), aligner = "ALIGN_MEAN", reducer = "REDUCE_MAX", by = [] },
    { title = "Database: deadlocks", filter = format(local.our_database, "mysql/innodb/deadlocks_count"), aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = [] },
  ]

  tiles = [
    for place, chart in local.charts : {
      xPos   = 24 * (place % 2)
      yPos   = 12 * floor(place / 2)
      width  = 24
      height = 12
      widget = {
        title = chart.title
        xyChart = {
          dataSets = [{
            plotType = "LINE"
            timeSeriesQuery = {
              timeSeriesFilter = {
                filter = chart.filter
                aggregation = {
                  alignmentPeriod    = "60s"
                  perSeriesAligner   = chart.aligner
                  crossSeriesReducer = chart.reducer
                  groupByFields      = chart.by
                }
              }
            }
          }]
        }
      }
    }
  ]
}

resource "google_monitoring_dashboard" "market" {
  project = var.project_id
  # The API leaves a position of 0 out, and every plan would put it back.
  dashboard_json = jsonencode({
    displayName  = "Gavel ${var.environment}"
    mosaicLayout = { columns = 48, tiles = [for tile in local.tiles : { for name, value in tile : name => value if value != 0 }] }
  })

  depends_on = [time_sleep.metrics_known]
}
