output "archive_name" {
  description = "Name of the archive in its bucket, by content."
  value       = google_storage_bucket_object.archive.name
}

output "ingress" {
  description = "From where requests are taken."
  value       = google_cloudfunctions2_function.this.service_config[0].ingress_settings
}

output "instances" {
  description = "Least and most instances."
  value = {
    max = google_cloudfunctions2_function.this.service_config[0].max_instance_count
    min = google_cloudfunctions2_function.this.service_config[0].min_instance_count
  }
}

output "invokers" {
  description = "Who may call the function."
  value       = google_cloud_run_v2_service_iam_binding.invokers.members
}

output "member" {
  description = "The function's account as a member of IAM policies."
  value       = local.member
}

output "name" {
  description = "Name of the function and of its Cloud Run service."
  value       = google_cloudfunctions2_function.this.name
}

output "roles" {
  description = "Roles that the function's account has in the project."
  value       = [for role in google_project_iam_member.this : role.role]
}

output "secrets" {
  description = "Which version of which secret each setting has, as SECRET:VERSION."
  value = {
    for variable in google_cloudfunctions2_function.this.service_config[0].secret_environment_variables :
    variable.key => "${variable.secret}:${variable.version}"
  }
}

output "service_account_email" {
  description = "E-mail of the function's account."
  value       = local.email
}

output "service_account_name" {
  description = "Name of the function's account before the @, which is its name to MySQL."
  value       = google_service_account.this.account_id
}

output "settings" {
  description = "Settings of the function, none of them secret."
  value       = google_cloudfunctions2_function.this.service_config[0].environment_variables
}

output "url" {
  description = "Address of the function on Cloud Run."
  value       = google_cloudfunctions2_function.this.service_config[0].uri
}
