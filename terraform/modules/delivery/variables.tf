variable "archives_bucket" {
  description = "Name of the bucket for the functions' archives; unique in the world."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.archives_bucket))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits, dots, hyphens and underscores."
  }
}

variable "environment" {
  description = "Name of this environment, which is also that of the GitHub environment whose jobs may deploy: dev or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "Choose dev or prod."
  }
}

variable "github_owner_id" {
  description = "Number of the GitHub account or organisation that owns the repository (gh api repos/OWNER/NAME --jq .owner.id)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.github_owner_id))
    error_message = "Give the owner's number, not its name: names can be taken over by others."
  }
}

variable "github_repository_id" {
  description = "Number of the GitHub repository (gh api repos/OWNER/NAME --jq .id)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.github_repository_id))
    error_message = "Give the repository's number, not its name: names can be taken over by others."
  }
}

variable "keep_archives_days" {
  description = "Days for which archives that a newer one replaced are kept for a roll-back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.keep_archives_days >= 7
    error_message = "Keep archives for at least 7 days: a fault may be found only after a week."
  }
}

variable "keep_images" {
  description = "Newest images that are kept however old they are."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.keep_images >= 3
    error_message = "Keep at least 3 images, so that there is something to go back to."
  }
}

variable "project_id" {
  description = "Id of the project."
  type        = string
  nullable    = false
}

variable "ref_pattern" {
  description = "Regular expression (RE2, the whole of it) for the git refs that may deploy here; null takes main for dev and tags v* for prod."
  type        = string
  default     = null
  nullable    = true

  validation {
    condition     = var.ref_pattern == null || !can(regex("['\\\\]", coalesce(var.ref_pattern, "-")))
    error_message = "Write the pattern without quotes and backslashes; [.] is a dot."
  }
}

variable "region" {
  description = "Region of the registry and the bucket."
  type        = string
  nullable    = false
}

variable "runtime_accounts" {
  description = "Service accounts under which functions, jobs and services run, by a name that is known before they exist: who deploys must be allowed to hand them out."
  type        = map(string)
  nullable    = false
}

variable "state_bucket" {
  description = "Name of the bucket that holds Terraform's state."
  type        = string
  nullable    = false
}
