module "identity" {
  source = "./modules/identity"

  authorized_domains = toset(concat(
    [for origin in module.site.origins : trimprefix(origin, "https://")],
    ["${var.project_id}.firebaseapp.com"], # Google's window and the links of messages open there, whatever the site is called
    var.environment == "dev" ? ["localhost"] : [],
  ))
  google_enabled  = var.federated_sign_in
  second_factor   = var.second_factor
  sign_up_enabled = var.sign_up_enabled

  depends_on = [google_project_service.api]
}
