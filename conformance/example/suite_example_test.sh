#!/usr/bin/env bash
# The example is a GoogleTest program like any other: filters, shards, XML, failures and skips.
# Usage: suite_example_test.sh EXAMPLE ASSAY
set -euo pipefail
example=$1 assay=$2
scratch=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server"; rm -rf "$scratch"' EXIT
unset GTEST_TOTAL_SHARDS GTEST_SHARD_INDEX GTEST_FILTER GTEST_OUTPUT

fail() {
  printf '%s\n' "$1"
  tail -n 40 "$scratch/out"
  exit 1
}

# The example with arguments has to end with that code; what it writes is in the file `out`.
run() {
  local wanted=$1 code=0
  shift
  "$example" "$@" >"$scratch/out" 2>&1 || code=$?
  [ "$code" = "$wanted" ] || fail "$* ended with $code, not $wanted"
}

expect() { grep -qE -- "$1" "$scratch/out" || fail "does not say: $1"; }
names_of() { sed -nE 's/^\[ RUN      \] //p' "$1" | sort; }

# Every rule has its test, beside walks, combinations, sweeps and properties; no name has a hyphen.
run 0 --gtest_list_tests
for suite in questions page walks combinations sweeps properties; do expect "^$suite\.$"; done
expect '^  size\.echo$'
! grep -q -- - "$scratch/out" || fail "a name has a hyphen"

# In process, with a filter and XML: a test that cannot send anything says why.
run 0 --gtest_filter='page.*:auth.*:properties.*:-page.walk.*' --gtest_output="xml:$scratch/out.xml"
expect '\[       OK \] page\.size\.echo'
expect '\[       OK \] properties\.'
expect '\[  SKIPPED \] auth\.'
expect 'no request is signed'
! grep -q 'RUN.*page\.walk' "$scratch/out" || fail "the filter left a test in"
python3 - "$scratch/out.xml" <<'PYTHON'
import sys, xml.etree.ElementTree as xml
cases = {f"{c.get('classname')}.{c.get('name')}": c.get("result") for c in
         xml.parse(sys.argv[1]).getroot().iter("testcase") if c.get("status") == "run"}
assert cases.get("page.size.echo") == "completed", cases
assert all(cases[name] == "skipped" for name in cases if name.startswith("auth.")), cases
PYTHON

# With a fault it is red, and says what is wrong.
run 1 --gtest_filter='page.*' paging.size.echo_missing
expect '\[  FAILED  \] page\.size\.echo'
expect 'page\.size\.echo: '
expect 'expected: '

# A URL, in two shards that together run every test once.
"$assay" serve --listen 127.0.0.1:0 >"$scratch/serve" 2>&1 &
server=$!
url=''
for ((i = 0; i < 100; i++)); do
  url=$(sed -n 's/^listening on //p' "$scratch/serve")
  [ -z "$url" ] || break
  sleep 0.1
done
filter='page.*:filter.*:sweeps.*:walks.*'
run 0 --gtest_filter="$filter" "$url"
names_of "$scratch/out" >"$scratch/whole"
for index in 0 1; do
  GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=$index run 0 --gtest_filter="$filter" "$url"
  names_of "$scratch/out" >"$scratch/shard$index"
  [ -s "$scratch/shard$index" ] || fail "shard $index ran nothing"
done
[ -s "$scratch/whole" ] || fail "no test ran"
sort "$scratch/shard0" "$scratch/shard1" | diff "$scratch/whole" - || fail "the shards are not the whole"

# Nobody there: one failure, and no success.
kill "$server"
wait "$server" || true
server=''
run 1 --gtest_filter='page.*' "$url"
[ "$(grep -c '^\[  FAILED  \] page\..*ms)$' "$scratch/out")" = 1 ] || fail "not one failure"
expect 'connection refused'
