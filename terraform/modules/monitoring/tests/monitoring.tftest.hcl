mock_provider "google" {
  mock_resource "google_monitoring_notification_channel" {
    defaults = { name = "projects/demo/notificationChannels/mail" }
  }
  mock_resource "google_monitoring_slo" {
    defaults = { name = "projects/1/services/gavel-prod/serviceLevelObjectives/one" }
  }
  mock_resource "google_monitoring_uptime_check_config" {
    defaults = { uptime_check_id = "check-1" }
  }
}

mock_provider "time" {}

variables {
  database_instance     = "gavel"
  disk_limit_gigabytes  = 500
  environment           = "prod"
  max_connections       = 500
  notification_channels = ["projects/demo/notificationChannels/pager"]
  notification_emails   = ["on-call@example.com"]
  project_id            = "demo"
  replica_instance      = "gavel-replica"
  runbooks_url          = "https://github.com/example/gavel/blob/main/docs/runbooks"
  scheduler_jobs        = { close_auctions = "close-auctions", sync_mirror = "sync-mirror" }
  services              = { place_bid = "place-bid", search_listings = "search-listings" }

  uptime_urls = {
    market = { url = "https://demo.web.app/api/search_listings?limit=1", contains = "\"listings\"" }
    site   = { url = "https://demo.web.app", contains = "<page-outlet" }
  }
}

run "the_objectives_are_those_promised" {
  command = plan

  assert {
    condition = { for id, objective in google_monitoring_slo.objective : id => objective.goal } == {
      bid-availability = 0.999
      bid-latency      = 0.95
      closing-delay    = 0.99
      mirror-lag       = 0.99
      push             = 0.99
    }
    error_message = "Five objectives and their goals."
  }
  assert {
    condition = { for id, objective in google_monitoring_slo.objective : id => one(one(one(objective.request_based_sli).distribution_cut).range).max if length(one(objective.request_based_sli).distribution_cut) > 0 } == {
      bid-latency   = 500
      closing-delay = 90
      mirror-lag    = 5000
    }
    error_message = "Half a second, a minute and a half, five seconds."
  }
  assert {
    condition     = toset([for id, objective in google_monitoring_slo.objective : id if length(one(objective.request_based_sli).good_total_ratio) > 0]) == toset(["bid-availability", "push"])
    error_message = "What is answered or not is a ratio."
  }
  assert {
    condition     = alltrue([for objective in google_monitoring_slo.objective : objective.rolling_period_days == 28])
    error_message = "Over four weeks."
  }
}

run "every_limit_is_a_bound_of_its_metric" {
  command = plan

  assert {
    condition = alltrue([
      contains(google_logging_metric.latency.bucket_options[0].explicit_buckets[0].bounds, local.objectives["bid-latency"].max),
      contains(google_logging_metric.closing_delay.bucket_options[0].explicit_buckets[0].bounds, local.objectives["closing-delay"].max),
      contains(google_logging_metric.mirror_lag.bucket_options[0].explicit_buckets[0].bounds, local.objectives["mirror-lag"].max),
    ])
    error_message = "Between two bounds Cloud Monitoring would guess."
  }
}

run "an_objective_burns_over_two_windows_twice" {
  command = apply

  assert {
    condition     = length(google_monitoring_alert_policy.burn) == 10 && alltrue([for policy in google_monitoring_alert_policy.burn : policy.combiner == "AND" && length(policy.conditions) == 3])
    error_message = "Fast and slow for each objective; a long window and a short one in each."
  }
  assert {
    condition = [for condition in google_monitoring_alert_policy.burn["bid-availability-fast"].conditions : [condition.condition_threshold[0].filter, condition.condition_threshold[0].threshold_value]] == [
      ["select_slo_burn_rate(\"projects/1/services/gavel-prod/serviceLevelObjectives/one\", \"3600s\")", 14.4],
      ["select_slo_burn_rate(\"projects/1/services/gavel-prod/serviceLevelObjectives/one\", \"300s\")", 14.4],
      ["resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/gavel/failures\" AND metric.labels.operation=\"place_bid\"", 4],
    ]
    error_message = "An hour and its last five minutes, and five failed bids in the hour."
  }
  assert {
    condition     = [for condition in google_monitoring_alert_policy.burn["push-slow"].conditions : condition.condition_threshold[0].threshold_value] == [6, 6, 4] && google_monitoring_alert_policy.burn["push-slow"].severity == "WARNING"
    error_message = "Six hours and their last half."
  }
  assert {
    condition = alltrue([for name, policy in google_monitoring_alert_policy.burn :
      policy.conditions[2].condition_threshold[0].aggregations[0].alignment_period == (endswith(name, "-fast") ? "3600s" : "21600s")
      && policy.conditions[2].condition_threshold[0].threshold_value >= 2
    ])
    error_message = "One event alone never wakes anybody; there must be several in the long window."
  }
  assert {
    condition     = strcontains(google_logging_metric.late_closings.filter, "jsonPayload.delay_seconds>${local.objectives["closing-delay"].max}\n")
    error_message = "Late is what the objective calls late."
  }
  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.burn : policy.alert_strategy[0].auto_close == "3600s"])
    error_message = "What is over is closed, also where no bid comes any more."
  }
  assert {
    condition     = alltrue([for objective in local.objectives : local.burns.fast.rate < 1 / (1 - objective.goal)])
    error_message = "A rate that is never reached would never alert."
  }
}

run "everything_wrong_has_its_alert" {
  command = plan

  assert {
    condition     = toset(keys(google_monitoring_alert_policy.threshold)) == toset(["bugs", "database-connections", "database-disk", "database-disk-full", "deadlocks", "lost-requests", "replication-lag", "scheduler-failures"])
    error_message = "Eight thresholds."
  }
  assert {
    condition     = google_monitoring_alert_policy.threshold["database-connections"].conditions[0].condition_threshold[0].threshold_value == 400
    error_message = "At four fifths of what the server takes."
  }
  assert {
    condition     = google_monitoring_alert_policy.threshold["database-disk"].conditions[0].condition_threshold[0].threshold_value == 400 * 1000000000
    error_message = "At four fifths of what the disk may become, not of what it is: it grows by itself."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.threshold["replication-lag"].conditions[0].condition_threshold[0].filter, "database_id=\"demo:gavel-replica\"")
    error_message = "The replica's lag, by project and instance."
  }
  assert {
    condition     = toset([for condition in google_monitoring_alert_policy.silent.conditions : condition.display_name]) == toset(["close_auctions has not succeeded for 5 minutes", "sync_mirror has not succeeded for 5 minutes"])
    error_message = "Whoever is called by the scheduler must be heard of."
  }
  assert {
    condition     = alltrue([for condition in google_monitoring_alert_policy.silent.conditions : condition.condition_threshold[0].evaluation_missing_data == "EVALUATION_MISSING_DATA_ACTIVE"])
    error_message = "Silence is what the alert is about."
  }
}

run "without_a_replica_nobody_watches_it" {
  command = plan
  variables { replica_instance = null }

  assert {
    condition     = !contains(keys(google_monitoring_alert_policy.threshold), "replication-lag")
    error_message = "A series that never comes would stay green for ever."
  }
}

run "every_alert_links_its_runbook_and_tells_everybody" {
  command = apply

  assert {
    condition = alltrue([
      for policy in concat(values(google_monitoring_alert_policy.burn), values(google_monitoring_alert_policy.threshold), values(google_monitoring_alert_policy.uptime), [google_monitoring_alert_policy.silent]) :
      can(regex("\\(https://github.com/example/gavel/blob/main/docs/runbooks/[a-z-]+[.]md\\)", policy.documentation[0].content))
    ])
    error_message = "Whoever is woken has a page to open."
  }
  assert {
    condition = alltrue([
      for policy in concat(values(google_monitoring_alert_policy.burn), values(google_monitoring_alert_policy.threshold), values(google_monitoring_alert_policy.uptime), [google_monitoring_alert_policy.silent]) :
      policy.notification_channels == tolist(["projects/demo/notificationChannels/mail", "projects/demo/notificationChannels/pager"])
    ])
    error_message = "The mail's channel and the one given."
  }
  assert {
    condition     = length(output.alert_policies) == 21 && output.email_channels == ["projects/demo/notificationChannels/mail"]
    error_message = "Ten burn rates, eight thresholds, two places, one silence."
  }
}

run "visitors_places_are_looked_at_from_outside" {
  command = plan

  assert {
    condition     = { for name, check in google_monitoring_uptime_check_config.page : name => [check.monitored_resource[0].labels.host, check.http_check[0].path] } == { market = ["demo.web.app", "/api/search_listings?limit=1"], site = ["demo.web.app", "/"] }
    error_message = "Host and path of each address."
  }
  assert {
    condition     = alltrue([for check in google_monitoring_uptime_check_config.page : check.http_check[0].use_ssl && check.http_check[0].validate_ssl])
    error_message = "A certificate that has run out is an outage."
  }
}

run "the_dashboard_shows_every_metric" {
  command = plan

  assert {
    condition = alltrue([
      for name in ["bugs", "closing_delay", "failures", "late_closings", "latency", "lost_requests", "mirror_lag", "mirror_unreachable", "pushes_missed", "requests"] :
      strcontains(google_monitoring_dashboard.market.dashboard_json, "logging.googleapis.com/user/gavel/${name}\\\"")
    ])
    error_message = "Nothing is counted that nobody sees."
  }
  assert {
    condition     = strcontains(local.functions, "service_name=one_of(\"place-bid\",\"search-listings\")")
    error_message = "Of our services, not of all in the project."
  }
  assert {
    condition     = length(distinct([for tile in local.tiles : "${tile.xPos},${tile.yPos}"])) == length(local.charts) && max([for tile in local.tiles : tile.xPos + tile.width]...) == 48
    error_message = "No chart lies upon another or outside the page."
  }
  assert {
    condition     = !strcontains(google_monitoring_dashboard.market.dashboard_json, "Pos\":0")
    error_message = "A plan without a change says so."
  }
}

run "objectives_wait_for_their_metrics" {
  command = plan
  variables { metric_wait_seconds = 30 }

  assert {
    condition     = time_sleep.metrics_known.create_duration == "30s"
    error_message = "Cloud Monitoring needs a moment to hear of a metric."
  }
}

run "http_is_refused" {
  command = plan
  variables { uptime_urls = { site = { url = "http://demo.web.app", contains = "x" } } }
  expect_failures = [var.uptime_urls]
}

run "ten_connections_are_accepted" {
  command = plan
  variables { max_connections = 10 }
}

run "nine_connections_are_refused" {
  command = plan
  variables { max_connections = 9 }
  expect_failures = [var.max_connections]
}

run "an_unscheduled_operation_is_refused" {
  command = plan
  variables { scheduler_jobs = { close_auctions = "close-auctions" } }
  expect_failures = [var.scheduler_jobs]
}

run "a_channel_by_its_number_is_refused" {
  command = plan
  variables { notification_channels = ["123"] }
  expect_failures = [var.notification_channels]
}

run "the_smallest_disk_is_accepted" {
  command = plan
  variables { disk_limit_gigabytes = 10 }
}

run "a_disk_that_there_is_not_is_refused" {
  command = plan
  variables { disk_limit_gigabytes = 9 }
  expect_failures = [var.disk_limit_gigabytes]
}
