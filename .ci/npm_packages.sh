# Sourced by tests that use packages of npm: fetch_packages NAME FOLDER SCRATCH installs what package-lock.json of
# the folder names into the scratch folder, unless it is there already, and leaves the shell in it. Without npm
# or a registry it gives up.

# give_up NAME WHY: ends with 77, skipped. In CI (the variable CI is set) that counts as a failure, so that a
# test cannot vanish unnoticed.
give_up() {
  echo "$1: $2"
  [ -n "${CI:-}" ] && exit 1
  exit 77
}

fetch_packages() {
  command -v npm >/dev/null || give_up "$1" "npm is missing"
  mkdir -p "$3" || exit 1
  cp "$2/package.json" "$2/package-lock.json" "$3" || exit 1
  cd "$3" || exit 1
  cmp -s package-lock.json installed-lock.json && return
  npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || give_up "$1" "npm ci failed: $(tail -n 1 npm.log)"
  cp package-lock.json installed-lock.json
}
