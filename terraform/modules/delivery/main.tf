# How GitHub reaches the project: no key exists. A job shows the token that GitHub signs for it, and becomes the deploy account for an hour.
locals {
  ref_pattern = coalesce(var.ref_pattern, var.environment == "prod" ? "refs/tags/v.+" : "refs/heads/main")

  # Numbers, because a name that its owner gives up can be taken by anybody. The environment, because GitHub holds the approval of people
  # there. The ref, so that a branch with a changed workflow gets nowhere.
  condition = join(" && ", [
    "assertion.repository_owner_id == '${var.github_owner_id}'",
    "assertion.repository_id == '${var.github_repository_id}'",
    "assertion.environment == '${var.environment}'",
    "assertion.ref.matches('^(${local.ref_pattern})$')",
  ])
}

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project_id
  workload_identity_pool_id = "github"
  display_name              = "GitHub"
  description               = "Jobs of GitHub Actions."
}

resource "google_iam_workload_identity_pool_provider" "github" {
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_condition                = local.condition

  attribute_mapping = {
    "google.subject"          = "assertion.sub"
    "attribute.environment"   = "assertion.environment"
    "attribute.ref"           = "assertion.ref"
    "attribute.repository_id" = "assertion.repository_id"
  }

  # checkov:skip=CKV_GCP_125: it looks for a subject by name; the condition goes by numeric ids, which nobody can take over
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "github" {
  service_account_id = google_service_account.deploy.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/attribute.repository_id/${var.github_repository_id}"
}
