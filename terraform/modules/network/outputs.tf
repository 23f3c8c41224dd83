output "egress_tag" {
  description = "Network tag that the firewall knows functions by."
  value       = local.tag
}

output "network_id" {
  description = "Full id of the network, for the database. It is there only once the peering is, without which no database can be made."
  value       = google_compute_network.this.id
  depends_on  = [google_service_networking_connection.services]
}

output "network_name" {
  description = "Name of the network, for direct VPC egress."
  value       = google_compute_network.this.name
}

output "subnetwork_name" {
  description = "Name of the functions' subnet, for direct VPC egress."
  value       = google_compute_subnetwork.functions.name
}
