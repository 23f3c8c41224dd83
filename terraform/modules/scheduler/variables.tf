variable "jobs" {
  description = "What is called, by operation: the address, the token's audience, the schedule (cron, UTC) and the seconds after which an attempt is given up, which must be more than the function's timeout."
  type = map(object({
    attempt_deadline_seconds = number
    audience                 = string
    schedule                 = optional(string, "* * * * *")
    url                      = string
  }))
  nullable = false

  validation {
    condition     = alltrue([for job in values(var.jobs) : job.attempt_deadline_seconds >= 15 && job.attempt_deadline_seconds <= 1800])
    error_message = "Cloud Scheduler waits 15 to 1800 seconds for an attempt."
  }

  validation {
    condition     = alltrue([for job in values(var.jobs) : startswith(job.url, "https://") && length(job.audience) > 0])
    error_message = "Give each job an https address and an audience, without which its token is refused."
  }
}

variable "paused" {
  description = "Whether nothing is called for now; auctions still stop taking bids at their end, but nobody is told who won."
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
  description = "Region of the jobs."
  type        = string
  nullable    = false
}
