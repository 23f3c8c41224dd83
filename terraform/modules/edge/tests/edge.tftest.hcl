mock_provider "google" {
  mock_resource "google_compute_global_address" {
    defaults = { address = "203.0.113.7" }
  }
}

variables {
  domain     = "api.example.com"
  project_id = "demo"
  region     = "europe-west1"
  services   = { place_bid = "place-bid", search_listings = "search-listings" }
  site_url   = "https://demo.web.app"
}

run "each_operation_has_its_path_and_its_function" {
  command = plan

  assert {
    condition     = toset(flatten([for rule in google_compute_url_map.edge.path_matcher[0].path_rule : rule.paths])) == toset(["/api/place_bid", "/api/search_listings"])
    error_message = "Paths are as on the local stack."
  }
  assert {
    condition     = google_compute_region_network_endpoint_group.operation["place_bid"].cloud_run[0].service == "place-bid"
    error_message = "A group leads to its operation's service."
  }
  assert {
    condition     = google_compute_region_network_endpoint_group.operation["place_bid"].name == "edge-place-bid"
    error_message = "Names have hyphens."
  }
}

run "one_generation_of_load_balancer" {
  command = plan

  assert {
    condition = toset(concat(
      [for service in google_compute_backend_service.operation : service.load_balancing_scheme],
      [google_compute_global_forwarding_rule.https.load_balancing_scheme, google_compute_global_forwarding_rule.http.load_balancing_scheme],
    )) == toset(["EXTERNAL_MANAGED"])
    error_message = "A mixture is refused by the API."
  }
}

run "every_backend_is_guarded" {
  command = apply

  assert {
    condition     = alltrue([for service in google_compute_backend_service.operation : service.security_policy == google_compute_security_policy.edge.id])
    error_message = "A backend without the policy would be a way round it."
  }
  assert {
    condition     = output.ip_address == "203.0.113.7" && output.api_base == "https://api.example.com/api"
    error_message = "What the domain's record and the site need."
  }
}

run "bids_are_limited_by_token_and_requests_by_address" {
  command = plan
  variables {
    bids_per_minute     = 60
    requests_per_minute = 600
  }

  assert {
    condition     = { for rule in google_compute_security_policy.edge.rule : rule.priority => [one(rule.rate_limit_options).enforce_on_key, one(one(rule.rate_limit_options).rate_limit_threshold).count] if rule.action == "throttle" } == { 2000 = ["HTTP_HEADER", 60], 3000 = ["IP", 600] }
    error_message = "Two limits, each with its key."
  }
}

run "attacks_are_refused" {
  command = plan

  assert {
    condition     = length([for rule in google_compute_security_policy.edge.rule : rule if rule.action == "deny(403)" && rule.preview == false]) == 6
    error_message = "Six families of known attacks."
  }
}

run "attacks_are_only_logged_in_the_first_days" {
  command = plan
  variables { preview = true }

  assert {
    condition     = length([for rule in google_compute_security_policy.edge.rule : rule if rule.action == "deny(403)" && rule.preview == true]) == 6
    error_message = "None of them may refuse yet."
  }
  assert {
    condition     = alltrue([for rule in google_compute_security_policy.edge.rule : rule.preview != true if rule.action == "throttle"])
    error_message = "Limits hold from the first day."
  }
}

run "plain_http_is_sent_to_https" {
  command = plan

  assert {
    condition     = google_compute_url_map.to_https.default_url_redirect[0].https_redirect && google_compute_ssl_policy.edge.min_tls_version == "TLS_1_2"
    error_message = "Nothing is served without TLS."
  }
}

run "another_domain_is_another_certificate" {
  command = plan
  variables { domain = "bids.example.com" }

  assert {
    condition     = google_compute_managed_ssl_certificate.edge.name == "edge-${substr(sha256("bids.example.com"), 0, 8)}"
    error_message = "Two must be able to exist while one replaces the other."
  }
}

run "a_url_is_no_domain" {
  command = plan
  variables { domain = "https://api.example.com" }
  expect_failures = [var.domain]
}

run "without_place_bid_there_is_nothing_to_limit" {
  command = plan
  variables { services = { get_listing = "get-listing" } }
  expect_failures = [var.services]
}

run "one_bid_a_minute_is_accepted" {
  command = plan
  variables { bids_per_minute = 1 }
}

run "no_bid_a_minute_is_refused" {
  command = plan
  variables { bids_per_minute = 0 }
  expect_failures = [var.bids_per_minute]
}
