# The app calls three functions, each at its own address and with a token for that address: {function} stands for the
# operation's name with hyphens.
module "dashboard" {
  source = "./modules/dashboard"

  api                 = local.url_pattern
  audience            = local.url_pattern
  deletion_protection = false # it holds nothing
  iap_members         = var.analysts
  image               = var.dashboard_image
  project_id          = var.project_id
  project_number      = data.google_project.this.number
  region              = var.region

  depends_on = [google_project_service.api]
}
