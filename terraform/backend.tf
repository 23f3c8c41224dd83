# The bucket is given at `terraform init -backend-config=bucket=…`: it differs by environment and exists before this does.
terraform {
  backend "gcs" {
    prefix = "gavel"
  }
}
