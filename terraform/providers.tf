provider "google" {
  project = var.project_id
  region  = var.region

  # Budgets and Identity Platform ask which project pays for the question when a person runs this.
  billing_project       = var.project_id
  user_project_override = true

  default_labels = local.labels
}

provider "google-beta" {
  project               = var.project_id
  region                = var.region
  billing_project       = var.project_id
  user_project_override = true
  default_labels        = local.labels
}

locals {
  labels = {
    app         = "gavel"
    environment = var.environment
  }
}
