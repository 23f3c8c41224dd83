module "site" {
  source = "./modules/site"

  api_base    = coalesce(local.edge_api, "/api")
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
