# Functions reach the database's proxy on private addresses, and nothing else.

mock_provider "google" {
  override_during = plan
}

variables {
  region = "europe-west1"
}

run "functions_reach_the_database_alone" {
  command = plan

  assert {
    condition     = google_compute_firewall.database.destination_ranges == toset(["10.30.0.0/20"]) && one(google_compute_firewall.database.allow).ports == tolist(["3307"])
    error_message = "the way to the database is its proxy's port"
  }

  assert {
    condition     = google_compute_firewall.database.priority < google_compute_firewall.nothing_else.priority
    error_message = "what is allowed goes before what is not"
  }

  assert {
    condition     = one(google_compute_firewall.nothing_else.deny).protocol == "all" && contains(google_compute_firewall.nothing_else.destination_ranges, "10.0.0.0/8")
    error_message = "no other private address is reached"
  }

  assert {
    condition     = google_compute_firewall.database.target_tags == toset([output.egress_tag]) && google_compute_firewall.nothing_else.target_tags == toset([output.egress_tag])
    error_message = "both rules are about the functions"
  }
}

run "the_network_is_private" {
  command = plan

  assert {
    condition     = !google_compute_network.this.auto_create_subnetworks && google_compute_subnetwork.functions.private_ip_google_access
    error_message = "one subnet, from which Google's APIs are reached without an outside address"
  }

  assert {
    condition     = google_compute_global_address.services.address == "10.30.0.0" && google_compute_global_address.services.prefix_length == 20
    error_message = "the database lives where the firewall thinks"
  }

  assert {
    condition     = google_service_networking_connection.services.deletion_policy == "ABANDON"
    error_message = "taking the network down does not hang"
  }
}

run "the_smallest_ranges" {
  command = plan

  variables {
    functions_range = "10.20.0.0/26"
    services_range  = "10.30.0.0/24"
  }
}

run "a_subnet_too_small" {
  command = plan

  variables {
    functions_range = "10.20.0.0/27"
  }

  expect_failures = [var.functions_range]
}

run "a_services_range_too_small" {
  command = plan

  variables {
    services_range = "10.30.0.0/25"
  }

  expect_failures = [var.services_range]
}

run "a_range_that_begins_within" {
  command = plan

  variables {
    services_range = "10.30.0.1/20"
  }

  expect_failures = [var.services_range]
}
