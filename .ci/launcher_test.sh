#!/usr/bin/env bash
# Tests ./assay in a copy of the launcher whose PATH holds stubs of what installs and builds.
set -euo pipefail
source_root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export CALLS=$scratch/calls ABSENT=$scratch/absent BROKEN=$scratch/broken STUBS=$scratch/stubs
export USER_ID=0
unset ASSAY_JOBS ASSAY_SKIP_INSTALL
failures=0

fail() {
  failures=$((failures + 1))
  printf '%s: %s\n  standard output: %s\n  standard error: %s\n  calls: %s\n' "$test" "$1" \
    "$(cat "$scratch/out")" "$(cat "$scratch/err")" "$(cat "$CALLS")"
}

expect_code() { [ "$code" = "$1" ] || fail "ended with $code, not $1"; }
expect_call() { grep -qE "$1" "$CALLS" || fail "no call of $1"; }
expect_no_call() { ! grep -qE "$1" "$CALLS" || fail "a call of $1"; }
expect_error() { grep -qF -- "$1" "$scratch/err" || fail "standard error does not say: $1"; }
expect_output() { [ "$(cat "$scratch/out")" = "$1" ] || fail "standard output is not: $1"; }

write_stub() {
  cat >"$STUBS/$1"
  chmod +x "$STUBS/$1"
}

make_stubs() {
  mkdir "$STUBS"
  local tool
  for tool in sh bash env awk cat chmod cmp dirname find flock grep head ln mkdir mv nproc readlink rm sed \
    sleep tail timeout; do
    ln -s "$(command -v "$tool")" "$STUBS/$tool"
  done
  write_stub id <<'STUB'
#!/bin/sh
echo "$USER_ID"
STUB
  write_stub dpkg-query <<'STUB'
#!/bin/sh
shift 3
for package; do
  grep -qxF "$package" "$ABSENT" || echo "installed=$package"
done
STUB
  write_stub apt-get <<'STUB'
#!/bin/sh
echo "apt-get $*" >>"$CALLS"
if [ -e "$BROKEN" ]; then
  echo "E: no such package"
  exit 100
fi
STUB
  write_stub cmake <<'STUB'
#!/bin/sh
echo "cmake $*" >>"$CALLS"
[ "$1" = --build ] || exit 0
sleep "${BUILD_SECONDS:-0}"
if [ -e "$BROKEN" ]; then
  printf '[1/2] fine\nFAILED: broken.o\nbroken.cc: no such thing\n'
  exit 1
fi
cat >"$2/assay" <<'PROGRAM'
#!/bin/sh
printf '<%s>' "$@"
exit 7
PROGRAM
chmod +x "$2/assay"
STUB
}

# A copy of the launcher in a folder whose name holds a blank, with a source in each place.
make_project() {
  project="$scratch/a project"
  rm -rf "$project"
  mkdir -p "$project/.ci" "$project/spec/rules" "$project/reference"
  cp "$source_root/assay" "$project"
  cp "$source_root/.ci/setup.sh" "$source_root/.ci/packages" "$project/.ci"
  touch "$project/CMakeLists.txt" "$project/main.cc" "$project/spec/rules/page.json" \
    "$project/reference/model.cc"
  : >"$CALLS"
  : >"$ABSENT"
  rm -f "$BROKEN"
}

launch() {
  code=0
  PATH=$STUBS "${launcher:-$project/assay}" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || code=$?
}

# Like launch, with the calls of this one only.
launch_again() {
  : >"$CALLS"
  launch "$@"
}

BuildsOnceWhereNothingIsMissing() {
  launch run
  expect_code 7
  expect_no_call apt-get
  expect_call 'cmake --preset release'
  expect_call 'cmake --build .* --target assay_program'
  expect_error "building (first time"
  launch_again run
  expect_code 7
  expect_no_call .
  [ ! -s "$scratch/err" ] || fail "the second start is not silent"
}

PassesArgumentsThrough() {
  launch run '' 'two words' '*' -- "quote's" '$HOME'
  expect_output "<run><><two words><*><--><quote's><\$HOME>"
}

RunsFromAnywhereAndThroughLinks() {
  mkdir -p "$scratch/else where"
  ln -sf "$project/assay" "$scratch/else where/first"
  ln -sf "first" "$scratch/else where/second"
  (cd "$scratch/else where" && launcher=./second launch run && [ "$code" = 7 ]) || fail "not through a link"
  [ -x "$project/build/release/assay" ] || fail "was not built in the project"
  (cd "$project/spec" && launcher=../assay launch run && [ "$code" = 7 ]) || fail "not from a folder below"
}

BuildsAgainAfterEveryKindOfChange() {
  local change
  for change in 'echo >>main.cc' 'echo >>spec/rules/page.json' 'rm spec/rules/page.json' 'touch spec/new.h' \
    'mv reference/model.cc reference/service.cc' 'touch -d 2001-01-01 main.cc' 'touch CMakePresets.json'; do
    launch run
    sleep 0.02
    (cd "$project" && eval "$change")
    launch_again run
    expect_call 'cmake --build'
    launch_again run
    expect_no_call .
  done
}

BuildsAfreshWhereTheProjectWasMoved() {
  launch run
  mv "$project" "$scratch/moved project"
  project="$scratch/moved project"
  launch_again run
  expect_call 'cmake --preset release --fresh'
  rm -rf "$project"
}

ShowsABuildThatFails() {
  touch "$BROKEN"
  launch run
  expect_code 2
  expect_error "broken.cc: no such thing"
  expect_error "build/release/build.log"
  ! grep -q '\[1/2\]' "$scratch/err" || fail "shows what did not fail"
  rm "$BROKEN"
  launch_again run
  expect_code 7
}

DoesNotRunAnOldProgramAfterAFailedBuild() {
  launch run
  sleep 0.02
  echo >>"$project/main.cc"
  touch "$BROKEN"
  launch_again run
  expect_code 2
  launch_again run
  expect_code 2
}

InstallsWhatIsMissingAsRoot() {
  printf 'libfmt-dev\nclang-16\nlibssl-dev\n' >"$ABSENT"
  launch run
  expect_code 7
  expect_call '^apt-get update$'
  expect_call '^apt-get install -y --no-install-recommends libfmt-dev libssl-dev$'
  expect_error "installing libfmt-dev libssl-dev"
}

NamesTheCommandWithoutRootAndSudo() {
  echo libfmt-dev >"$ABSENT"
  USER_ID=1000 launch run
  expect_code 2
  expect_error "apt-get update && apt-get install -y --no-install-recommends libfmt-dev"
  expect_no_call .
}

UsesSudoWhereItNeedsNoPassword() {
  echo libfmt-dev >"$ABSENT"
  write_stub sudo <<'STUB'
#!/bin/sh
echo "sudo $*" >>"$CALLS"
[ "$1" != -n ] || exit "${SUDO_REFUSES:-0}"
exec "$@"
STUB
  USER_ID=1000 launch run
  expect_code 7
  expect_call '^sudo env DEBIAN_FRONTEND=noninteractive apt-get install'
  SUDO_REFUSES=1 USER_ID=1000 launch_again run
  expect_code 2
  expect_no_call apt-get
  rm "$STUBS/sudo"
}

ShowsAnInstallationThatFails() {
  echo libfmt-dev >"$ABSENT"
  touch "$BROKEN"
  launch run
  expect_code 2
  expect_error "E: no such package"
  expect_no_call cmake
}

NamesThePackagesWhereThereIsNoApt() {
  mv "$STUBS/apt-get" "$STUBS/dpkg-query" "$scratch"
  launch run
  expect_code 2
  expect_error "libfmt-dev"
  expect_error "ASSAY_SKIP_INSTALL=1"
  ASSAY_SKIP_INSTALL=1 launch run
  expect_code 7
  mv "$scratch/apt-get" "$scratch/dpkg-query" "$STUBS"
}

AcceptsACommandInPlaceOfItsPackage() {
  echo cmake >"$ABSENT"
  launch run
  expect_code 7
  expect_no_call apt-get
}

LimitsJobs() {
  ASSAY_JOBS=3 launch run
  expect_call 'cmake --build .* --parallel 3 '
  touch "$project/main.cc"
  ASSAY_JOBS=none launch run
  expect_code 2
  expect_error "ASSAY_JOBS=none"
}

BuildsOnceWhereTwoStartAtOnce() {
  BUILD_SECONDS=0.3 launch run &
  BUILD_SECONDS=0.3 PATH=$STUBS "$project/assay" run >/dev/null 2>&1 </dev/null || true
  wait
  [ "$(grep -c 'cmake --build' "$CALLS")" = 1 ] || fail "built more than once"
}

StartsWhileAnotherLaunchHoldsTheLock() {
  launch run
  exec 8>"$project/build/release.lock"
  flock 8
  launcher=timeout launch_again 5 "$project/assay" run
  exec 8>&-
  expect_code 7
}

SaysWhereItCannotWrite() {
  : >"$project/build"
  launch run
  expect_code 2
  expect_error "cannot write to"
}

LooksAtEveryFolderThatIsBuilt() {
  local folder inputs
  launch run
  inputs=$(. "$source_root/.ci/setup.sh" && echo $build_inputs)
  for folder in $(sed -nE 's/^(assay_library|add_subdirectory)\(([a-z_]+).*/\2/p' \
    "$source_root/CMakeLists.txt"); do
    [[ " $inputs " = *" $folder "* ]] || fail "changes in $folder go unnoticed"
  done
}

HelpNeedsTheProgramAlone() {
  local words
  for words in 'fuzz --help' 'fuzz -h' 'run --help' --help rnu; do
    # shellcheck disable=SC2086  # several words
    launch_again $words
    expect_no_call 'preset fuzz'
  done
  launch_again fuzz
  expect_call 'preset fuzz'
}

make_stubs
tests=$(declare -F | sed -nE 's/^declare -f ([A-Z].*)/\1/p')
for test in $tests; do
  make_project
  "$test"
done
echo "$(wc -w <<<"$tests") tests of the launcher, $failures failures"
[ "$failures" = 0 ]
