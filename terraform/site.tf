module "site" {
  source = "./modules/site"

  api_base    = var.edge_domain == null ? "/api" : "https://${var.edge_domain}/api"
  project_id  = var.project_id
  region      = var.region
  services    = local.public_services
  sign_in     = module.identity.sign_in
  site_id     = coalesce(var.site_id, var.project_id)
  trace_share = var.trace_share

  depends_on = [google_project_service.api]
}

locals {
  services        = { for operation, function in module.function : operation => function.name }
  public_services = { for operation, name in local.services : operation => name if local.functions[operation].invoker == "public" }
}
