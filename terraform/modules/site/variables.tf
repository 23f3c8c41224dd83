variable "api_base" {
  description = "Base URL under which browsers call the operations: a path of the site itself (rewritten to the functions), or an https URL."
  type        = string
  default     = "/api"
  nullable    = false

  validation {
    condition     = can(regex("^(/[a-z0-9/_-]+|https://[a-z0-9.-]+(/[a-z0-9/_-]*)?)$", var.api_base)) && !endswith(var.api_base, "/")
    error_message = "Give api_base as a path such as /api or as an https URL, without a slash at the end."
  }
}

variable "display_name" {
  description = "Name of the web app in the Firebase console."
  type        = string
  default     = "Gavel"
  nullable    = false
}

variable "live_updates" {
  description = "Whether pages watch Firestore; without, they poll."
  type        = bool
  default     = true
  nullable    = false
}

variable "project_id" {
  description = "Id of the project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the functions that the site's rewrites lead to."
  type        = string
  nullable    = false
}

variable "services" {
  description = "Cloud Run service of each public operation, by the operation's name; each is rewritten from api_base/OPERATION where api_base is a path."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for operation, service in var.services : can(regex("^[a-z][a-z_]*$", operation)) && can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", service))])
    error_message = "Name operations as place_bid and services as place-bid."
  }
}

variable "sign_in" {
  description = "How people sign in: the providers, by Firebase's names (password, google.com), and whether they may open an account. The site offers these; google.com puts Google's script and frame into the content security policy."
  type = object({
    providers = list(string)
    sign_up   = bool
  })
  default  = { providers = [], sign_up = false }
  nullable = false

  validation {
    condition     = alltrue([for provider in var.sign_in.providers : contains(["google.com", "password"], provider)])
    error_message = "The site can sign people in by password and through google.com."
  }
}

variable "site_id" {
  description = "Id of the Hosting site, the first label of SITE.web.app; unique in the world. The project's own id is free for its owner."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{4,28}[a-z0-9]$", var.site_id))
    error_message = "A site id has 6 to 30 lower-case letters, digits and hyphens, and no hyphen at either end."
  }
}

variable "trace_share" {
  description = "Share of the calls that pages ask to be traced, 0 to 1; what they decide, functions follow."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.trace_share >= 0 && var.trace_share <= 1
    error_message = "Give a share from 0 to 1, such as 0.05."
  }
}
