# One private network: the functions' subnet on one side, the database's peered range on the other, port 3307 between them.

resource "google_compute_network" "this" {
  name                    = var.name
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "functions" {
  name                     = "functions"
  network                  = google_compute_network.this.id
  region                   = var.region
  ip_cidr_range            = var.functions_range
  private_ip_google_access = true # the connector asks the Cloud SQL Admin API from inside

  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.1
    metadata             = "EXCLUDE_ALL_METADATA"
  }
}

resource "google_compute_global_address" "services" {
  name          = "private-services"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = local.services_address
  prefix_length = local.services_prefix
  network       = google_compute_network.this.id
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
  deletion_policy         = "ABANDON" # the peering outlives the database by days, and deleting it before hangs
}

resource "google_compute_firewall" "database" {
  name               = "functions-to-database"
  description        = "Functions reach the database's own proxy."
  network            = google_compute_network.this.id
  direction          = "EGRESS"
  priority           = 1000
  destination_ranges = [var.services_range]
  target_tags        = [local.tag]

  allow {
    protocol = "tcp"
    ports    = ["3307"]
  }
}

resource "google_compute_firewall" "nothing_else" {
  name               = "functions-to-nothing-else"
  description        = "Functions reach nothing else on private addresses."
  network            = google_compute_network.this.id
  direction          = "EGRESS"
  priority           = 65000
  destination_ranges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
  target_tags        = [local.tag]

  deny {
    protocol = "all"
  }
}

locals {
  services_address = split("/", var.services_range)[0]
  services_prefix  = tonumber(split("/", var.services_range)[1])
  tag              = "functions"
}
