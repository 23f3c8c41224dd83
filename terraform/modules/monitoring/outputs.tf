output "alert_policies" {
  description = "Full name of each alert policy, by the second half of its display name."
  value = merge(
    { for name, policy in google_monitoring_alert_policy.burn : name => policy.name },
    { for name, policy in google_monitoring_alert_policy.threshold : name => policy.name },
    { for name, policy in google_monitoring_alert_policy.uptime : "uptime ${name}" => policy.name },
    { scheduler-silent = google_monitoring_alert_policy.silent.name },
  )
}

output "dashboard_id" {
  description = "Id of the dashboard."
  value       = google_monitoring_dashboard.market.id
}

output "email_channels" {
  description = "Full names of the e-mail channels made here, for the budget."
  value       = [for channel in google_monitoring_notification_channel.email : channel.name]
}

output "objectives" {
  description = "Full name of each service level objective, by its id."
  value       = { for id, objective in google_monitoring_slo.objective : id => objective.name }
}
