# The server, the replica, and who may log in.

mock_provider "google" {
  override_during = plan
}

variables {
  availability_type      = "REGIONAL"
  backups_enabled        = true
  deletion_protection    = true
  disk_gigabytes         = 100
  disk_limit_gigabytes   = 500
  function_accounts      = { nl_query = "nl-query@p.iam.gserviceaccount.com", place_bid = "place-bid@p.iam.gserviceaccount.com" }
  max_connections        = 1500
  migrate_account        = "migrate@p.iam.gserviceaccount.com"
  network_id             = "projects/p/global/networks/gavel"
  point_in_time_recovery = true
  region                 = "europe-west1"
  replica_enabled        = true
  tier                   = "db-custom-4-15360"
}

run "nobody_comes_in_but_by_the_connector" {
  command = plan

  assert {
    condition = alltrue(flatten([for instance in concat([google_sql_database_instance.primary], values(google_sql_database_instance.replica)) : [
      instance.settings[0].ip_configuration[0].ipv4_enabled == false,
      instance.settings[0].ip_configuration[0].private_network == var.network_id,
      instance.settings[0].ip_configuration[0].server_ca_mode == "GOOGLE_MANAGED_INTERNAL_CA",
      instance.settings[0].ip_configuration[0].ssl_mode == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
      instance.settings[0].connector_enforcement == "REQUIRED",
    ]]))
    error_message = "no public address, and no way in without a certificate"
  }
}

run "it_survives" {
  command = plan

  assert {
    condition     = google_sql_database_instance.primary.settings[0].availability_type == "REGIONAL"
    error_message = "there is a standby"
  }

  assert {
    condition     = google_sql_database_instance.primary.settings[0].backup_configuration[0].enabled && google_sql_database_instance.primary.settings[0].backup_configuration[0].binary_log_enabled
    error_message = "any moment can be restored"
  }

  assert {
    condition     = google_sql_database_instance.primary.deletion_protection && google_sql_database_instance.primary.settings[0].deletion_protection_enabled
    error_message = "Terraform and the API both refuse to delete"
  }

  assert {
    condition     = google_sql_database_instance.primary.settings[0].retain_backups_on_delete && google_sql_database_instance.primary.settings[0].final_backup_config[0].enabled
    error_message = "backups outlive the instance"
  }
}

run "the_server_is_set_as_the_product_needs" {
  command = plan

  assert {
    condition = alltrue([for name, value in {
      cloudsql_iam_authentication = "on"
      default_time_zone           = "+00:00"
      innodb_print_all_deadlocks  = "on"
      local_infile                = "off"
      max_connections             = "1500"
      transaction_isolation       = "READ-COMMITTED"
    } : contains([for flag in google_sql_database_instance.primary.settings[0].database_flags : "${flag.name}=${flag.value}"], "${name}=${value}")])
    error_message = "flags of the primary"
  }

  assert {
    condition     = contains([for flag in google_sql_database_instance.replica["analysts"].settings[0].database_flags : "${flag.name}=${flag.value}"], "max_connections=200")
    error_message = "the replica has a limit of its own"
  }

  assert {
    condition     = google_sql_database_instance.primary.database_version == "MYSQL_8_4" && google_sql_database_instance.primary.settings[0].edition == "ENTERPRISE"
    error_message = "the edition fits the tiers"
  }

  assert {
    condition     = toset([for schema in google_sql_database.schema : schema.name]) == toset(["gavel", "reporting"])
    error_message = "one schema for the market, one for the analysts' views"
  }
}

run "accounts_log_in_without_a_password" {
  command = apply

  assert {
    condition     = alltrue([for user in concat(values(google_sql_user.function), [google_sql_user.migrate]) : user.type == "CLOUD_IAM_SERVICE_ACCOUNT"])
    error_message = "service accounts alone"
  }

  assert {
    condition     = google_sql_user.function["place_bid"].name == "place-bid@p.iam.gserviceaccount.com"
    error_message = "the provider takes the whole e-mail"
  }

  assert {
    condition     = google_sql_user.migrate.database_roles == tolist(["cloudsqlsuperuser"]) && alltrue([for user in google_sql_user.function : length(coalesce(user.database_roles, [])) == 0])
    error_message = "migrations alone may alter the schema"
  }
}

run "dev_has_one_cheap_server" {
  command = plan

  variables {
    availability_type      = "ZONAL"
    backups_enabled        = false
    deletion_protection    = false
    point_in_time_recovery = false
    replica_enabled        = false
    tier                   = "db-g1-small"
  }

  assert {
    condition     = length(google_sql_database_instance.replica) == 0 && output.replica_connection_name == null
    error_message = "no replica"
  }

  assert {
    condition     = !google_sql_database_instance.primary.deletion_protection && length(google_sql_database_instance.primary.settings[0].final_backup_config) == 0
    error_message = "it may be thrown away"
  }
}

run "a_standby_without_a_log" {
  command = plan

  variables {
    point_in_time_recovery = false
    replica_enabled        = false
  }

  expect_failures = [var.availability_type]
}

run "recovery_without_backups" {
  command = plan

  variables {
    availability_type = "ZONAL"
    backups_enabled   = false
    replica_enabled   = false
  }

  expect_failures = [var.point_in_time_recovery]
}

run "a_replica_without_a_log" {
  command = plan

  variables {
    availability_type      = "ZONAL"
    point_in_time_recovery = false
  }

  expect_failures = [google_sql_database_instance.replica]
}

run "a_tier_of_another_edition" {
  command = plan

  variables {
    tier = "db-perf-optimized-N-4"
  }

  expect_failures = [var.tier]
}

run "the_disk_may_stay_as_it_is" {
  command = plan

  variables {
    disk_limit_gigabytes = 100
  }
}

run "the_disk_may_not_shrink" {
  command = plan

  variables {
    disk_limit_gigabytes = 99
  }

  expect_failures = [var.disk_limit_gigabytes]
}

run "the_log_is_kept_for_a_week_at_most" {
  command = plan

  variables {
    log_days = 8
  }

  expect_failures = [var.log_days]
}

run "people_come_in_by_their_own_accounts" {
  command = plan
  variables { operators = ["ann@example.com"] }

  assert {
    condition     = google_sql_user.operator["ann@example.com"].type == "CLOUD_IAM_USER" && google_sql_user.operator["ann@example.com"].database_roles == tolist(["cloudsqlsuperuser"])
    error_message = "without a password, and with what mending needs"
  }
}

run "nobody_comes_in_unasked" {
  command = plan

  assert {
    condition     = length(google_sql_user.operator) == 0
    error_message = "people are named"
  }
}

run "a_person_is_not_a_function" {
  command = plan
  variables { operators = ["place-bid@example.com"] }
  expect_failures = [var.operators]
}

run "a_name_of_32_characters" {
  command = plan
  variables { operators = ["abcdefghijklmnopqrstuvwxyz012345@example.com"] }
}

run "a_name_of_33_characters" {
  command = plan
  variables { operators = ["abcdefghijklmnopqrstuvwxyz0123456@example.com"] }
  expect_failures = [var.operators]
}

run "a_replica_that_hangs_is_replaced" {
  command = plan
  variables { replica_name = "analysts-2" }

  assert {
    condition     = google_sql_database_instance.replica["analysts"].name == "gavel-analysts-2" && !google_sql_database_instance.replica["analysts"].deletion_protection && !google_sql_database_instance.replica["analysts"].settings[0].deletion_protection_enabled
    error_message = "under another name, and nothing keeps the old one"
  }
}

run "a_replica_without_a_name" {
  command = plan
  variables { replica_name = "" }
  expect_failures = [var.replica_name]
}

run "an_instance_of_32_characters" {
  command = plan
  variables { name = "abcdefghijklmnopqrstuvwxyz-01234" }

  assert {
    condition     = google_sql_database_instance.primary.name == "abcdefghijklmnopqrstuvwxyz-01234" && google_sql_database_instance.replica["analysts"].name == "abcdefghijklmnopqrstuvwxyz-01234-analysts"
    error_message = "its replica's name begins with it"
  }
}

run "an_instance_of_33_characters" {
  command = plan
  variables { name = "abcdefghijklmnopqrstuvwxyz-012345" }
  expect_failures = [var.name]
}

run "an_instance_that_begins_with_a_digit" {
  command = plan
  variables { name = "2-gavel" }
  expect_failures = [var.name]
}
