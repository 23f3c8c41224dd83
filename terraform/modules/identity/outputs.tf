output "issuer_config" {
  description = "Full name of the project's Identity Platform configuration."
  value       = google_identity_platform_config.this.name
}

output "sign_in" {
  description = "What people can sign in with, by Firebase's names of providers, and whether they may open an account themselves; for the site."
  value = {
    providers = concat(
      [for email in google_identity_platform_config.this.sign_in[0].email : "password" if email.enabled],
      var.google_enabled ? ["google.com"] : [],
    )
    sign_up = !google_identity_platform_config.this.client[0].permissions[0].disabled_user_signup
  }
}
