variable "deletion_protection" {
  description = "Whether the API refuses to delete the database."
  type        = bool
  nullable    = false
}

variable "keep_days" {
  description = "Days after an auction's end until its document is deleted; null keeps all. Pages of such listings poll get_listing, which has everything."
  type        = number
  default     = null
  nullable    = true

  validation {
    condition     = var.keep_days == null || (coalesce(var.keep_days, 30) >= 7 && floor(coalesce(var.keep_days, 30)) == coalesce(var.keep_days, 30))
    error_message = "Keep documents for a whole number of days, at least 7."
  }
}

variable "location" {
  description = "Location of the database, such as eur3 or europe-west1; it can never be changed."
  type        = string
  nullable    = false
}

variable "rules" {
  description = "Text of the security rules."
  type        = string
  nullable    = false

  validation {
    condition     = strcontains(var.rules, "service cloud.firestore")
    error_message = "These are no Firestore rules: give the text of firestore.rules."
  }
}
