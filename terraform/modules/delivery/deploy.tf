# Who deploys, and what it may do: change what is deployed. It may not read secrets, hand itself roles, or change who deploys. A person
# applies secrets and who may read them, this module, the accounts of new operations, new services of the project, people's database
# users and the budget (docs/operations.md).
locals {
  roles = {
    "roles/cloudfunctions.developer"          = "functions"
    "roles/cloudscheduler.admin"              = "the scheduler's jobs"
    "roles/cloudsql.admin"                    = "the database server, its users and flags"
    "roles/compute.loadBalancerAdmin"         = "the edge"
    "roles/compute.networkAdmin"              = "the network"
    "roles/compute.securityAdmin"             = "firewall and Cloud Armor"
    "roles/datastore.indexAdmin"              = "Firestore's indexes and lifetimes of fields"
    "roles/datastore.viewer"                  = "reads the mirror's database, for plans"
    "roles/firebase.viewer"                   = "reads the web app, for plans"
    "roles/firebasehosting.admin"             = "the site's files"
    "roles/firebaserules.admin"               = "Firestore's rules"
    "roles/iam.securityReviewer"              = "reads every policy, for plans"
    "roles/iam.serviceAccountCreator"         = "accounts of new functions"
    "roles/iam.serviceAccountViewer"          = "reads accounts, for plans"
    "roles/iam.workloadIdentityPoolViewer"    = "reads its own pool, for plans; changing it would let others in"
    "roles/iap.admin"                         = "who opens the analysts' app"
    "roles/identityplatform.viewer"           = "reads sign-in's settings, for plans"
    "roles/logging.configWriter"              = "log-based metrics"
    "roles/monitoring.editor"                 = "alerts, objectives, dashboards"
    "roles/run.admin"                         = "services, jobs, and who invokes them"
    "roles/secretmanager.viewer"              = "reads that secrets exist, never what is in them"
    "roles/serviceusage.serviceUsageConsumer" = "calls the services of the project"
    "roles/serviceusage.serviceUsageViewer"   = "reads which services are on, for plans"
    "roles/storage.bucketViewer"              = "reads buckets' settings, for plans"
  }

  # All that the deploy account may give away at the project's level: what functions run with (functions.tf; a test of
  # the root compares).
  grantable = [
    "roles/cloudsql.client",
    "roles/cloudsql.instanceUser",
    "roles/datastore.user",
    "roles/telemetry.tracesWriter",
  ]
}

resource "google_service_account" "deploy" {
  project      = var.project_id
  account_id   = "deploy"
  display_name = "deploys from GitHub"
  description  = "Borrowed by jobs of GitHub Actions; has no key."
}

resource "google_project_iam_member" "deploy" {
  for_each = local.roles

  project = var.project_id
  role    = each.key
  member  = google_service_account.deploy.member
}

resource "google_project_iam_member" "grants" {
  project = var.project_id
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.deploy.member

  condition {
    title       = "runtime_roles_alone"
    description = "Grants and revokes what functions run with, nothing else."
    expression  = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${join(", ", [for role in local.grantable : "'${role}'"])}])"
  }
}

# To start something under an account one must be allowed to act as it.
resource "google_service_account_iam_member" "runtime" {
  for_each = var.runtime_accounts

  service_account_id = "projects/${var.project_id}/serviceAccounts/${each.value}"
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.deploy.member
}

# The smoke test signs custom tokens for people of its own with it. Whoever holds this account can be anybody.
resource "google_service_account_iam_member" "smoke" {
  service_account_id = google_service_account.deploy.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.deploy.member
}

resource "google_storage_bucket_iam_member" "state" {
  bucket = var.state_bucket
  role   = "roles/storage.objectUser"
  member = google_service_account.deploy.member
}
