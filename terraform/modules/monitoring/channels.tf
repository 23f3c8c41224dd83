# Whom alerts tell: channels that exist, and one for each e-mail address.
resource "google_monitoring_notification_channel" "email" {
  for_each = var.notification_emails

  project      = var.project_id
  type         = "email"
  display_name = each.key
  labels       = { email_address = each.key }
}

locals {
  channels = sort(concat([for channel in google_monitoring_notification_channel.email : channel.name], tolist(var.notification_channels)))
}
