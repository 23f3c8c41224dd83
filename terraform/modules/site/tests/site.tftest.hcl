mock_provider "google-beta" {
  mock_resource "google_firebase_project" {
    defaults = { project = "demo" }
  }
  mock_resource "google_firebase_web_app" {
    defaults = { app_id = "1:123456789012:web:abc" }
  }
  mock_data "google_firebase_web_app_config" {
    defaults = { api_key = "public-key", auth_domain = "demo.firebaseapp.com" }
  }
}

variables {
  project_id = "demo"
  region     = "europe-west1"
  services   = { place_bid = "place-bid", search_listings = "search-listings" }
  sign_in    = { providers = ["password"], sign_up = true }
  site_id    = "demo-site"
}

run "operations_are_served_on_the_sites_own_origin" {
  command = apply

  assert {
    condition = jsondecode(output.firebase_json).hosting.rewrites == [
      { source = "/api/place_bid", run = { serviceId = "place-bid", region = "europe-west1" } },
      { source = "/api/search_listings", run = { serviceId = "search-listings", region = "europe-west1" } },
    ]
    error_message = "One rewrite for each operation, with its region: without one Hosting looks in us-central1."
  }
  assert {
    condition     = strcontains(local.headers["Content-Security-Policy"], "connect-src 'self' https://firestore.googleapis.com https://identitytoolkit.googleapis.com https://securetoken.googleapis.com;")
    error_message = "Pages talk to their own origin, to Firestore and to sign-in, and to nobody else."
  }
}

run "pages_run_nothing_that_is_not_theirs" {
  command = plan

  assert {
    condition     = strcontains(local.headers["Content-Security-Policy"], "default-src 'self'") && !strcontains(local.headers["Content-Security-Policy"], "unsafe") && !strcontains(local.headers["Content-Security-Policy"], "script-src")
    error_message = "No inline script, no evaluated string, no script from elsewhere."
  }
  assert {
    condition     = strcontains(local.headers["Content-Security-Policy"], "frame-ancestors 'none'") && local.headers["X-Frame-Options"] == "DENY"
    error_message = "Nobody frames the page in which people bid."
  }
}

run "without_sign_in_and_live_updates_pages_talk_to_their_origin_alone" {
  command = plan
  variables {
    live_updates = false
    sign_in      = { providers = [], sign_up = false }
  }

  assert {
    condition     = strcontains(local.headers["Content-Security-Policy"], "connect-src 'self';")
    error_message = "Nothing is permitted before it is needed."
  }
}

run "pages_of_firebase_itself_are_left_alone" {
  command = plan

  assert {
    condition     = [for rule in local.firebase.hosting.headers : rule.source if contains(rule.headers[*].key, "Content-Security-Policy")] == ["!/__/**"]
    error_message = "Its frame, its window and the links of its messages live below /__/, and do not work under our policy."
  }
}

run "assets_are_kept_and_pages_are_not" {
  command = plan

  assert {
    condition     = local.caching == { "/assets/**" = "public, max-age=31536000, immutable", "!/@(assets|api)/**" = "no-cache" }
    error_message = "Hashed names for ever; pages are asked for each time; answers of functions say it themselves."
  }
}

run "the_site_is_told_where_it_runs" {
  command = apply

  assert {
    condition = jsondecode(output.config_json) == {
      api_base           = "/api"
      project            = "demo"
      firestore_emulator = null
      live_updates       = true
      trace_share        = 0
      dev_sign_in        = false
      sign_in            = { providers = ["password"], sign_up = true }
      auth_emulator      = null
      firebase           = { apiKey = "public-key", appId = "1:123456789012:web:abc", authDomain = "demo.firebaseapp.com", projectId = "demo" }
    }
    error_message = "Every member that the site reads, and the local sign-in off."
  }
  assert {
    condition     = output.url == "https://demo-site.web.app" && output.origins == ["https://demo-site.web.app", "https://demo-site.firebaseapp.com"]
    error_message = "Hosting serves under two names."
  }
}

run "functions_elsewhere_are_called_directly" {
  command = plan
  variables { api_base = "https://api.example.com/api" }

  assert {
    condition     = length(local.firebase.hosting.rewrites) == 0
    error_message = "Nothing is rewritten then."
  }
  assert {
    condition     = strcontains(local.headers["Content-Security-Policy"], "connect-src 'self' https://api.example.com https://firestore.googleapis.com")
    error_message = "The policy names the origin without its path."
  }
  assert {
    condition     = keys(local.caching) == ["!/assets/**", "/assets/**"]
    error_message = "There is no folder of functions to leave out."
  }
}

run "googles_window_needs_its_script_and_frame" {
  command = plan
  variables { sign_in = { providers = ["password", "google.com"], sign_up = true } }

  assert {
    condition     = strcontains(local.headers["Content-Security-Policy"], "script-src 'self' https://apis.google.com") && strcontains(local.headers["Content-Security-Policy"], "frame-src https://demo.firebaseapp.com") && local.headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    error_message = "And a window that may answer the page."
  }
}

run "a_password_needs_neither" {
  command = plan

  assert {
    condition     = !strcontains(local.headers["Content-Security-Policy"], "apis.google.com") && !strcontains(local.headers["Content-Security-Policy"], "frame-src") && local.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    error_message = "No script of others, no frame, no window."
  }
}

run "a_provider_that_the_site_cannot_offer" {
  command = plan
  variables { sign_in = { providers = ["facebook.com"], sign_up = true } }
  expect_failures = [var.sign_in]
}

run "one_call_in_twenty_is_traced" {
  command = plan
  variables { trace_share = 0.05 }

  assert {
    condition     = local.config.trace_share == 0.05
    error_message = "The site is told the share."
  }
}

run "all_calls_may_be_traced" {
  command = plan
  variables { trace_share = 1 }
}

run "more_than_all_may_not" {
  command = plan
  variables { trace_share = 1.01 }
  expect_failures = [var.trace_share]
}

run "a_slash_at_the_end_is_refused" {
  command = plan
  variables { api_base = "/api/" }
  expect_failures = [var.api_base]
}

run "plain_http_is_refused" {
  command = plan
  variables { api_base = "http://api.example.com" }
  expect_failures = [var.api_base]
}

run "six_characters_are_a_site" {
  command = plan
  variables { site_id = "abcdef" }
}

run "five_characters_are_no_site" {
  command = plan
  variables { site_id = "abcde" }
  expect_failures = [var.site_id]
}
