variable "amount_units" {
  description = "What a month may cost, in whole units of the currency."
  type        = number
  nullable    = false

  validation {
    condition     = var.amount_units >= 1 && floor(var.amount_units) == var.amount_units
    error_message = "Give a whole amount of at least 1."
  }
}

variable "billing_account" {
  description = "Id of the billing account that pays for the project."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "A billing account's id looks as 0A1B2C-0A1B2C-0A1B2C."
  }
}

variable "currency_code" {
  description = "Currency of the billing account, as ISO 4217 has it; another one is refused by the API."
  type        = string
  default     = "USD"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency_code))
    error_message = "Give three capital letters such as EUR."
  }
}

variable "environment" {
  description = "Name of the environment, for the budget's own name: dev or prod."
  type        = string
  nullable    = false
}

variable "notification_channels" {
  description = "Full names of the e-mail notification channels that are told, at most five; the billing account's administrators are told in any case."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.notification_channels) <= 5
    error_message = "A budget tells at most five channels."
  }
}

variable "project_number" {
  description = "Number of the project whose costs count."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "Give the project's number: the API answers with it, and an id would differ at every plan."
  }
}

variable "thresholds" {
  description = "Shares of the amount at which somebody is told, 1 for the whole."
  type        = set(number)
  default     = [0.5, 0.8, 1]
  nullable    = false

  validation {
    condition     = length(var.thresholds) > 0 && alltrue([for share in var.thresholds : share > 0 && share <= 10])
    error_message = "Name at least one share above 0 and at most 10."
  }
}
