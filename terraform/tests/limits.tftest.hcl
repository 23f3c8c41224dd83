# What cannot be planned, and what just can.

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

run "prod_needs_availability_type" {
  command = plan

  variables {
    budget_amount                    = run.environments.prod.budget_amount
    database_availability_type       = "ZONAL"
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

  expect_failures = [var.database_availability_type]
}

run "prod_needs_backups_enabled" {
  command = plan

  variables {
    budget_amount                    = run.environments.prod.budget_amount
    database_availability_type       = run.environments.prod.database_availability_type
    database_backups_enabled         = false
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

  expect_failures = [var.database_backups_enabled]
}

run "prod_needs_point_in_time_recovery" {
  command = plan

  variables {
    budget_amount                    = run.environments.prod.budget_amount
    database_availability_type       = run.environments.prod.database_availability_type
    database_backups_enabled         = run.environments.prod.database_backups_enabled
    database_disk_gigabytes          = run.environments.prod.database_disk_gigabytes
    database_disk_limit_gigabytes    = run.environments.prod.database_disk_limit_gigabytes
    database_max_connections         = run.environments.prod.database_max_connections
    database_point_in_time_recovery  = false
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

  expect_failures = [var.database_point_in_time_recovery]
}

run "prod_needs_replica_enabled" {
  command = plan

  variables {
    budget_amount                    = run.environments.prod.budget_amount
    database_availability_type       = run.environments.prod.database_availability_type
    database_backups_enabled         = run.environments.prod.database_backups_enabled
    database_disk_gigabytes          = run.environments.prod.database_disk_gigabytes
    database_disk_limit_gigabytes    = run.environments.prod.database_disk_limit_gigabytes
    database_max_connections         = run.environments.prod.database_max_connections
    database_point_in_time_recovery  = run.environments.prod.database_point_in_time_recovery
    database_replica_enabled         = false
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

  expect_failures = [var.database_replica_enabled]
}

run "prod_needs_retained_backups" {
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
    database_retained_backups        = 6
    database_tier                    = run.environments.prod.database_tier
    deletion_protection              = run.environments.prod.deletion_protection
    environment                      = run.environments.prod.environment
    instances                        = run.environments.prod.instances
    trace_share                      = run.environments.prod.trace_share
    mirror_keep_days                 = run.environments.prod.mirror_keep_days
  }

  expect_failures = [var.database_retained_backups]
}

run "prod_needs_tier" {
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
    database_tier                    = "db-g1-small"
    deletion_protection              = run.environments.prod.deletion_protection
    environment                      = run.environments.prod.environment
    instances                        = run.environments.prod.instances
    trace_share                      = run.environments.prod.trace_share
    mirror_keep_days                 = run.environments.prod.mirror_keep_days
  }

  expect_failures = [var.database_tier]
}

run "prod_needs_deletion_protection" {
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
    deletion_protection              = false
    environment                      = run.environments.prod.environment
    instances                        = run.environments.prod.instances
    trace_share                      = run.environments.prod.trace_share
    mirror_keep_days                 = run.environments.prod.mirror_keep_days
  }

  expect_failures = [var.deletion_protection]
}

run "prod_keeps_an_instance_for_bids" {
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
    instances                        = { place_bid = { min = 0 } }
    trace_share                      = run.environments.prod.trace_share
    mirror_keep_days                 = run.environments.prod.mirror_keep_days
  }

  expect_failures = [var.instances]
}

run "prod_tells_somebody" {
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
    notification_emails              = []
  }

  expect_failures = [var.notification_emails]
}

run "pools_fit_exactly" {
  command = plan

  variables {
    budget_amount                   = run.environments.dev.budget_amount
    database_availability_type      = run.environments.dev.database_availability_type
    database_backups_enabled        = run.environments.dev.database_backups_enabled
    database_disk_gigabytes         = run.environments.dev.database_disk_gigabytes
    database_disk_limit_gigabytes   = run.environments.dev.database_disk_limit_gigabytes
    database_max_connections        = 306
    database_point_in_time_recovery = run.environments.dev.database_point_in_time_recovery
    database_replica_enabled        = run.environments.dev.database_replica_enabled
    database_tier                   = run.environments.dev.database_tier
    deletion_protection             = run.environments.dev.deletion_protection
    environment                     = run.environments.dev.environment
    mirror_keep_days                = run.environments.dev.mirror_keep_days
  }

  assert {
    condition     = output.connections.primary_most == output.connections.primary_accepts - 40
    error_message = "the last connection that fits"
  }
}

run "pools_are_one_too_many" {
  command = plan

  variables {
    budget_amount                   = run.environments.dev.budget_amount
    database_availability_type      = run.environments.dev.database_availability_type
    database_backups_enabled        = run.environments.dev.database_backups_enabled
    database_disk_gigabytes         = run.environments.dev.database_disk_gigabytes
    database_disk_limit_gigabytes   = run.environments.dev.database_disk_limit_gigabytes
    database_max_connections        = 305
    database_point_in_time_recovery = run.environments.dev.database_point_in_time_recovery
    database_replica_enabled        = run.environments.dev.database_replica_enabled
    database_tier                   = run.environments.dev.database_tier
    deletion_protection             = run.environments.dev.deletion_protection
    environment                     = run.environments.dev.environment
    mirror_keep_days                = run.environments.dev.mirror_keep_days
  }

  expect_failures = [var.database_max_connections]
}

run "pools_grow_with_instances" {
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
    instances                       = { place_bid = { max = 9 } }
  }

  expect_failures = [var.database_max_connections]
}

run "pools_allow_one_instance_less" {
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
    instances                       = { place_bid = { max = 8 } }
  }

}

run "the_replica_fits_exactly" {
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
    database_replica_max_connections = 156
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

}

run "the_replica_is_one_too_small" {
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
    database_replica_max_connections = 155
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

  expect_failures = [var.database_replica_max_connections]
}

run "an_operation_without_archive" {
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
    archives                        = { place_bid = "tests/fixtures/archive.txt" }
  }

  expect_failures = [var.archives]
}

run "an_archive_without_operation" {
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
    secret_versions                 = { openai_api_key = "latest" }
  }

  expect_failures = [var.secret_versions]
}

run "a_pool_past_the_count" {
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
    settings                        = { place_bid = { DB_POOL_SIZE = "100" } }
  }

  expect_failures = [var.settings]
}

run "a_subnet_that_just_holds_them" {
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
    functions_range                 = "10.20.0.0/25"
  }

}

run "a_subnet_too_small" {
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
    functions_range                 = "10.20.0.0/26"
  }

  expect_failures = [check.subnet_holds_the_instances]
}

run "nobody_may_ask_without_a_password" {
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
    secret_versions                 = {}
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
    dashboard_image                 = null
    migrate_image                   = null
  }

  expect_failures = [check.schema_is_migrated]
  assert {
    condition     = length(google_cloud_run_v2_job.migrate) == 0
    error_message = "the registry has to be there before an image can be"
  }
}

run "an_edge_closes_the_side_door" {
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
    edge_domain                     = "api.example.com"
  }

  assert {
    condition     = length(module.edge) == 1
    error_message = "there is a load balancer"
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
