#!/bin/sh
# Validates what `assay spec --format openapi` writes with a public validator from npm.
# usage: validate.sh ASSAY SCRATCH_FOLDER
# Ends with 0 (valid), 1 (not valid) or, if the validator cannot be had, 77: skipped. In CI (the
# variable CI is set) that counts as a failure, so that the test cannot vanish unnoticed.
set -u
program=$1
scratch=$2
here=$(cd "$(dirname "$0")" && pwd)

give_up() {
  echo "spec.openapi_is_valid: $1"
  [ -n "${CI:-}" ] && exit 1
  exit 77
}

command -v npm >/dev/null || give_up "npm is missing"
mkdir -p "$scratch" || exit 1
cp "$here/package.json" "$here/package-lock.json" "$scratch" || exit 1
cd "$scratch" || exit 1
if ! cmp -s package-lock.json installed-lock.json; then
  npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || give_up "npm ci failed: $(tail -n 1 npm.log)"
  cp package-lock.json installed-lock.json
fi

"$program" spec --format openapi --out openapi.json || exit 1
node_modules/.bin/validate-api openapi.json || exit 1

# A validator that passes everything would prove nothing.
sed 's/"in": "query"/"in": "nowhere"/' openapi.json >broken.json
if node_modules/.bin/validate-api broken.json >/dev/null; then
  echo "spec.openapi_is_valid: the validator accepts a broken document"
  exit 1
fi
