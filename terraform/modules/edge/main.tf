# One address for every public operation, with Cloud Armor before it. Optional: without it browsers reach the functions through the
# site's own rewrites. Until the functions' ingress is ALLOW_INTERNAL_AND_GCLB (edge_only at the root), their own addresses go round these rules.
locals {
  paths = { for operation in keys(var.services) : operation => "/api/${operation}" }
}

resource "google_compute_global_address" "edge" {
  project = var.project_id
  name    = var.name
}

resource "google_compute_region_network_endpoint_group" "operation" {
  for_each = var.services

  project               = var.project_id
  name                  = "${var.name}-${replace(each.key, "_", "-")}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value
  }
}

resource "google_compute_backend_service" "operation" {
  for_each = var.services

  project               = var.project_id
  name                  = "${var.name}-${replace(each.key, "_", "-")}"
  load_balancing_scheme = "EXTERNAL_MANAGED" # here and on the forwarding rules: the default differs between provider versions
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge.id

  backend {
    group = google_compute_region_network_endpoint_group.operation[each.key].id
  }

  # What was refused at the edge never reaches a function and is found here alone.
  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_url_map" "edge" {
  project = var.project_id
  name    = var.name

  default_url_redirect {
    host_redirect          = trimprefix(var.site_url, "https://")
    https_redirect         = true
    redirect_response_code = "FOUND" # not permanent: browsers would remember it beyond any change of mind
    strip_query            = false
  }

  host_rule {
    hosts        = [var.domain]
    path_matcher = "api"
  }

  path_matcher {
    name = "api"

    default_url_redirect {
      host_redirect          = trimprefix(var.site_url, "https://")
      https_redirect         = true
      redirect_response_code = "FOUND"
      strip_query            = false
    }

    dynamic "path_rule" {
      for_each = local.paths
      content {
        paths   = [path_rule.value]
        service = google_compute_backend_service.operation[path_rule.key].id
      }
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  project = var.project_id
  name    = "${var.name}-${substr(sha256(var.domain), 0, 8)}" # a certificate cannot change: another domain is another one

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "edge" {
  project         = var.project_id
  name            = var.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "edge" {
  project          = var.project_id
  name             = var.name
  url_map          = google_compute_url_map.edge.id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge.id]
  ssl_policy       = google_compute_ssl_policy.edge.id
}

resource "google_compute_global_forwarding_rule" "https" {
  project               = var.project_id
  name                  = "${var.name}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.edge.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge.id
}

resource "google_compute_url_map" "to_https" {
  project = var.project_id
  name    = "${var.name}-to-https"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "to_https" {
  project = var.project_id
  name    = "${var.name}-to-https"
  url_map = google_compute_url_map.to_https.id
}

resource "google_compute_global_forwarding_rule" "http" {
  project               = var.project_id
  name                  = "${var.name}-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.edge.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.to_https.id
}
