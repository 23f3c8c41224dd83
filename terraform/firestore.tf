module "firestore" {
  source = "./modules/firestore"

  deletion_protection = var.deletion_protection
  keep_days           = var.mirror_keep_days
  location            = coalesce(var.firestore_location, var.region)
  rules               = file(var.firestore_rules)

  depends_on = [google_project_service.api]
}
