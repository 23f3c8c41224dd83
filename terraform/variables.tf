variable "analysts" {
  description = "Who may open the analysts' app: user:, group: or domain: members."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "archives" {
  description = "Path of each operation's staged archive (zip), by operation, relative to this folder."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(local.functions), keys(var.archives))) == 0
    error_message = "An operation has no archive: give one for each entry of functions.tf."
  }

  validation {
    condition     = length(setsubtract(keys(var.archives), keys(local.functions))) == 0
    error_message = "There is an archive of an operation that functions.tf does not have: add its entry, or leave the archive out."
  }
}

variable "billing_account" {
  description = "Id of the billing account, for the budget's alert; null for none."
  type        = string
  default     = null
  nullable    = true
}

variable "budget_amount" {
  description = "What a month may cost, in whole units of budget_currency, before people are told."
  type        = number
  default     = 100
  nullable    = false
}

variable "budget_currency" {
  description = "Currency of the billing account, as ISO 4217 has it."
  type        = string
  default     = "USD"
  nullable    = false
}

variable "dashboard_image" {
  description = "Image of the analysts' app, pinned by tag or digest; null before the first was pushed, which leaves the app out."
  type        = string
  default     = null
  nullable    = true
}

variable "database_availability_type" {
  description = "REGIONAL keeps a standby of the database in a second zone, ZONAL does not."
  type        = string
  default     = "REGIONAL"
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.database_availability_type == "REGIONAL"
    error_message = "prod needs a standby: set database_availability_type = \"REGIONAL\" in environments/prod.tfvars."
  }
}

variable "database_backups_enabled" {
  description = "Whether the database is backed up every night."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.database_backups_enabled
    error_message = "prod needs backups: set database_backups_enabled = true in environments/prod.tfvars."
  }
}

variable "database_disk_gigabytes" {
  description = "Size of the database's disk at the start, in GB."
  type        = number
  nullable    = false
}

variable "database_disk_limit_gigabytes" {
  description = "Size up to which the database's disk grows by itself, in GB."
  type        = number
  nullable    = false
}

variable "database_max_connections" {
  description = "Connections that the database accepts; changing it restarts the server."
  type        = number
  nullable    = false

  validation {
    condition     = local.primary_connections <= var.database_max_connections - var.database_reserved_connections
    error_message = "The functions could open more connections than the database accepts: ${local.primary_connections} with ${var.database_reserved_connections} kept free, of ${var.database_max_connections}. Raise database_max_connections (and the tier with it), or lower instances or a db_pool."
  }
}

variable "database_name" {
  description = "Name of the database's instance. Another name adopts a copy that was restored under it, once the copy has been imported (docs/restore.md); without that it would replace the database by an empty one."
  type        = string
  default     = "gavel"
  nullable    = false
}

variable "database_operators" {
  description = "E-mail addresses of people who may do everything inside the database, for when something is wrong in there."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "database_point_in_time_recovery" {
  description = "Whether any moment of the last seven days can be restored."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.database_point_in_time_recovery
    error_message = "prod needs point-in-time recovery: set database_point_in_time_recovery = true in environments/prod.tfvars."
  }
}

variable "database_replica_enabled" {
  description = "Whether analysts read from a database server of their own."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.database_replica_enabled
    error_message = "prod needs a replica for analysts, whose questions would slow bids down: set database_replica_enabled = true in environments/prod.tfvars."
  }
}

variable "database_replica_max_connections" {
  description = "Connections that the analysts' replica accepts."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = !var.database_replica_enabled || local.reporting_connections <= var.database_replica_max_connections - var.database_reserved_connections
    error_message = "The analysts' functions could open more connections than the replica accepts: ${local.reporting_connections} with ${var.database_reserved_connections} kept free, of ${var.database_replica_max_connections}. Raise database_replica_max_connections, or lower instances or a reporting_pool."
  }
}

variable "database_replica_name" {
  description = "Second part of the name of the analysts' replica; another makes another replica and then removes the old one."
  type        = string
  default     = "analysts"
  nullable    = false
}

variable "database_replica_tier" {
  description = "Machine type of the analysts' replica."
  type        = string
  default     = "db-custom-2-7680"
  nullable    = false
}

variable "database_reserved_connections" {
  description = "Connections of each server that no function may count on: for people, monitoring and the server itself."
  type        = number
  default     = 40
  nullable    = false

  validation {
    condition     = var.database_reserved_connections >= 10
    error_message = "Keep at least 10 connections free: whoever has to mend the database needs one."
  }
}

variable "database_retained_backups" {
  description = "Nightly backups that are kept."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.database_retained_backups >= 7
    error_message = "prod keeps at least 7 backups: a fault may be found only after a week."
  }
}

variable "database_tier" {
  description = "Machine type of the database: a shared core, or db-custom-PROCESSORS-MEGABYTES."
  type        = string
  nullable    = false

  validation {
    condition     = var.environment != "prod" || startswith(var.database_tier, "db-custom-")
    error_message = "prod needs processors of its own, such as db-custom-4-15360: shared cores have no service level."
  }
}

variable "deletion_protection" {
  description = "Whether databases, secrets and the mirror are protected from deletion, by Terraform and by their APIs."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.environment != "prod" || var.deletion_protection
    error_message = "prod is protected from deletion: set deletion_protection = true in environments/prod.tfvars. Whoever means to take it down sets environment = \"dev\" first."
  }
}

variable "edge_domain" {
  description = "Host name of the load balancer before the public functions; null for none: the site's own host passes calls on."
  type        = string
  default     = null
  nullable    = true
}

variable "edge_only" {
  description = "Whether public functions answer the load balancer alone, and the site calls them there. Set it once edge_domain has its A record and its certificate: until then nobody could call them."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.edge_only || var.edge_domain != null
    error_message = "Without a load balancer nobody could call the functions: give edge_domain as well, or leave edge_only out."
  }
}

variable "environment" {
  description = "Which environment this is: dev is cheap and may be thrown away, prod is neither."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "Choose dev or prod."
  }
}

variable "federated_sign_in" {
  description = "Whether people sign in through Google's window."
  type        = bool
  default     = false
  nullable    = false
}

variable "firestore_location" {
  description = "Location of the mirror, such as eur3; null for the region. It can never be changed."
  type        = string
  default     = null
  nullable    = true
}

variable "firestore_rules" {
  description = "Path of the mirror's security rules, relative to this folder."
  type        = string
  default     = "../firestore.rules"
  nullable    = false

  validation {
    condition     = fileexists(var.firestore_rules)
    error_message = "There is no such file: the repository keeps the rules in firestore.rules."
  }
}

variable "functions_range" {
  description = "IPv4 range (CIDR) of the functions' subnet."
  type        = string
  default     = "10.20.0.0/22"
  nullable    = false
}

variable "github_owner_id" {
  description = "Number of the GitHub account that owns the repository (gh api repos/OWNER/NAME --jq .owner.id)."
  type        = string
  nullable    = false
}

variable "github_repository_id" {
  description = "Number of the GitHub repository (gh api repos/OWNER/NAME --jq .id)."
  type        = string
  nullable    = false
}

variable "instances" {
  description = "Least and most instances of an operation's function, where functions.tf's own numbers do not suit this environment."
  type        = map(object({ max = optional(number), min = optional(number) }))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.instances), keys(local.functions))) == 0
    error_message = "There is an operation that functions.tf does not have: correct its name."
  }

  validation {
    condition     = var.environment != "prod" || coalesce(try(var.instances["place_bid"].min, null), 0) >= 1
    error_message = "prod keeps at least one place_bid instance, for its first connection through the network may take a minute: set instances.place_bid.min in environments/prod.tfvars."
  }
}

variable "migrate_image" {
  description = "Image with `python -m dev.migrate`, pinned by tag or digest; null before the first was pushed, which leaves the job out."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.migrate_image == null || !endswith(coalesce(var.migrate_image, "-"), ":latest")
    error_message = "Pin the image by digest or by a tag that is not latest, so that a plan says what will run."
  }
}

variable "mirror_keep_days" {
  description = "Days after an auction's end until its document in the mirror is deleted; null keeps all."
  type        = number
  default     = null
  nullable    = true
}

variable "notification_channels" {
  description = "Full names of notification channels that exist already, such as those to a pager."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "notification_emails" {
  description = "E-mail addresses that get every alert."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = var.environment != "prod" || length(var.notification_emails) + length(var.notification_channels) > 0
    error_message = "prod's alerts must reach somebody: give notification_emails or notification_channels."
  }
}

variable "project_id" {
  description = "Id of the project; each environment has its own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project id has 6 to 30 lower-case letters, digits and hyphens and begins with a letter."
  }
}

variable "region" {
  description = "Region of everything that has one."
  type        = string
  default     = "europe-west1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "Give a region such as europe-west1, not a zone."
  }
}

variable "runbooks_url" {
  description = "Address of the folder docs/runbooks, to which every alert links."
  type        = string
  nullable    = false
}

variable "runtime" {
  description = "Runtime that the functions are built for."
  type        = string
  default     = "python312"
  nullable    = false
}

variable "scheduler_paused" {
  description = "Whether auctions are not closed and the mirror not repaired for now, as during a restore."
  type        = bool
  default     = false
  nullable    = false
}

variable "second_factor" {
  description = "Whether people may (ENABLED) or must (MANDATORY) sign in with a second factor; DISABLED offers none."
  type        = string
  default     = "ENABLED"
  nullable    = false
}

variable "secret_versions" {
  description = "Number of the version in force of each secret: openai_api_key and reporting_db_password. One that is not named is not used."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.secret_versions), ["openai_api_key", "reporting_db_password"])) == 0
    error_message = "There are the secrets openai_api_key and reporting_db_password: correct the name."
  }

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "Give the number of a version: \"latest\" differs between instances."
  }
}

variable "services_range" {
  description = "IPv4 range (CIDR) that is lent to Google for the database; it cannot be changed while a database lives in it."
  type        = string
  default     = "10.30.0.0/20"
  nullable    = false
}

variable "settings" {
  description = "Further settings (environment variables) by operation, as .env.example has them, none of them secret."
  type        = map(map(string))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.settings), keys(local.functions))) == 0
    error_message = "There is an operation that functions.tf does not have: correct its name."
  }

  validation {
    condition     = alltrue([for settings in values(var.settings) : length(setintersection(keys(settings), ["DB_POOL_SIZE", "REPORTING_DB_POOL_SIZE"])) == 0])
    error_message = "Pools are set in functions.tf, where they are counted against the server's connections."
  }
}

variable "sign_up_enabled" {
  description = "Whether people may open an account themselves."
  type        = bool
  default     = true
  nullable    = false
}

variable "site_id" {
  description = "Id of the Hosting site, the first label of SITE.web.app; null for the project's id."
  type        = string
  default     = null
  nullable    = true
}

variable "state_bucket" {
  description = "Name of the bucket that holds this state."
  type        = string
  nullable    = false
}

variable "trace_share" {
  description = "Share of requests without a caller's word on it that are traced, 0 to 1; 0 traces nothing."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.trace_share >= 0 && var.trace_share <= 1
    error_message = "Give a share from 0 to 1, such as 0.05."
  }
}
