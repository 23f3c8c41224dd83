variable "bids_per_minute" {
  description = "Requests to place_bid that one client may send in a minute, told apart by its token, before it is answered 429."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.bids_per_minute >= 1 && var.bids_per_minute <= 10000
    error_message = "Choose 1 to 10000 bids a minute."
  }
}

variable "domain" {
  description = "Host name of the load balancer, for which a certificate is issued; point its A record at the output ip_address."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "Give a host name such as api.example.com, in lower case and without a scheme."
  }
}

variable "name" {
  description = "Prefix of the load balancer's parts."
  type        = string
  default     = "edge"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name))
    error_message = "A prefix has up to 20 lower-case letters, digits and hyphens and begins with a letter."
  }
}

variable "preview" {
  description = "Whether the rules against known attacks only log what they would refuse; true for the first days."
  type        = bool
  default     = false
  nullable    = false
}

variable "project_id" {
  description = "Id of the project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the functions."
  type        = string
  nullable    = false
}

variable "requests_per_minute" {
  description = "Requests that one IP address may send in a minute before it is answered 429; many people may share one address."
  type        = number
  default     = 1200
  nullable    = false

  validation {
    condition     = var.requests_per_minute >= 10 && var.requests_per_minute <= 10000
    error_message = "Choose 10 to 10000 requests a minute."
  }
}

variable "services" {
  description = "Cloud Run service of each public operation, by the operation's name; served at https://DOMAIN/api/OPERATION."
  type        = map(string)
  nullable    = false

  validation {
    condition     = contains(keys(var.services), "place_bid") && alltrue([for operation in keys(var.services) : can(regex("^[a-z][a-z_]*$", operation))])
    error_message = "Name the operations as place_bid; place_bid itself must be among them, for it has a rate limit of its own."
  }
}

variable "site_url" {
  description = "Address of the site, to which everything else than an operation is redirected."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.site_url))
    error_message = "Give the site's https address without a path."
  }
}
