# Who may sign in, and how.

mock_provider "google" {
  override_during = plan
}

variables {
  authorized_domains = ["gavel.web.app", "gavel.firebaseapp.com"]
}

run "people_sign_in_by_name" {
  command = plan

  assert {
    condition     = google_identity_platform_config.this.sign_in[0].email[0].enabled && google_identity_platform_config.this.sign_in[0].email[0].password_required && !google_identity_platform_config.this.sign_in[0].anonymous[0].enabled
    error_message = "a bid has a bidder"
  }

  assert {
    condition     = google_identity_platform_config.this.authorized_domains == tolist(["gavel.firebaseapp.com", "gavel.web.app"])
    error_message = "in a fixed order: the list would differ at every plan"
  }

  assert {
    condition     = google_identity_platform_config.this.client[0].permissions[0].disabled_user_deletion && !google_identity_platform_config.this.client[0].permissions[0].disabled_user_signup
    error_message = "who has bid does not vanish"
  }

  assert {
    condition     = output.sign_in == { providers = ["password"], sign_up = true }
    error_message = "the site offers what is switched on here, and nothing more"
  }
}

run "google_is_offered_once_it_is_switched_on" {
  command = plan

  variables {
    google_enabled = true
  }

  assert {
    condition     = output.sign_in.providers == ["password", "google.com"]
    error_message = "beside the password"
  }
}

run "the_doors_are_closed" {
  command = plan

  variables {
    sign_up_enabled = false
  }

  assert {
    condition     = google_identity_platform_config.this.client[0].permissions[0].disabled_user_signup
    error_message = "nobody new"
  }

  assert {
    condition     = !output.sign_in.sign_up
    error_message = "and the site offers no account"
  }
}

run "a_second_factor_is_a_must" {
  command = plan

  variables {
    second_factor = "MANDATORY"
  }

  assert {
    condition     = google_identity_platform_config.this.mfa[0].state == "MANDATORY" && google_identity_platform_config.this.mfa[0].provider_configs[0].state == "ENABLED"
    error_message = "and there is one to choose"
  }
}

run "no_second_factor" {
  command = plan

  variables {
    second_factor = "DISABLED"
  }

  assert {
    condition     = google_identity_platform_config.this.mfa[0].state == "DISABLED" && google_identity_platform_config.this.mfa[0].provider_configs[0].state == "DISABLED"
    error_message = "none is offered"
  }
}

run "a_domain_is_no_address" {
  command = plan

  variables {
    authorized_domains = ["https://gavel.web.app"]
  }

  expect_failures = [var.authorized_domains]
}

run "a_factor_that_there_is_not" {
  command = plan

  variables {
    second_factor = "SMS"
  }

  expect_failures = [var.second_factor]
}
