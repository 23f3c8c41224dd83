# Pool arithmetic. While a deployment moves traffic, the instances of two revisions hold connections; the migration job
# has two of its own. What is left is for people with the Auth Proxy and for the server itself.

locals {
  revisions_at_once     = 2
  migration_connections = 2

  market_connections = local.migration_connections + local.revisions_at_once * sum([
    for operation, function in local.functions : local.instances[operation].max * function.db_pool
  ])
  reporting_connections = local.revisions_at_once * sum([
    for operation, function in local.functions : local.instances[operation].max * function.reporting_pool
  ])

  primary_connections = local.market_connections + (var.database_replica_enabled ? 0 : local.reporting_connections)
}

check "analysts_can_ask" {
  assert {
    condition     = contains(keys(var.secret_versions), "reporting_db_password")
    error_message = "Analysts' questions are not answered yet: put a password into the secret reporting-db-password and give its version in secret_versions (docs/operations.md)."
  }
}

check "schema_is_migrated" {
  assert {
    condition     = var.migrate_image != null
    error_message = "There is no migration job yet: push its image and give it as migrate_image. Until it has run, functions may not read a table."
  }
}

check "subnet_holds_the_instances" {
  assert {
    condition = pow(2, 32 - tonumber(split("/", var.functions_range)[1])) - 4 >= 2 * local.revisions_at_once * sum([
      for operation in keys(local.functions) : local.instances[operation].max
    ])
    error_message = "The functions' subnet may run out of addresses: direct VPC egress takes two per instance, twice that during a deployment. Choose a larger functions_range or fewer instances."
  }
}
