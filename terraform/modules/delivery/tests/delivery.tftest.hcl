mock_provider "google" {
  mock_resource "google_iam_workload_identity_pool" {
    defaults = { name = "projects/123456789012/locations/global/workloadIdentityPools/github" }
  }
  mock_resource "google_service_account" {
    defaults = {
      email  = "deploy@demo.iam.gserviceaccount.com"
      member = "serviceAccount:deploy@demo.iam.gserviceaccount.com"
      name   = "projects/demo/serviceAccounts/deploy@demo.iam.gserviceaccount.com"
    }
  }
  mock_resource "google_storage_bucket" {
    defaults = { name = "demo-archives" }
  }
}

variables {
  archives_bucket      = "demo-archives"
  environment          = "dev"
  github_owner_id      = "1001"
  github_repository_id = "2002"
  project_id           = "demo"
  region               = "europe-west1"
  runtime_accounts     = { place_bid = "place-bid@demo.iam.gserviceaccount.com" }
  state_bucket         = "demo-state"
}

run "dev_is_deployed_from_main" {
  command = plan

  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_condition == "assertion.repository_owner_id == '1001' && assertion.repository_id == '2002' && assertion.environment == 'dev' && assertion.ref.matches('^(refs/heads/main)$')"
    error_message = "Owner, repository, environment and ref: all four."
  }
}

run "prod_is_deployed_from_a_version" {
  command = plan
  variables { environment = "prod" }

  assert {
    condition     = strcontains(google_iam_workload_identity_pool_provider.github.attribute_condition, "assertion.environment == 'prod' && assertion.ref.matches('^(refs/tags/v.+)$')")
    error_message = "A branch never reaches prod."
  }
}

run "only_this_repository_becomes_the_account" {
  command = apply

  assert {
    condition     = google_service_account_iam_member.github.member == "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/attribute.repository_id/2002"
    error_message = "By its number; never the whole pool."
  }
}

run "the_account_cannot_raise_itself" {
  command = plan

  assert {
    condition = length(setintersection(keys(local.roles), [
      "roles/editor", "roles/owner", "roles/iam.securityAdmin", "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountKeyAdmin",
      "roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser", "roles/iam.workloadIdentityPoolAdmin", "roles/resourcemanager.projectIamAdmin",
      "roles/secretmanager.admin", "roles/secretmanager.secretAccessor",
    ])) == 0
    error_message = "No role by which it reads secrets or gives itself more."
  }
  assert {
    condition     = google_project_iam_member.grants.condition[0].expression == "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/cloudsql.instanceUser', 'roles/datastore.user', 'roles/telemetry.tracesWriter'])"
    error_message = "What it grants is a short list."
  }
  assert {
    condition     = length(setintersection(local.grantable, keys(local.roles))) == 0
    error_message = "And none of its own."
  }
}

run "it_acts_as_the_named_accounts_alone" {
  command = apply

  assert {
    condition     = [for binding in google_service_account_iam_member.runtime : binding.service_account_id] == ["projects/demo/serviceAccounts/place-bid@demo.iam.gserviceaccount.com"]
    error_message = "Not as any account of the project."
  }
  assert {
    condition     = google_storage_bucket_iam_member.state.bucket == "demo-state" && google_storage_bucket_iam_member.archives.bucket == "demo-archives"
    error_message = "Two buckets, not all of them."
  }
}

run "the_registry_cleans_itself" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository.images.cleanup_policy_dry_run == false && toset([for policy in google_artifact_registry_repository.images.cleanup_policies : policy.action]) == toset(["DELETE", "KEEP"])
    error_message = "A rule that keeps and rules that delete, in earnest."
  }
}

run "archives_are_private_and_outlive_a_fault" {
  command = plan

  assert {
    condition     = google_storage_bucket.archives.public_access_prevention == "enforced" && google_storage_bucket.archives.uniform_bucket_level_access && google_storage_bucket.archives.versioning[0].enabled
    error_message = "Nobody reads them from outside; the one before can be had again."
  }
  assert {
    condition     = one(google_storage_bucket.archives.lifecycle_rule).condition != null
    error_message = "They do not gather for ever."
  }
}

run "outputs_are_what_a_workflow_needs" {
  command = apply

  assert {
    condition     = output.image_prefix == "europe-west1-docker.pkg.dev/demo/gavel" && output.service_account_email == "deploy@demo.iam.gserviceaccount.com"
    error_message = "Where images go, and as whom."
  }
}

run "a_name_is_no_number" {
  command = plan
  variables { github_repository_id = "gavel" }
  expect_failures = [var.github_repository_id]
}

run "a_quote_in_the_pattern_is_refused" {
  command = plan
  variables { ref_pattern = ".*') || ('a' == 'a" }
  expect_failures = [var.ref_pattern]
}

run "another_ref_can_be_named" {
  command = plan
  variables { ref_pattern = "refs/heads/release-[0-9]+" }

  assert {
    condition     = endswith(google_iam_workload_identity_pool_provider.github.attribute_condition, "assertion.ref.matches('^(refs/heads/release-[0-9]+)$')")
    error_message = "The whole ref must match."
  }
}

run "seven_days_of_archives_are_accepted" {
  command = plan
  variables { keep_archives_days = 7 }
}

run "six_days_of_archives_are_refused" {
  command = plan
  variables { keep_archives_days = 6 }
  expect_failures = [var.keep_archives_days]
}

run "three_images_are_accepted" {
  command = plan
  variables { keep_images = 3 }
}

run "two_images_are_refused" {
  command = plan
  variables { keep_images = 2 }
  expect_failures = [var.keep_images]
}
