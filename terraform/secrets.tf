# Where secrets are kept. Their values are put in by hand or by the deployment, never by Terraform, whose state would
# hold them; var.secret_versions says which version is in force.

resource "google_secret_manager_secret" "this" {
  for_each = {
    openai_api_key        = "Key of the language model's provider"
    reporting_db_password = "Password of the analysts' database user"
  }

  secret_id           = replace(each.key, "_", "-")
  deletion_protection = var.deletion_protection

  annotations = {
    purpose = each.value
  }

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

locals {
  secrets = {
    for name, version in var.secret_versions :
    name => { secret = google_secret_manager_secret.this[name].secret_id, version = version }
  }
}
