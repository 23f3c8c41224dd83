variable "api" {
  description = "Base URL of the analysts' operations, for GAVEL_API; {function} in it stands for the operation's name with hyphens."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.api, "https://") && !endswith(var.api, "/")
    error_message = "Give api as an https URL without a slash at the end."
  }
}

variable "audience" {
  description = "Audience of the service's own tokens, for GAVEL_AUDIENCE; {function} as in api. It is the functions' SERVICE_AUDIENCE."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.audience) > 0
    error_message = "Give the audience that the functions expect."
  }
}

variable "concurrency" {
  description = "Open pages and requests that one instance serves at the same time; every open page holds one."
  type        = number
  default     = 80
  nullable    = false

  validation {
    condition     = var.concurrency >= 2 && var.concurrency <= 1000
    error_message = "Choose 2 to 1000: a page needs its connection and a request beside it."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the service."
  type        = bool
  default     = true
  nullable    = false
}

variable "iap_members" {
  description = "Who may open the app: user:, group:, domain: or serviceAccount: members."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for member in var.iap_members : can(regex("^(user|group|domain|serviceAccount):[^ ]+$", member))])
    error_message = "Name people and groups as user:ann@example.com or group:analysts@example.com; allUsers would open the app to everybody."
  }
}

variable "image" {
  description = "Image of the app, with its tag or digest; null before the first was pushed, which leaves the service out."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.image == null || (can(regex("(@sha256:[0-9a-f]{64}|:[A-Za-z0-9_][A-Za-z0-9_.-]*)$", coalesce(var.image, "-"))) && !endswith(coalesce(var.image, "-"), ":latest"))
    error_message = "Pin the image by digest (@sha256:…) or by a tag that is not latest, so that a plan says what will run."
  }
}

variable "max_instances" {
  description = "Most instances."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100
    error_message = "Choose 1 to 100 instances."
  }
}

variable "min_instances" {
  description = "Instances kept while nobody looks; 0 costs nothing and starts in some seconds."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.min_instances >= 0 && var.min_instances <= var.max_instances
    error_message = "Keep at least 0 and at most max_instances."
  }
}

variable "name" {
  description = "Name of the Cloud Run service; part of the audience of Identity-Aware Proxy's assertions."
  type        = string
  default     = "dashboard"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,47}[a-z0-9]$", var.name))
    error_message = "A service's name has 2 to 49 lower-case letters, digits and hyphens and begins with a letter."
  }
}

variable "project_id" {
  description = "Id of the project."
  type        = string
  nullable    = false
}

variable "project_number" {
  description = "Number of the project, as Identity-Aware Proxy writes it into its audience."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "Give the project's number, not its id."
  }
}

variable "region" {
  description = "Region of the service."
  type        = string
  nullable    = false
}
