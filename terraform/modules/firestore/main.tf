# The public mirror: a database that only functions write, the rules that say so, and no index that nobody reads.

resource "google_firestore_database" "mirror" {
  name                              = "(default)"
  location_id                       = var.location
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "OPTIMISTIC"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.deletion_protection ? "ABANDON" : "DELETE"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_DISABLED" # sync_mirror writes it anew from MySQL
}

# Pages read listings by id alone. An index on a price or an end costs writes, and one on rising times is a hot spot.
resource "google_firestore_field" "no_index" {
  database   = google_firestore_database.mirror.name
  collection = "listings"
  field      = "*"

  index_config {}
}

resource "google_firestore_field" "expiry" {
  for_each = var.keep_days == null ? {} : { listings = "ends_at" }

  database   = google_firestore_database.mirror.name
  collection = each.key
  field      = each.value

  index_config {}

  ttl_config {
    expiration_offset = "${var.keep_days * 86400}s"
  }
}

resource "google_firebaserules_ruleset" "mirror" {
  source {
    files {
      name    = "firestore.rules"
      content = var.rules
    }
  }

  depends_on = [google_firestore_database.mirror]

  lifecycle {
    create_before_destroy = true # the release must never be without
  }
}

resource "google_firebaserules_release" "mirror" {
  name         = "cloud.firestore"
  ruleset_name = google_firebaserules_ruleset.mirror.name
}
