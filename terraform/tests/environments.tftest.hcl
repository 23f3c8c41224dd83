# Both environments, planned with their own files.

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

variables {
  archives = {
    close_auctions  = "tests/fixtures/archive.txt"
    create_listing  = "tests/fixtures/archive.txt"
    get_listing     = "tests/fixtures/archive.txt"
    nl_feedback     = "tests/fixtures/archive.txt"
    nl_query        = "tests/fixtures/archive.txt"
    nl_questions    = "tests/fixtures/archive.txt"
    place_bid       = "tests/fixtures/archive.txt"
    search_listings = "tests/fixtures/archive.txt"
    sync_mirror     = "tests/fixtures/archive.txt"
  }
  analysts             = ["group:analysts@example.com"]
  dashboard_image      = "europe-west1-docker.pkg.dev/gavel-test/images/dashboard:1"
  firestore_rules      = "tests/fixtures/firestore.rules"
  github_owner_id      = "1"
  github_repository_id = "2"
  migrate_image        = "europe-west1-docker.pkg.dev/gavel-test/images/migrate:1"
  notification_emails  = ["on-call@example.com"]
  project_id           = "gavel-test"
  runbooks_url         = "https://example.com/docs/runbooks"
  secret_versions      = { reporting_db_password = "3" }
  state_bucket         = "gavel-test-state"
}

run "environments" {
  command = plan

  module {
    source = "./tests/environments"
  }
}

run "dev_is_cheap" {
  command = plan

  variables {
    budget_amount                   = run.environments.dev.budget_amount
    database_availability_type      = run.environments.dev.database_availability_type
    database_backups_enabled        = run.environments.dev.database_backups_enabled
    database_disk_gigabytes         = run.environments.dev.database_disk_gigabytes
    database_disk_limit_gigabytes   = run.environments.dev.database_disk_limit_gigabytes
    database_max_connections        = run.environments.dev.database_max_connections
    database_point_in_time_recovery = run.environments.dev.database_point_in_time_recovery
    database_replica_enabled        = run.environments.dev.database_replica_enabled
    database_tier                   = run.environments.dev.database_tier
    deletion_protection             = run.environments.dev.deletion_protection
    environment                     = run.environments.dev.environment
    mirror_keep_days                = run.environments.dev.mirror_keep_days
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
    condition     = alltrue([for function in module.function : function.instances.min == 0])
    error_message = "dev keeps no instance"
  }

  assert {
    condition     = module.database.replica_instance_name == null
    error_message = "dev has no replica"
  }

  assert {
    condition     = output.connections.primary_most == 266
    error_message = "2 connections of migrations, and twice the market's 116 and the analysts' 16"
  }

  assert {
    condition     = module.function["nl_query"].settings["REPORTING_CLOUD_SQL_INSTANCE"] == module.function["nl_query"].settings["CLOUD_SQL_INSTANCE"]
    error_message = "analysts share the server"
  }
}

run "prod_survives" {
  command = plan

  variables {
    budget_amount                    = run.environments.prod.budget_amount
    database_availability_type       = run.environments.prod.database_availability_type
    database_backups_enabled         = run.environments.prod.database_backups_enabled
    database_disk_gigabytes          = run.environments.prod.database_disk_gigabytes
    database_disk_limit_gigabytes    = run.environments.prod.database_disk_limit_gigabytes
    database_max_connections         = run.environments.prod.database_max_connections
    database_point_in_time_recovery  = run.environments.prod.database_point_in_time_recovery
    database_replica_enabled         = run.environments.prod.database_replica_enabled
    database_replica_max_connections = run.environments.prod.database_replica_max_connections
    database_replica_tier            = run.environments.prod.database_replica_tier
    database_reserved_connections    = run.environments.prod.database_reserved_connections
    database_retained_backups        = run.environments.prod.database_retained_backups
    database_tier                    = run.environments.prod.database_tier
    deletion_protection              = run.environments.prod.deletion_protection
    environment                      = run.environments.prod.environment
    instances                        = run.environments.prod.instances
    trace_share                      = run.environments.prod.trace_share
    mirror_keep_days                 = run.environments.prod.mirror_keep_days
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
    condition     = module.database.replica_instance_name == "gavel-analysts"
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
