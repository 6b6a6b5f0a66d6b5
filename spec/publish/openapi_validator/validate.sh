#!/bin/sh
# Validates what `assay spec --format openapi` writes with a public validator from npm.
# usage: validate.sh ASSAY SCRATCH_FOLDER
# Ends with 0 (valid), 1 (not valid) or, if the validator cannot be had, 77: skipped.
set -u
program=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../.ci/npm_packages.sh"

fetch_packages spec.openapi_is_valid "$here" "$2"
"$program" spec --format openapi --out openapi.json || exit 1
node_modules/.bin/validate-api openapi.json || exit 1

# A validator that passes everything would prove nothing.
sed 's/"in": "query"/"in": "nowhere"/' openapi.json >broken.json
if node_modules/.bin/validate-api broken.json >/dev/null; then
  echo "spec.openapi_is_valid: the validator accepts a broken document"
  exit 1
fi
