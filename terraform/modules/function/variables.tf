variable "archive" {
  description = "Path of the operation's staged archive (zip), relative to the root."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists(var.archive)
    error_message = "There is no such file. Build the archives first: docs/operations.md says how."
  }
}

variable "archives_bucket" {
  description = "Name of the bucket that archives are kept in."
  type        = string
  nullable    = false
}

variable "build_account" {
  description = "Full name (projects/…/serviceAccounts/…) of the account that builds the function."
  type        = string
  nullable    = false
}

variable "concurrency" {
  description = "Requests that one instance takes at the same time."
  type        = number
  nullable    = false

  validation {
    condition     = var.concurrency >= 1 && var.concurrency <= 1000
    error_message = "Choose 1 to 1000 requests."
  }

  validation {
    condition     = var.concurrency == 1 || tonumber(var.cpu) >= 1
    error_message = "More than one request at a time needs a whole processor: set cpu to \"1\" or more."
  }
}

variable "cpu" {
  description = "Processors of one instance."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["1", "2", "4"], var.cpu)
    error_message = "Choose \"1\", \"2\" or \"4\" processors."
  }
}

variable "docker_repository" {
  description = "Full id of the registry's repository that the built image goes to."
  type        = string
  nullable    = false
}

variable "egress_tag" {
  description = "Network tag that the firewall knows functions by."
  type        = string
  nullable    = false
}

variable "ingress" {
  description = "From where requests are taken at all: ALLOW_ALL, ALLOW_INTERNAL_ONLY (which admits Cloud Scheduler) or ALLOW_INTERNAL_AND_GCLB (a load balancer)."
  type        = string
  default     = "ALLOW_ALL"
  nullable    = false

  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"], var.ingress)
    error_message = "Choose ALLOW_ALL, ALLOW_INTERNAL_ONLY or ALLOW_INTERNAL_AND_GCLB."
  }
}

variable "invokers" {
  description = "Who may call the function: allUsers, or serviceAccount: members."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.invokers) > 0 && alltrue([for member in var.invokers : member == "allUsers" || startswith(member, "serviceAccount:")])
    error_message = "Name allUsers or service accounts; people call functions as users of the market, not by IAM."
  }

  validation {
    condition     = !contains(var.invokers, "allUsers") || length(var.invokers) == 1
    error_message = "Where allUsers may call, naming others beside it only misleads: leave one out."
  }
}

variable "max_instances" {
  description = "Most instances of one revision; each holds its pool of database connections."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 1000
    error_message = "Choose 1 to 1000 instances."
  }
}

variable "memory" {
  description = "Memory of one instance, such as 512Mi or 1Gi."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["512Mi", "1Gi", "2Gi", "4Gi"], var.memory)
    error_message = "Choose 512Mi, 1Gi, 2Gi or 4Gi; a function needs about 200 MB to begin with."
  }
}

variable "min_instances" {
  description = "Instances kept while nobody calls; each costs about as much as one at work."
  type        = number
  nullable    = false

  validation {
    condition     = var.min_instances >= 0 && var.min_instances <= var.max_instances
    error_message = "Keep at least 0 and at most max_instances."
  }
}

variable "network" {
  description = "Name of the network."
  type        = string
  nullable    = false
}

variable "operation" {
  description = "Name of the operation, such as place_bid: the entry point, and with hyphens the function and its account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+(_[a-z]+)*$", var.operation)) && length(var.operation) >= 6 && length(var.operation) <= 30
    error_message = "An operation has 6 to 30 lower-case letters and underscores: an account's name allows no more."
  }
}

variable "project_id" {
  description = "Id of the project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the function."
  type        = string
  nullable    = false
}

variable "roles" {
  description = "Roles in the project that the function's account needs."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(setintersection(var.roles, ["roles/owner", "roles/editor", "roles/viewer"])) == 0
    error_message = "Name what the function needs, not a basic role."
  }
}

variable "runtime" {
  description = "Runtime that the function is built for."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["python311", "python312", "python313"], var.runtime)
    error_message = "Choose python311, python312 or python313: the tests run on these."
  }
}

variable "secrets" {
  description = "Settings that come from Secret Manager: by the setting's name, the secret's id and the number of its version."
  type        = map(object({ secret = string, version = string }))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for secret in values(var.secrets) : can(regex("^[1-9][0-9]*$", secret.version))])
    error_message = "Pin each secret to the number of a version: \"latest\" is read when an instance starts, and differs between instances."
  }
}

variable "settings" {
  description = "Settings of the function (environment variables) as .env.example has them, none of them secret."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.settings), ["LOCAL_ISSUER", "FIRESTORE_EMULATOR_HOST", "FIREBASE_AUTH_EMULATOR_HOST"])) == 0
    error_message = "LOCAL_ISSUER and the emulators' addresses are a laptop's: a function on Google Cloud refuses to start with them."
  }

  validation {
    condition     = length([for name in keys(var.settings) : name if endswith(name, "_PASSWORD") || endswith(name, "_KEY")]) == 0
    error_message = "Passwords and keys belong into secrets, not into settings: everybody who may look at the function reads these."
  }
}

variable "subnetwork" {
  description = "Name of the functions' subnet."
  type        = string
  nullable    = false
}

variable "timeout_seconds" {
  description = "Seconds after which the platform gives a request up; more than REQUEST_SECONDS, after which the function does."
  type        = number
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 3600
    error_message = "Choose 1 to 3600 seconds."
  }

  validation {
    condition     = var.timeout_seconds > tonumber(lookup(var.settings, "REQUEST_SECONDS", "10"))
    error_message = "Allow more seconds than REQUEST_SECONDS: the innermost limit has to give up first and say why."
  }
}
