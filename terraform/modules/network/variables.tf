variable "functions_range" {
  description = "IPv4 range of the functions' subnet (CIDR); direct VPC egress takes about two addresses per instance."
  type        = string
  default     = "10.20.0.0/22"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.functions_range, 0)) && try(tonumber(split("/", var.functions_range)[1]) <= 26, false)
    error_message = "Give a private IPv4 range of /26 or larger, such as 10.20.0.0/22: Cloud Run refuses smaller subnets."
  }
}

variable "name" {
  description = "Name of the network."
  type        = string
  default     = "gavel"
  nullable    = false
}

variable "region" {
  description = "Region of the subnet."
  type        = string
  nullable    = false
}

variable "services_range" {
  description = "IPv4 range (CIDR) that is lent to Google for the database; it cannot be changed while a database lives in it."
  type        = string
  default     = "10.30.0.0/20"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.services_range, 0)) && try(tonumber(split("/", var.services_range)[1]) <= 24, false)
    error_message = "Give a private IPv4 range of /24 or larger, such as 10.30.0.0/20: Cloud SQL takes a /24 per region."
  }

  validation {
    condition     = try(cidrhost(var.services_range, 0) == split("/", var.services_range)[0], false)
    error_message = "Begin the range at its network address, such as 10.30.0.0/20 and not 10.30.0.1/20."
  }
}
