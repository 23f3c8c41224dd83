variable "availability_type" {
  description = "REGIONAL keeps a standby in a second zone, ZONAL does not."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["REGIONAL", "ZONAL"], var.availability_type)
    error_message = "Choose REGIONAL or ZONAL."
  }

  validation {
    condition     = var.availability_type != "REGIONAL" || (var.backups_enabled && var.point_in_time_recovery)
    error_message = "REGIONAL needs backups_enabled and point_in_time_recovery: the standby is kept by the binary log."
  }
}

variable "backups_enabled" {
  description = "Whether a backup is made every night."
  type        = bool
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether Terraform and the API both refuse to delete the primary; also whether a last backup is kept for 30 days."
  type        = bool
  nullable    = false
}

variable "disk_gigabytes" {
  description = "Size of each disk at the start, in GB; it also sets the disk's speed, about 30 operations a second per GB."
  type        = number
  nullable    = false

  validation {
    condition     = var.disk_gigabytes >= 10
    error_message = "The smallest disk of Cloud SQL has 10 GB."
  }
}

variable "disk_limit_gigabytes" {
  description = "Size up to which disks grow by themselves, in GB; a disk never shrinks."
  type        = number
  nullable    = false

  validation {
    condition     = var.disk_limit_gigabytes >= var.disk_gigabytes
    error_message = "Let the disk grow to at least disk_gigabytes (0, without limit, is not offered: a runaway costs for ever)."
  }
}

variable "function_accounts" {
  description = "E-mail of each function's service account, by operation."
  type        = map(string)
  nullable    = false
}

variable "log_days" {
  description = "Days for which any moment can be restored."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.log_days >= 1 && var.log_days <= 7
    error_message = "The edition ENTERPRISE keeps 1 to 7 days of transaction logs."
  }
}

variable "max_connections" {
  description = "Connections that the primary accepts."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_connections >= 10 && var.max_connections <= 100000
    error_message = "Choose 10 to 100000 connections."
  }
}

variable "migrate_account" {
  description = "E-mail of the migration job's service account."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the primary and first part of the replica's; one that was deleted cannot be used again for a week."
  type        = string
  default     = "gavel"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", var.name))
    error_message = "Give up to 32 lower-case letters, digits and hyphens that begin with a letter, such as gavel-2."
  }
}

variable "network_id" {
  description = "Full id of the network whose private services range the instances live in."
  type        = string
  nullable    = false
}

variable "operators" {
  description = "E-mail addresses of people who may do everything inside the database; to MySQL each is what stands before the @."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.operators : can(regex("^[a-z0-9._-]{1,32}@[a-z0-9.-]+$", email))])
    error_message = "Give addresses in lower case; what stands before the @ has at most 32 letters, digits and . _ - (MySQL's limit)."
  }

  validation {
    condition = length(distinct([
      for email in concat(tolist(var.operators), values(var.function_accounts), [var.migrate_account]) : split("@", email)[0]
    ])) == length(var.operators) + length(var.function_accounts) + 1
    error_message = "Two accounts would be one user to MySQL, which knows only what stands before the @."
  }
}

variable "point_in_time_recovery" {
  description = "Whether any moment of the last log_days can be restored (binary log)."
  type        = bool
  nullable    = false

  validation {
    condition     = !var.point_in_time_recovery || var.backups_enabled
    error_message = "Point-in-time recovery starts from a backup: turn on backups_enabled."
  }
}

variable "region" {
  description = "Region of the instances."
  type        = string
  nullable    = false
}

variable "replica_enabled" {
  description = "Whether analysts read from an instance of their own."
  type        = bool
  nullable    = false
}

variable "replica_max_connections" {
  description = "Connections that the analysts' replica accepts."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.replica_max_connections >= 10 && var.replica_max_connections <= 100000
    error_message = "Choose 10 to 100000 connections."
  }
}

variable "replica_name" {
  description = "Second part of the replica's name; another makes another replica and then removes the old one. A deleted one's name is taken for a week."
  type        = string
  default     = "analysts"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$", var.replica_name))
    error_message = "Give up to 32 lower-case letters, digits and hyphens, such as analysts-2."
  }
}

variable "replica_tier" {
  description = "Machine type of the replica."
  type        = string
  default     = "db-custom-2-7680"
  nullable    = false
}

variable "reporting_schema" {
  description = "Name of the schema with the analysts' views."
  type        = string
  default     = "reporting"
  nullable    = false
}

variable "retained_backups" {
  description = "Nightly backups that are kept."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.retained_backups >= 1 && var.retained_backups <= 365
    error_message = "Keep 1 to 365 backups."
  }
}

variable "schema" {
  description = "Name of the schema with the market's tables."
  type        = string
  default     = "gavel"
  nullable    = false
}

variable "tier" {
  description = "Machine type of the primary, of the edition ENTERPRISE: a shared core, or db-custom-PROCESSORS-MEGABYTES."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db-(f1-micro|g1-small|custom-[0-9]+-[0-9]+)$", var.tier))
    error_message = "Choose db-f1-micro, db-g1-small or db-custom-PROCESSORS-MEGABYTES; db-perf-optimized tiers are another edition's."
  }
}
