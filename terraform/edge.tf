# For those who outgrow the site's own rewrites: rate limits and a certificate of one's own, at about 32 dollars a month.
#
# In two steps, for Google issues the certificate only when the A record leads here: edge_domain makes the load balancer
# beside the way that there is, and edge_only closes that way and turns everybody to the load balancer.
module "edge" {
  source = "./modules/edge"
  count  = var.edge_domain == null ? 0 : 1

  domain     = var.edge_domain
  project_id = var.project_id
  region     = var.region
  services   = local.public_services
  site_url   = module.site.url

  depends_on = [google_project_service.api]
}

locals {
  edge_api = var.edge_only ? "https://${var.edge_domain}/api" : null
}
