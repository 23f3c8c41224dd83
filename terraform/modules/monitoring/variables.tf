variable "database_instance" {
  description = "Name of the Cloud SQL instance, without the project."
  type        = string
  nullable    = false
}

variable "disk_limit_gigabytes" {
  description = "Size up to which the database's disk grows by itself, in GB; an alert comes at 80 %."
  type        = number
  nullable    = false

  validation {
    condition     = var.disk_limit_gigabytes >= 10
    error_message = "The smallest disk of Cloud SQL has 10 GB."
  }
}

variable "environment" {
  description = "Name of the environment, which stands in every alert's name: dev or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "Choose dev or prod."
  }
}

variable "max_connections" {
  description = "Connections that the database server accepts (its flag max_connections); an alert comes at 80 %."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_connections >= 10
    error_message = "Give the server's max_connections, at least 10."
  }
}

variable "metric_wait_seconds" {
  description = "Seconds between making a log-based metric and using it: Cloud Monitoring answers 404 until it knows it, which may take minutes."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.metric_wait_seconds >= 0 && var.metric_wait_seconds <= 600
    error_message = "Wait between 0 and 600 seconds."
  }
}

variable "notification_channels" {
  description = "Full names of notification channels that exist already, such as those to a pager."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[^/]+$", channel))])
    error_message = "Give full names as projects/PROJECT/notificationChannels/NUMBER."
  }
}

variable "notification_emails" {
  description = "E-mail addresses that get every alert; a channel is made for each."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.notification_emails : can(regex("^[^@ ]+@[^@ ]+[.][^@ ]+$", email))])
    error_message = "Give e-mail addresses such as on-call@example.com."
  }
}

variable "project_id" {
  description = "Id of the project."
  type        = string
  nullable    = false
}

variable "replica_instance" {
  description = "Name of the analysts' read replica, without the project; null where there is none."
  type        = string
  default     = null
  nullable    = true
}

variable "runbooks_url" {
  description = "Address of the folder docs/runbooks, to which every alert links."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://.+[^/]$", var.runbooks_url))
    error_message = "Give the https address of the folder without a slash at the end, as https://github.com/OWNER/NAME/blob/main/docs/runbooks."
  }
}

variable "scheduler_jobs" {
  description = "Cloud Scheduler job of each operation that it calls, by the operation's name."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for operation in ["close_auctions", "sync_mirror"] : contains(keys(var.scheduler_jobs), operation)])
    error_message = "Name the jobs of close_auctions and sync_mirror."
  }
}

variable "services" {
  description = "Cloud Run service of each operation, by the operation's name; their instances are shown."
  type        = map(string)
  nullable    = false

  validation {
    condition     = contains(keys(var.services), "place_bid")
    error_message = "Name the services of all operations, place_bid among them."
  }
}

variable "uptime_urls" {
  description = "Addresses that are looked at from several continents every minute, by a short name, each with a text that a sound answer contains."
  type = map(object({
    url      = string
    contains = string
  }))
  nullable = false

  validation {
    condition     = alltrue([for check in values(var.uptime_urls) : can(regex("^https://[^/]+(/.*)?$", check.url)) && length(check.contains) > 0])
    error_message = "Give https addresses, each with a text to look for."
  }
}
