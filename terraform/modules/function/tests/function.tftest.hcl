# One operation: its name, its archive, its rights, and who may call it.

mock_provider "google" {
  override_during = plan
}

variables {
  archive           = "tests/fixtures/archive.txt"
  archives_bucket   = "p-archives"
  build_account     = "projects/gavel-test/serviceAccounts/builder@gavel-test.iam.gserviceaccount.com"
  concurrency       = 250
  cpu               = "1"
  docker_repository = "projects/gavel-test/locations/europe-west1/repositories/images"
  egress_tag        = "functions"
  invokers          = ["allUsers"]
  max_instances     = 20
  memory            = "512Mi"
  min_instances     = 2
  network           = "gavel"
  operation         = "place_bid"
  project_id        = "gavel-test"
  region            = "europe-west1"
  roles             = ["roles/cloudsql.client", "roles/datastore.user"]
  runtime           = "python312"
  secrets           = { API_KEY = { secret = "api-key", version = "7" } }
  settings          = { REQUEST_SECONDS = "10" }
  subnetwork        = "functions"
  timeout_seconds   = 30
}

run "an_operation_becomes_a_function" {
  command = plan

  assert {
    condition     = google_cloudfunctions2_function.this.name == "place-bid" && google_cloudfunctions2_function.this.build_config[0].entry_point == "place_bid"
    error_message = "hyphens to the platform, underscores to Python"
  }

  assert {
    condition     = google_service_account.this.account_id == "place-bid" && output.service_account_email == "place-bid@gavel-test.iam.gserviceaccount.com"
    error_message = "an account of its own"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].service_account_email == "place-bid@gavel-test.iam.gserviceaccount.com"
    error_message = "it runs under that account"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].max_instance_request_concurrency == 250 && google_cloudfunctions2_function.this.service_config[0].min_instance_count == 2 && google_cloudfunctions2_function.this.service_config[0].max_instance_count == 20
    error_message = "limits are said, not left to the platform, whose concurrency is 1"
  }
}

run "its_archive_is_named_by_content" {
  command = plan

  assert {
    condition     = google_storage_bucket_object.archive.name == "place-bid/${filesha256("tests/fixtures/archive.txt")}.zip"
    error_message = "another content is another name"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.build_config[0].source[0].storage_source[0].object == google_storage_bucket_object.archive.name
    error_message = "the function is built from it"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.build_config[0].service_account == var.build_account && google_cloudfunctions2_function.this.build_config[0].docker_repository == var.docker_repository
    error_message = "built by its own account, into our registry"
  }
}

run "it_reaches_the_database_privately" {
  command = plan

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].direct_vpc_egress == "VPC_EGRESS_PRIVATE_RANGES_ONLY"
    error_message = "the rest of the world does not go through the network"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].direct_vpc_network_interface[0].tags == tolist(["functions"])
    error_message = "the firewall knows it"
  }
}

run "it_may_do_what_it_needs" {
  command = plan

  assert {
    condition     = toset([for role in google_project_iam_member.this : "${role.role} ${role.member}"]) == toset(["roles/cloudsql.client serviceAccount:place-bid@gavel-test.iam.gserviceaccount.com", "roles/datastore.user serviceAccount:place-bid@gavel-test.iam.gserviceaccount.com"])
    error_message = "the roles given, to its account alone"
  }

  assert {
    condition     = [for grant in google_secret_manager_secret_iam_member.this : "${grant.secret_id} ${grant.role}"] == ["api-key roles/secretmanager.secretAccessor"]
    error_message = "it reads its own secrets alone"
  }

  assert {
    condition     = one(google_cloudfunctions2_function.this.service_config[0].secret_environment_variables).version == "7"
    error_message = "of the version named"
  }
}

run "everybody_calls_a_public_one" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_service_iam_binding.invokers.members == toset(["allUsers"]) && google_cloud_run_v2_service_iam_binding.invokers.role == "roles/run.invoker" && google_cloud_run_v2_service_iam_binding.invokers.name == "place-bid"
    error_message = "the service behind the function is what is called"
  }
}

run "one_account_calls_a_private_one" {
  command = plan

  variables {
    invokers = ["serviceAccount:scheduler@gavel-test.iam.gserviceaccount.com"]
    ingress  = "ALLOW_INTERNAL_ONLY"
  }

  assert {
    condition     = google_cloud_run_v2_service_iam_binding.invokers.members == toset(["serviceAccount:scheduler@gavel-test.iam.gserviceaccount.com"])
    error_message = "nobody else"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "and only from inside"
  }
}

run "people_are_no_invokers" {
  command = plan

  variables {
    invokers = ["user:ann@example.com"]
  }

  expect_failures = [var.invokers]
}

run "nobody_is_no_invoker" {
  command = plan

  variables {
    invokers = []
  }

  expect_failures = [var.invokers]
}

run "everybody_and_one_more" {
  command = plan

  variables {
    invokers = ["allUsers", "serviceAccount:a@gavel-test.iam.gserviceaccount.com"]
  }

  expect_failures = [var.invokers]
}

run "a_secret_of_whatever_version" {
  command = plan

  variables {
    secrets = { API_KEY = { secret = "api-key", version = "latest" } }
  }

  expect_failures = [var.secrets]
}

run "a_password_among_the_settings" {
  command = plan

  variables {
    settings = { DB_PASSWORD = "x" }
  }

  expect_failures = [var.settings]
}

run "a_laptops_setting" {
  command = plan

  variables {
    settings = { LOCAL_ISSUER = "http://127.0.0.1:1" }
  }

  expect_failures = [var.settings]
}

run "a_basic_role" {
  command = plan

  variables {
    roles = ["roles/editor"]
  }

  expect_failures = [var.roles]
}

run "a_missing_archive" {
  command = plan

  variables {
    archive = "tests/fixtures/none.zip"
  }

  expect_failures = [var.archive]
}

run "the_platform_is_more_patient_by_a_second" {
  command = plan

  variables {
    timeout_seconds = 11
  }
}

run "the_platform_gives_up_first" {
  command = plan

  variables {
    timeout_seconds = 10
  }

  expect_failures = [var.timeout_seconds]
}

run "as_many_kept_as_allowed" {
  command = plan

  variables {
    min_instances = 20
  }
}

run "more_kept_than_allowed" {
  command = plan

  variables {
    min_instances = 21
  }

  expect_failures = [var.min_instances]
}

run "a_thousand_requests_at_once" {
  command = plan

  variables {
    concurrency = 1000
  }
}

run "one_request_too_many" {
  command = plan

  variables {
    concurrency = 1001
  }

  expect_failures = [var.concurrency]
}

run "a_name_too_short_for_an_account" {
  command = plan

  variables {
    operation = "place"
  }

  expect_failures = [var.operation]
}

run "a_runtime_without_tests" {
  command = plan

  variables {
    runtime = "python310"
  }

  expect_failures = [var.runtime]
}
