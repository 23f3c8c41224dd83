variable "authorized_domains" {
  description = "Host names from which people may sign in."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.authorized_domains) > 0 && alltrue([for domain in var.authorized_domains : can(regex("^[a-z0-9.-]+$", domain))])
    error_message = "Name at least one host, without scheme and port, such as gavel.web.app."
  }
}

variable "google_enabled" {
  description = "Whether Google is switched on as a provider in the Firebase console, which makes its OAuth client by itself. Terraform does not do it: the client's secret would stand in its state."
  type        = bool
  default     = false
  nullable    = false
}

variable "second_factor" {
  description = "Whether people may (ENABLED) or must (MANDATORY) sign in with a second factor (TOTP); DISABLED offers none."
  type        = string
  default     = "ENABLED"
  nullable    = false

  validation {
    condition     = contains(["DISABLED", "ENABLED", "MANDATORY"], var.second_factor)
    error_message = "Choose DISABLED, ENABLED or MANDATORY."
  }
}

variable "sign_up_enabled" {
  description = "Whether people may open an account themselves."
  type        = bool
  default     = true
  nullable    = false
}
