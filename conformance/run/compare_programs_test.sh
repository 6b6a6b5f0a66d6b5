#!/usr/bin/env bash
# compare_programs.py finds a program equal to itself, and sees a fault on one side alone.
set -euo pipefail
program=$1
compare=$(dirname -- "$0")/compare_programs.py

expect() {
  local wanted=$1 said=$2 code=0 text
  shift 2
  text=$("$compare" "$program" "$program" "$@" 2>&1) || code=$?
  [ "$code" = "$wanted" ] && [[ $text == *"$said"* ]] || {
    printf '%s\nended with %s, not %s, or does not say: %s\n' "$text" "$code" "$wanted" "$said"
    exit 1
  }
}

expect 0 "1 of 1 cases are the same" --cases served --options '--only page.*'
expect 1 '+finding {"id": "page.' --cases served --options '--only page.*' --fault paging.total.of_page
expect 1 '+total violations' --cases served --options '--only page.*' --fault paging.total.of_page --counts
expect 1 "no case matches nothing" --cases nothing
[ "$("$compare" a b --list --cases 'fault.*' | wc -l)" = 20 ]
[ "$("$compare" a b --list --cases 'reading.*' | wc -l)" = 10 ]
