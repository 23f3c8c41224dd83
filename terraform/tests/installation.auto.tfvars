# An installation as somebody would describe it: what the environments' own files leave open.

archives = {
  close_auctions  = "tests/fixtures/archive.txt"
  create_listing  = "tests/fixtures/archive.txt"
  get_listing     = "tests/fixtures/archive.txt"
  nl_feedback     = "tests/fixtures/archive.txt"
  nl_query        = "tests/fixtures/archive.txt"
  nl_questions    = "tests/fixtures/archive.txt"
  place_bid       = "tests/fixtures/archive.txt"
  search_listings = "tests/fixtures/archive.txt"
  sync_mirror     = "tests/fixtures/archive.txt"
}
analysts             = ["group:analysts@example.com"]
dashboard_image      = "europe-west1-docker.pkg.dev/gavel-test/images/dashboard:1"
firestore_rules      = "tests/fixtures/firestore.rules"
github_owner_id      = "1"
github_repository_id = "2"
migrate_image        = "europe-west1-docker.pkg.dev/gavel-test/images/migrate:1"
notification_emails  = ["on-call@example.com"]
project_id           = "gavel-test"
runbooks_url         = "https://example.com/docs/runbooks"
secret_versions      = { reporting_db_password = "3" }
state_bucket         = "gavel-test-state"
