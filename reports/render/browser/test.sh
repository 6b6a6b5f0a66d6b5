#!/bin/sh
# Opens report.html and the other pages in Chromium, at three widths, and looks at the files for other
# programs with public validators.
# usage: test.sh ASSAY SCRATCH_FOLDER
# Screenshots stay in the folder. Ends with 0, 1 or, if npm or Chromium cannot be had, 77: skipped.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../.ci/npm_packages.sh"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
  give_up reports.browser "Chromium is missing"
fetch_packages reports.browser "$here" "$2"
cp "$here/browser_test.js" . || exit 1
exec node browser_test.js "$1" "$browser"
