module "network" {
  source = "./modules/network"

  functions_range = var.functions_range
  region          = var.region
  services_range  = var.services_range

  depends_on = [google_project_service.api]
}
