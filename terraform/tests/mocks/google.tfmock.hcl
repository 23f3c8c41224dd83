# What Google would answer, as far as tests look at it.

mock_data "google_project" {
  defaults = {
    number = "123456789012"
  }
}

mock_resource "google_sql_database_instance" {
  defaults = {
    connection_name = "gavel-test:europe-west1:gavel"
  }
}
