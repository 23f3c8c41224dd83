# The mirror's database, and the rules that guard it.

mock_provider "google" {
  override_during = plan
}

variables {
  deletion_protection = true
  location            = "eur3"
  rules               = "service cloud.firestore {}"
}

run "it_is_protected" {
  command = plan

  assert {
    condition     = google_firestore_database.mirror.delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_firestore_database.mirror.deletion_policy == "ABANDON"
    error_message = "nobody deletes it in passing"
  }

  assert {
    condition     = google_firestore_database.mirror.type == "FIRESTORE_NATIVE" && google_firestore_database.mirror.name == "(default)"
    error_message = "browsers watch the default database"
  }
}

run "dev_may_be_thrown_away" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = google_firestore_database.mirror.delete_protection_state == "DELETE_PROTECTION_DISABLED" && google_firestore_database.mirror.deletion_policy == "DELETE"
    error_message = "both locks are off"
  }
}

run "the_rules_are_in_force" {
  command = apply

  assert {
    condition     = google_firebaserules_release.mirror.name == "cloud.firestore" && google_firebaserules_release.mirror.ruleset_name == google_firebaserules_ruleset.mirror.name
    error_message = "a ruleset without a release guards nothing"
  }

  assert {
    condition     = google_firebaserules_ruleset.mirror.source[0].files[0].content == var.rules
    error_message = "as they are written"
  }
}

run "nothing_is_indexed" {
  command = plan

  assert {
    condition     = google_firestore_field.no_index.field == "*" && google_firestore_field.no_index.collection == "listings"
    error_message = "pages read by id alone"
  }

  assert {
    condition     = length(google_firestore_field.expiry) == 0
    error_message = "all documents are kept"
  }
}

run "documents_expire" {
  command = plan

  variables {
    keep_days = 7
  }

  assert {
    condition     = google_firestore_field.expiry["listings"].ttl_config[0].expiration_offset == "604800s"
    error_message = "seven days after the end"
  }
}

run "documents_expire_too_early" {
  command = plan

  variables {
    keep_days = 6
  }

  expect_failures = [var.keep_days]
}

run "these_are_no_rules" {
  command = plan

  variables {
    rules = "service firebase.storage {}"
  }

  expect_failures = [var.rules]
}
