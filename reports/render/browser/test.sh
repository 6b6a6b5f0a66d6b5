#!/bin/sh
# Opens report.html and the other pages in Chromium, at three widths, and looks at the files for other
# programs with public validators.
# usage: test.sh ASSAY SCRATCH_FOLDER
# Screenshots stay in the folder. Ends with 0, 1 or, if npm or Chromium cannot be had, 77: skipped. In CI
# (the variable CI is set) that counts as a failure, so that the test cannot vanish unnoticed.
set -u
program=$1
scratch=$2
here=$(cd "$(dirname "$0")" && pwd)

give_up() {
  echo "reports.browser: $1"
  [ -n "${CI:-}" ] && exit 1
  exit 77
}

command -v npm >/dev/null || give_up "npm is missing"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
  give_up "Chromium is missing"
mkdir -p "$scratch" || exit 1
cp "$here/package.json" "$here/package-lock.json" "$here/browser_test.js" "$scratch" || exit 1
cd "$scratch" || exit 1
if ! cmp -s package-lock.json installed-lock.json; then
  npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || give_up "npm ci failed: $(tail -n 1 npm.log)"
  cp package-lock.json installed-lock.json
fi
exec node browser_test.js "$program" "$browser"
