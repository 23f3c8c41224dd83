mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "dashboard@demo.iam.gserviceaccount.com" }
  }
}

mock_provider "google-beta" {
  mock_resource "google_project_service_identity" {
    defaults = { member = "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com" }
  }
}

variables {
  api            = "https://example.com/api"
  audience       = "gavel"
  iap_members    = ["group:analysts@example.com", "user:ann@example.com"]
  image          = "europe-west1-docker.pkg.dev/demo/images/dashboard:0123abc"
  project_id     = "demo"
  project_number = "123456789012"
  region         = "europe-west1"
}

run "only_the_proxy_invokes_the_service" {
  command = apply

  assert {
    condition     = google_cloud_run_v2_service.dashboard[0].iap_enabled
    error_message = "Without the proxy everybody could open it, or nobody."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.iap[0].member == "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com" && google_cloud_run_v2_service_iam_member.iap[0].role == "roles/run.invoker"
    error_message = "The proxy's agent must be let through, and is the only one."
  }
}

run "named_people_pass_the_proxy" {
  command = plan

  assert {
    condition     = toset([for access in google_iap_web_cloud_run_service_iam_member.analyst : access.member]) == toset(["group:analysts@example.com", "user:ann@example.com"])
    error_message = "Those and no others."
  }
}

run "a_connection_ends_before_its_assertion" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_service.dashboard[0].template[0].timeout == "540s" && google_cloud_run_v2_service.dashboard[0].template[0].session_affinity
    error_message = "Nine minutes, and the next connection to the same instance."
  }
}

run "the_app_knows_its_surroundings" {
  command = apply

  assert {
    condition     = { for env in google_cloud_run_v2_service.dashboard[0].template[0].containers[0].env : env.name => env.value } == { GAVEL_API = "https://example.com/api", GAVEL_AUDIENCE = "gavel" }
    error_message = "These two settings and no sign-in for laptops."
  }
  assert {
    condition     = google_cloud_run_v2_service.dashboard[0].template[0].service_account == "dashboard@demo.iam.gserviceaccount.com"
    error_message = "Under its own account."
  }
  assert {
    condition     = output.iap_audience == "/projects/123456789012/locations/europe-west1/services/dashboard"
    error_message = "What the functions check assertions against."
  }
}

run "before_the_first_image_there_is_an_account_alone" {
  command = apply
  variables { image = null }

  assert {
    condition     = length(google_cloud_run_v2_service.dashboard) + length(google_cloud_run_v2_service_iam_member.iap) + length(google_iap_web_cloud_run_service_iam_member.analyst) == 0
    error_message = "Nothing that needs the service."
  }
  assert {
    condition     = output.service_account_email == "dashboard@demo.iam.gserviceaccount.com" && output.url == null
    error_message = "The functions can be told whom to expect."
  }
}

run "a_digest_is_accepted" {
  command = plan
  variables { image = "europe-west1-docker.pkg.dev/demo/images/dashboard@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
}

run "an_image_without_a_tag_is_refused" {
  command = plan
  variables { image = "europe-west1-docker.pkg.dev/demo/images/dashboard" }
  expect_failures = [var.image]
}

run "the_latest_image_is_refused" {
  command = plan
  variables { image = "europe-west1-docker.pkg.dev/demo/images/dashboard:latest" }
  expect_failures = [var.image]
}

run "everybody_is_refused" {
  command = plan
  variables { iap_members = ["allUsers"] }
  expect_failures = [var.iap_members]
}

run "as_many_kept_as_allowed_is_accepted" {
  command = plan
  variables {
    max_instances = 2
    min_instances = 2
  }
}

run "more_kept_than_allowed_is_refused" {
  command = plan
  variables {
    max_instances = 2
    min_instances = 3
  }
  expect_failures = [var.min_instances]
}
