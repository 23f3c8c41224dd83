# What is refused before a function starts. Rules are tried by priority; the first that matches decides.
#
# Sensitivity 1: titles and descriptions are prose that people write ("select, union of silver and oak"), and higher levels refuse prose.
# SQL goes to the database as parameters alone; these rules keep scanners from costing money.
locals {
  known_attacks = {
    1000 = { rules = "sqli-v33-stable", what = "SQL injection" }
    1010 = { rules = "xss-v33-stable", what = "cross-site scripting" }
    1020 = { rules = "lfi-v33-stable", what = "local file inclusion" }
    1030 = { rules = "rce-v33-stable", what = "remote code execution" }
    1040 = { rules = "protocolattack-v33-stable", what = "request smuggling and splitting" }
    1050 = { rules = "scannerdetection-v33-stable", what = "scanners by their marks" }
  }
}

resource "google_compute_security_policy" "edge" {
  # checkov:skip=CKV_GCP_73: nothing here is Java
  project     = var.project_id
  name        = var.name
  description = "Public operations of Gavel"
  type        = "CLOUD_ARMOR"

  advanced_options_config {
    json_parsing = "STANDARD" # look into the members of a body instead of at its braces and quotes
    log_level    = "NORMAL"
  }

  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable = true
    }
  }

  dynamic "rule" {
    for_each = local.known_attacks
    content {
      action      = "deny(403)"
      priority    = tonumber(rule.key)
      description = rule.value.what
      preview     = var.preview

      match {
        expr {
          expression = "evaluatePreconfiguredWaf('${rule.value.rules}', {'sensitivity': 1})"
        }
      }
    }
  }

  # By token, not by address: bidders of one house share an address, and one bidder may use many.
  rule {
    action      = "throttle"
    priority    = 2000
    description = "bids of one token"

    match {
      expr {
        expression = "request.path == '/api/place_bid' && has(request.headers['authorization'])"
      }
    }

    rate_limit_options {
      conform_action      = "allow"
      exceed_action       = "deny(429)"
      enforce_on_key      = "HTTP_HEADER"
      enforce_on_key_name = "authorization"

      rate_limit_threshold {
        count        = var.bids_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    action      = "throttle"
    priority    = 3000
    description = "requests of one address"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  # Every policy must have a last rule for everything; the one before it has let pass what comes here.
  rule {
    action      = "allow"
    priority    = 2147483647
    description = "default"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
