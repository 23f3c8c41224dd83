output "archives_bucket" {
  description = "Name of the bucket for the functions' archives."
  value       = google_storage_bucket.archives.name
}

output "grantable_roles" {
  description = "Roles in the project that the account that deploys may give to functions."
  value       = local.grantable
}

output "image_prefix" {
  description = "What stands before the name of an image in the registry: HOST/PROJECT/REPOSITORY."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "repository_id" {
  description = "Full id of the registry's repository, for build_config.docker_repository of the functions."
  value       = google_artifact_registry_repository.images.id
}

output "service_account_email" {
  description = "E-mail of the account that deploys."
  value       = google_service_account.deploy.email
}

output "workload_identity_provider" {
  description = "Full name of the provider, for google-github-actions/auth."
  value       = google_iam_workload_identity_pool_provider.github.name
}
