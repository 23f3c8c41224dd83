# Cloud SQL for MySQL: the market's instance, the analysts' replica where there is one, the schemas and who may log in.
# What a user may do inside is granted by the migration job; an IAM user begins with no right at all.

resource "google_sql_database_instance" "primary" {
  name                = var.name
  region              = var.region
  database_version    = "MYSQL_8_4"
  deletion_protection = var.deletion_protection # Terraform refuses

  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE" # newer versions default to ENTERPRISE_PLUS, which has other tiers
    availability_type           = var.availability_type
    deletion_protection_enabled = var.deletion_protection # the API refuses, whoever asks
    retain_backups_on_delete    = var.backups_enabled
    disk_type                   = "PD_SSD"
    disk_size                   = var.disk_gigabytes
    disk_autoresize             = true
    disk_autoresize_limit       = var.disk_limit_gigabytes
    connector_enforcement       = "REQUIRED" # nobody comes in but by IAM and the connector's certificates

    backup_configuration {
      enabled                        = var.backups_enabled
      binary_log_enabled             = var.point_in_time_recovery # MySQL's way back to any moment
      start_time                     = "02:00"
      transaction_log_retention_days = var.log_days

      backup_retention_settings {
        retained_backups = var.retained_backups
        retention_unit   = "COUNT"
      }
    }

    dynamic "database_flags" {
      for_each = merge(local.flags, { max_connections = tostring(var.max_connections) })

      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }

    dynamic "final_backup_config" {
      for_each = var.deletion_protection ? { enabled = 30 } : {}

      content {
        enabled        = true
        retention_days = final_backup_config.value
      }
    }

    insights_config {
      query_insights_enabled  = true
      query_plans_per_minute  = 5
      query_string_length     = 1024
      record_application_tags = false
      record_client_address   = false
    }

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network_id
      server_ca_mode  = "GOOGLE_MANAGED_INTERNAL_CA" # certificates name the instance, and functions look at the name
      ssl_mode        = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    maintenance_window {
      day          = 7
      hour         = 3
      update_track = var.replica_enabled ? "stable" : "canary" # what keeps a replica is production: dev is updated first
    }
  }
}

# It holds nothing of its own: one that hangs is replaced by another under a new name, which is made before the old one goes.
resource "google_sql_database_instance" "replica" {
  for_each = var.replica_enabled ? { analysts = var.replica_tier } : {}

  name                 = "${var.name}-${var.replica_name}"
  region               = var.region
  database_version     = "MYSQL_8_4"
  master_instance_name = google_sql_database_instance.primary.name
  deletion_protection  = false

  settings {
    tier                        = each.value
    edition                     = "ENTERPRISE"
    availability_type           = "ZONAL" # analysts can wait; it can be made again from the primary
    deletion_protection_enabled = false
    disk_type                   = "PD_SSD"
    disk_size                   = var.disk_gigabytes
    disk_autoresize             = true
    disk_autoresize_limit       = var.disk_limit_gigabytes
    connector_enforcement       = "REQUIRED"

    dynamic "database_flags" {
      for_each = merge(local.flags, { max_connections = tostring(var.replica_max_connections) })

      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }

    insights_config {
      query_insights_enabled = true
    }

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network_id
      server_ca_mode  = "GOOGLE_MANAGED_INTERNAL_CA" # certificates name the instance, and functions look at the name
      ssl_mode        = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = var.backups_enabled && var.point_in_time_recovery
      error_message = "A replica reads the primary's binary log: turn on backups_enabled and point_in_time_recovery, or turn off replica_enabled."
    }
  }
}

resource "google_sql_database" "schema" {
  for_each = toset([var.schema, var.reporting_schema])

  name            = each.value
  instance        = google_sql_database_instance.primary.name
  charset         = "utf8mb4"
  collation       = "utf8mb4_0900_ai_ci"
  deletion_policy = var.deletion_protection ? "ABANDON" : "DELETE"
}

resource "google_sql_user" "function" {
  for_each = var.function_accounts

  name     = each.value # MySQL's own name of it is what stands before the @
  instance = google_sql_database_instance.primary.name
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"
}

resource "google_sql_user" "migrate" {
  name           = var.migrate_account
  instance       = google_sql_database_instance.primary.name
  type           = "CLOUD_IAM_SERVICE_ACCOUNT"
  database_roles = ["cloudsqlsuperuser"] # it alters the schema, makes the analysts' user and grants the others' rights
}

# People who look after the server: by IAM as well, so that nobody has a password and whoever leaves has no way in.
resource "google_sql_user" "operator" {
  for_each = var.operators

  name           = each.value
  instance       = google_sql_database_instance.primary.name
  type           = "CLOUD_IAM_USER"
  database_roles = ["cloudsqlsuperuser"]
}

locals {
  # Each differs from the server's default, or must not be left to it.
  flags = {
    cloudsql_iam_authentication = "on"
    default_time_zone           = "+00:00"
    innodb_lock_wait_timeout    = "5"  # seconds; a function's session asks for less
    innodb_print_all_deadlocks  = "on" # the log shows what each was; the alert counts by the server's metric
    local_infile                = "off"
    log_output                  = "FILE"  # to Cloud Logging
    long_query_time             = "1"     # seconds
    max_execution_time          = "60000" # milliseconds a SELECT may take where the session sets nothing
    slow_query_log              = "on"
    transaction_isolation       = "READ-COMMITTED"
  }
}
