# Identity Platform: who people are. Functions check its tokens against Google's public keys and need no right here.

resource "google_identity_platform_config" "this" {
  authorized_domains         = sort(var.authorized_domains)
  autodelete_anonymous_users = true

  client {
    permissions {
      disabled_user_deletion = true # bids outlive their bidder; accounts are closed by the house
      disabled_user_signup   = !var.sign_up_enabled
    }
  }

  mfa {
    state = var.second_factor

    provider_configs {
      state = var.second_factor == "DISABLED" ? "DISABLED" : "ENABLED"

      totp_provider_config {
        adjacent_intervals = 1 # a clock may be half a minute off
      }
    }
  }

  monitoring {
    request_logging {
      enabled = true
    }
  }

  sign_in {
    allow_duplicate_emails = false

    anonymous {
      enabled = false
    }

    email {
      enabled           = true
      password_required = true
    }
  }
}
