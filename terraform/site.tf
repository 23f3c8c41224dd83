module "site" {
  source = "./modules/site"

  api_base          = var.edge_domain == null ? "/api" : "https://${var.edge_domain}/api"
  federated_sign_in = var.federated_sign_in
  project_id        = var.project_id
  region            = var.region
  services          = local.public_services
  site_id           = coalesce(var.site_id, var.project_id)

  depends_on = [google_project_service.api]
}

locals {
  services        = { for operation, function in module.function : operation => function.name }
  public_services = { for operation, name in local.services : operation => name if local.functions[operation].invoker == "public" }
}
