#!/bin/sh
# An auction on what Terraform has just deployed. Wants gcloud and Terraform's state at hand, and $DEPLOY_ACCOUNT.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
terraform -chdir=terraform output -json called_urls >"$folder/functions.json"
terraform -chdir=terraform output -raw site_config_json >"$folder/config.json"
GOOGLE_ACCESS_TOKEN=$(gcloud auth print-access-token)
export GOOGLE_ACCESS_TOKEN
.venv/bin/python -m dev.smoke --functions "$folder/functions.json" --config "$folder/config.json" --account "$DEPLOY_ACCOUNT"
