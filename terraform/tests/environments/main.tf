# What the environments' own files say, for the tests to plan with exactly that.

terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}

output "dev" {
  description = "Variables of environments/dev.tfvars."
  value       = provider::terraform::decode_tfvars(file("${path.module}/../../environments/dev.tfvars"))
}

output "prod" {
  description = "Variables of environments/prod.tfvars."
  value       = provider::terraform::decode_tfvars(file("${path.module}/../../environments/prod.tfvars"))
}
