# dev: planned with its own file, and what cannot be planned there, beside what just can.

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

# What environments/dev.tfvars says; the first run compares. A run below changes one thing.
variables {
  environment = "dev"

  database_availability_type      = "ZONAL"
  database_backups_enabled        = false
  database_disk_gigabytes         = 10
  database_disk_limit_gigabytes   = 50
  database_max_connections        = 400
  database_point_in_time_recovery = false
  database_replica_enabled        = false
  database_tier                   = "db-g1-small"
  deletion_protection             = false

  budget_amount    = 50
  mirror_keep_days = 30
}

run "environments" {
  command = plan

  module {
    source = "./tests/environments"
  }
}

run "dev_is_cheap" {
  command = plan

  assert {
    condition = jsonencode(run.environments.dev) == jsonencode({
      budget_amount                   = var.budget_amount
      database_availability_type      = var.database_availability_type
      database_backups_enabled        = var.database_backups_enabled
      database_disk_gigabytes         = var.database_disk_gigabytes
      database_disk_limit_gigabytes   = var.database_disk_limit_gigabytes
      database_max_connections        = var.database_max_connections
      database_point_in_time_recovery = var.database_point_in_time_recovery
      database_replica_enabled        = var.database_replica_enabled
      database_tier                   = var.database_tier
      deletion_protection             = var.deletion_protection
      environment                     = var.environment
      mirror_keep_days                = var.mirror_keep_days
    })
    error_message = "these tests plan with something else than environments/dev.tfvars"
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
    condition     = output.called_urls == output.function_urls
    error_message = "an operation is called at its function"
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

run "pools_fit_exactly" {
  command = plan

  variables {
    database_max_connections = 306
  }

  assert {
    condition     = output.connections.primary_most == output.connections.primary_accepts - 40
    error_message = "the last connection that fits"
  }
}

run "pools_are_one_too_many" {
  command = plan

  variables {
    database_max_connections = 305
  }

  expect_failures = [var.database_max_connections]
}

run "pools_grow_with_instances" {
  command = plan

  variables {
    instances = { place_bid = { max = 9 } }
  }

  expect_failures = [var.database_max_connections]
}

run "pools_allow_one_instance_less" {
  command = plan

  variables {
    instances = { place_bid = { max = 8 } }
  }

}

run "an_operation_without_archive" {
  command = plan

  variables {
    archives = { place_bid = "tests/fixtures/archive.txt" }
  }

  expect_failures = [var.archives]
}

run "an_archive_without_operation" {
  command = plan

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
      no_such_thing   = "tests/fixtures/archive.txt"
    }
  }

  expect_failures = [var.archives]
}

run "a_secret_without_number" {
  command = plan

  variables {
    secret_versions = { openai_api_key = "latest" }
  }

  expect_failures = [var.secret_versions]
}

run "a_pool_past_the_count" {
  command = plan

  variables {
    settings = { place_bid = { DB_POOL_SIZE = "100" } }
  }

  expect_failures = [var.settings]
}

run "a_subnet_that_just_holds_them" {
  command = plan

  variables {
    functions_range = "10.20.0.0/25"
  }

}

run "a_subnet_too_small" {
  command = plan

  variables {
    functions_range = "10.20.0.0/26"
  }

  expect_failures = [check.subnet_holds_the_instances]
}

run "nobody_may_ask_without_a_password" {
  command = plan

  variables {
    secret_versions = {}
  }

  expect_failures = [check.analysts_can_ask]
  assert {
    condition     = length(module.function["nl_query"].secrets) == 0 && !contains(keys(module.function["nl_query"].settings), "REPORTING_DB_USER")
    error_message = "half a setting would fail at the first question"
  }
}

run "the_first_time_there_is_no_image" {
  command = plan

  variables {
    dashboard_image = null
    migrate_image   = null
  }

  expect_failures = [check.schema_is_migrated]
  assert {
    condition     = length(google_cloud_run_v2_job.migrate) == 0
    error_message = "the registry has to be there before an image can be"
  }
}

run "an_edge_stands_beside_the_door_at_first" {
  command = plan

  variables {
    edge_domain = "api.example.com"
  }

  assert {
    condition     = length(module.edge) == 1
    error_message = "there is a load balancer, whose address the A record needs"
  }

  assert {
    condition     = alltrue([for operation in ["create_listing", "get_listing", "place_bid", "search_listings"] : module.function[operation].ingress == "ALLOW_ALL"])
    error_message = "until it has a certificate nobody could call through it"
  }

  assert {
    condition     = !strcontains(output.site_firebase_json, "api.example.com") && local.api_base == "https://gavel-test.web.app/api"
    error_message = "pages and uptime checks call as before"
  }

  assert {
    condition     = output.called_urls == output.function_urls
    error_message = "and so does the smoke test"
  }

  assert {
    condition     = module.function["place_bid"].settings["ALLOWED_ORIGINS"] == "https://gavel-test.web.app,https://gavel-test.firebaseapp.com"
    error_message = "and it answers pages from the first day"
  }
}

run "an_edge_closes_the_side_door" {
  command = plan

  variables {
    edge_domain = "api.example.com"
    edge_only   = true
  }

  assert {
    condition     = length(module.edge) == 1
    error_message = "there is a load balancer"
  }

  assert {
    condition     = strcontains(output.site_firebase_json, "connect-src 'self' https://api.example.com ") && local.api_base == "https://api.example.com/api"
    error_message = "pages and uptime checks call it"
  }

  assert {
    condition = output.called_urls == merge(output.function_urls, {
      create_listing  = "https://api.example.com/api/create_listing"
      get_listing     = "https://api.example.com/api/get_listing"
      place_bid       = "https://api.example.com/api/place_bid"
      search_listings = "https://api.example.com/api/search_listings"
    })
    error_message = "so does the smoke test, for a function's own address answers it no more; scheduler and dashboard call as before"
  }

  assert {
    condition     = alltrue([for operation, function in module.function : function.ingress == (contains(["create_listing", "get_listing", "place_bid", "search_listings"], operation) ? "ALLOW_INTERNAL_AND_GCLB" : startswith(operation, "nl_") ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY")])
    error_message = "public functions answer the load balancer alone"
  }

  assert {
    condition     = module.function["place_bid"].settings["ALLOWED_ORIGINS"] == "https://gavel-test.web.app,https://gavel-test.firebaseapp.com"
    error_message = "the site may call another host"
  }
}

run "a_door_is_not_closed_without_another" {
  command = plan

  variables {
    edge_only = true
  }

  expect_failures = [var.edge_only]
}

run "people_reach_the_database" {
  command = plan

  variables {
    database_operators = ["ann@example.com"]
  }

  assert {
    condition     = toset([for member in google_project_iam_member.operator : "${member.member} ${member.role}"]) == toset(["user:ann@example.com roles/cloudsql.client", "user:ann@example.com roles/cloudsql.instanceUser", "user:ann@example.com roles/cloudsql.studioUser"])
    error_message = "a user of the database who cannot reach it is none"
  }
}
