# prod: planned with its own file, and what cannot be planned there, beside what just can.

mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}
mock_provider "google-beta" {
  override_during = plan
}
mock_provider "time" {}

override_resource {
  target          = module.dashboard.google_service_account.dashboard
  override_during = plan
  values          = { email = "dashboard@gavel-test.iam.gserviceaccount.com" }
}

# What environments/prod.tfvars says; the first run compares. A run below changes one thing.
variables {
  environment = "prod"

  database_availability_type       = "REGIONAL"
  database_backups_enabled         = true
  database_disk_gigabytes          = 100
  database_disk_limit_gigabytes    = 1000
  database_max_connections         = 1500
  database_point_in_time_recovery  = true
  database_replica_enabled         = true
  database_replica_max_connections = 200
  database_replica_tier            = "db-custom-2-7680"
  database_reserved_connections    = 100
  database_retained_backups        = 14
  database_tier                    = "db-custom-4-15360"
  deletion_protection              = true

  instances = {
    create_listing  = { max = 10 }
    get_listing     = { max = 20, min = 1 }
    nl_query        = { max = 5 }
    place_bid       = { max = 20, min = 2 }
    search_listings = { max = 20, min = 1 }
  }

  budget_amount    = 1000
  mirror_keep_days = 365
  trace_share      = 0.05
}

run "environments" {
  command = plan

  module {
    source = "./tests/environments"
  }
}

run "prod_survives" {
  command = plan

  assert {
    condition = jsonencode(run.environments.prod) == jsonencode({
      budget_amount                    = var.budget_amount
      database_availability_type       = var.database_availability_type
      database_backups_enabled         = var.database_backups_enabled
      database_disk_gigabytes          = var.database_disk_gigabytes
      database_disk_limit_gigabytes    = var.database_disk_limit_gigabytes
      database_max_connections         = var.database_max_connections
      database_point_in_time_recovery  = var.database_point_in_time_recovery
      database_replica_enabled         = var.database_replica_enabled
      database_replica_max_connections = var.database_replica_max_connections
      database_replica_tier            = var.database_replica_tier
      database_reserved_connections    = var.database_reserved_connections
      database_retained_backups        = var.database_retained_backups
      database_tier                    = var.database_tier
      deletion_protection              = var.deletion_protection
      environment                      = var.environment
      instances                        = { for operation, range in var.instances : operation => { for end, count in range : end => count if count != null } }
      mirror_keep_days                 = var.mirror_keep_days
      trace_share                      = var.trace_share
    })
    error_message = "these tests plan with something else than environments/prod.tfvars"
  }

  assert {
    condition     = length(module.function) == 9
    error_message = "every operation is a function"
  }

  assert {
    condition     = toset([for function in module.function : function.name]) == toset(["close-auctions", "create-listing", "get-listing", "nl-feedback", "nl-query", "nl-questions", "place-bid", "search-listings", "sync-mirror"])
    error_message = "functions are named as their operations"
  }

  assert {
    condition     = alltrue([for operation in ["create_listing", "get_listing", "place_bid", "search_listings"] : toset(module.function[operation].invokers) == toset(["allUsers"])])
    error_message = "the public operations are public"
  }

  assert {
    condition     = alltrue([for operation in ["close_auctions", "sync_mirror"] : toset(module.function[operation].invokers) == toset(["serviceAccount:scheduler@gavel-test.iam.gserviceaccount.com"])])
    error_message = "the scheduler alone calls what is done by the clock"
  }

  assert {
    condition     = alltrue([for operation in ["nl_feedback", "nl_query", "nl_questions"] : toset(module.function[operation].invokers) == toset(["serviceAccount:dashboard@gavel-test.iam.gserviceaccount.com"])])
    error_message = "the dashboard alone asks for analysts"
  }

  assert {
    condition     = toset(keys(module.scheduler.job_names)) == toset(["close_auctions", "sync_mirror"])
    error_message = "two operations are scheduled"
  }

  assert {
    condition     = length(setsubtract(flatten([for function in module.function : function.roles]), module.delivery.grantable_roles)) == 0
    error_message = "whoever deploys may give a function every role that it needs"
  }

  assert {
    condition     = length(distinct([for function in module.function : function.service_account_email])) == 9
    error_message = "every function has an account of its own"
  }

  assert {
    condition     = toset([for operation, function in module.function : operation if contains(function.roles, "roles/datastore.user")]) == toset(["close_auctions", "create_listing", "place_bid", "sync_mirror"])
    error_message = "only what shows listings may write the mirror"
  }

  assert {
    condition     = toset([for operation, function in module.function : operation if contains(keys(function.settings), "REPORTING_DB_USER")]) == toset(["nl_feedback", "nl_query", "nl_questions"])
    error_message = "only the analysts' functions know the analysts' user"
  }

  assert {
    condition     = alltrue([for operation in ["nl_feedback", "nl_query", "nl_questions"] : module.function[operation].secrets == { REPORTING_DB_PASSWORD = "reporting-db-password:3" }])
    error_message = "the analysts' password is pinned to its version"
  }

  assert {
    condition     = alltrue([for operation, function in module.function : length(function.secrets) == 0 if !startswith(operation, "nl_")])
    error_message = "no other function has a secret"
  }

  assert {
    condition     = module.function["place_bid"].settings["SERVICE_AUDIENCE"] == "https://place-bid-123456789012.europe-west1.run.app"
    error_message = "a function's audience is its own address"
  }

  assert {
    condition     = module.function["place_bid"].settings["DB_USER"] == "place-bid"
    error_message = "a function's database user is its account"
  }

  assert {
    condition     = google_cloud_run_v2_job.migrate["migrate"].template[0].template[0].service_account == "migrate@gavel-test.iam.gserviceaccount.com"
    error_message = "migrations run under their own account"
  }

  assert {
    condition     = one([for env in google_cloud_run_v2_job.migrate["migrate"].template[0].template[0].containers[0].env : env.value if env.name == "FUNCTION_DB_USERS"]) == "close-auctions,create-listing,get-listing,nl-feedback,nl-query,nl-questions,place-bid,search-listings,sync-mirror"
    error_message = "the migration job knows whom to grant rights"
  }

  assert {
    condition     = length(module.edge) == 0 && length(module.budget) == 0
    error_message = "load balancer and budget are asked for, not given"
  }

  assert {
    condition     = module.function["place_bid"].instances.min >= 1
    error_message = "bids never wait for a first instance"
  }

  assert {
    condition     = module.database.instance_name == "gavel" && module.database.replica_instance_name == "gavel-analysts"
    error_message = "analysts have a server of their own"
  }

  assert {
    condition     = output.connections.primary_most == 1130 && output.connections.primary_accepts == 1500
    error_message = "2 connections of migrations, and twice the market's 564"
  }

  assert {
    condition     = module.function["place_bid"].settings["TRACES"] == "cloud" && module.function["place_bid"].settings["OTEL_TRACES_SAMPLER_ARG"] == "0.05"
    error_message = "one request of twenty is traced"
  }

  assert {
    condition     = output.connections.replica_most == 56 && output.connections.replica_accepts == 200
    error_message = "twice the analysts' 28 connections"
  }
}

run "prod_needs_availability_type" {
  command = plan

  variables {
    database_availability_type = "ZONAL"
  }

  expect_failures = [var.database_availability_type]
}

run "prod_needs_backups_enabled" {
  command = plan

  variables {
    database_backups_enabled = false
  }

  expect_failures = [var.database_backups_enabled]
}

run "prod_needs_point_in_time_recovery" {
  command = plan

  variables {
    database_point_in_time_recovery = false
  }

  expect_failures = [var.database_point_in_time_recovery]
}

run "prod_needs_replica_enabled" {
  command = plan

  variables {
    database_replica_enabled = false
  }

  expect_failures = [var.database_replica_enabled]
}

run "prod_needs_retained_backups" {
  command = plan

  variables {
    database_retained_backups = 6
  }

  expect_failures = [var.database_retained_backups]
}

run "prod_needs_tier" {
  command = plan

  variables {
    database_tier = "db-g1-small"
  }

  expect_failures = [var.database_tier]
}

run "prod_needs_deletion_protection" {
  command = plan

  variables {
    deletion_protection = false
  }

  expect_failures = [var.deletion_protection]
}

run "prod_keeps_an_instance_for_bids" {
  command = plan

  variables {
    instances = { place_bid = { min = 0 } }
  }

  expect_failures = [var.instances]
}

run "prod_tells_somebody" {
  command = plan

  variables {
    notification_emails = []
  }

  expect_failures = [var.notification_emails]
}

run "a_restored_copy_takes_over" {
  command = plan

  variables {
    database_name = "gavel-2"
  }

  assert {
    condition     = module.database.instance_name == "gavel-2" && module.database.replica_instance_name == "gavel-2-analysts"
    error_message = "both names follow, so that the old replica's is not in the way"
  }
}

run "the_replica_fits_exactly" {
  command = plan

  variables {
    database_replica_max_connections = 156
  }

}

run "the_replica_is_one_too_small" {
  command = plan

  variables {
    database_replica_max_connections = 155
  }

  expect_failures = [var.database_replica_max_connections]
}
