#!/bin/sh
# The functions and the app of the release before, again, on whatever else this one brought. Wants gcloud and Terraform's
# state at hand, build/archives.json of this release, and $RELEASE, $ENVIRONMENT, $IMAGES.
set -eu
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder/previous" 2>/dev/null || true; rm -rf "$folder"' EXIT

if ! previous=$(gcloud storage cat "$RELEASE"); then
    echo "::error::There is nothing to go back to: no release has worked here yet ($RELEASE)."
    exit 1
fi
git worktree add -q --detach "$folder/previous" "$previous"
(cd "$folder/previous" && python3 -m dev.archive) >"$folder/previous.json"
cp "$folder"/previous/build/*.zip build/

# Terraform wants an archive for each operation that it has now: one that the release before did not have keeps its own.
cat >"$folder/choose.py" <<'EOF'
import json, sys
now, before = (json.load(open(name)) for name in sys.argv[1:])
print(json.dumps({operation: before.get(operation, file) for operation, file in now.items()}))
EOF
archives=$(python3 "$folder/choose.py" build/archives.json "$folder/previous.json")

terraform -chdir=terraform apply -auto-approve -lock-timeout=5m \
    -var-file="environments/$ENVIRONMENT.tfvars" -var-file=installation.tfvars.json \
    -var="archives=$archives" -var="dashboard_image=$IMAGES/dashboard:$previous"
echo "::error::$GITHUB_SHA does not work in $ENVIRONMENT; the functions and the app of $previous run there again."
sh .github/smoke.sh
