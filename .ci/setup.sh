# Functions that install and build; the launcher, .ci/test and .ci/run read this file.
# They expect `root`, the project's folder, and set -eu. A failed step ends the script with 2.

# What a build reads: if one of these changed, vanished or was added, the program is built again.
readonly build_inputs='CMakeLists.txt CMakePresets.json main.cc
  cmake spec reference reports conformance property fuzz'

# The most memory that a compiler takes.
readonly job_kib=$((1536 * 1024))

# Processor time of a first build of the program.
readonly first_build_minutes=12

say() { printf 'assay: %s\n' "$*" >&2; }

give_up() {
  say "$@"
  exit 2
}

make_folder() {
  mkdir -p "$root/$1" 2>/dev/null && [ -w "$root/$1" ] || give_up "cannot write to $root/$1"
}

# Takes the lock NAME, which one process at a time may hold; it ends with unlock, or with the script.
lock() {
  make_folder build
  exec 9>"$root/build/$1.lock" || give_up "cannot write to $root/build/$1.lock"
  command -v flock >/dev/null || return 0
  flock -n 9 && return 0
  say "waiting for another launch that is at work in build/$1"
  flock 9
}

unlock() { exec 9>&-; }

# The packages of the GROUPs that are missing.
missing_packages() {
  wanted=
  while read -r group package stand_in; do
    case " $* " in *" $group "*) ;; *) continue ;; esac
    [ -n "$stand_in" ] && command -v "$stand_in" >/dev/null && continue
    wanted="$wanted $package"
  done <"$root/.ci/packages"
  [ -n "$wanted" ] || return 0
  # shellcheck disable=SC2086  # names of packages hold no blanks
  installed=$(dpkg-query -W -f '${db:Status-Status}=${Package}\n' $wanted 2>/dev/null) || true
  # shellcheck disable=SC2086
  set -- $installed
  for package in $wanted; do
    case " $* " in *" installed=$package "*) ;; *) printf '%s ' "$package" ;; esac
  done
}

# Prints the word to put before a command that needs root; fails if there is no way.
find_elevation() {
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || [ -t 0 ] || return 1
  echo sudo
}

install_missing() {
  [ "${ASSAY_SKIP_INSTALL:-}" = 1 ] && return 0
  missing=$(missing_packages "$@")
  missing=${missing% }
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || give_up "this system has no apt-get. Assay needs, by their names in \
Debian 12: $missing. Once they are there, start again with ASSAY_SKIP_INSTALL=1"
  install_command="apt-get install -y --no-install-recommends $missing"
  elevation=$(find_elevation) || give_up "packages are missing. Run as root, then start again:
apt-get update && $install_command"
  lock install
  log=$root/build/install.log
  say "installing $missing"
  # Without the lists of one source the others may do: only the installation decides.
  # shellcheck disable=SC2086
  $elevation env DEBIAN_FRONTEND=noninteractive apt-get update >"$log" 2>&1 9>&- || true
  # shellcheck disable=SC2086
  $elevation env DEBIAN_FRONTEND=noninteractive $install_command >>"$log" 2>&1 </dev/null 9>&- || {
    tail -n 30 "$log" >&2
    give_up "installing failed (build/install.log). The command was:
apt-get update && $install_command"
  }
  unlock
}

# How many compilers run at once: the processors, as far as memory goes, or ASSAY_JOBS.
count_jobs() {
  jobs=${ASSAY_JOBS:-}
  case $jobs in
    '') ;;
    *[!0-9]* | 0) give_up "ASSAY_JOBS=$jobs is not a number from 1" ;;
    *) echo "$jobs" && return ;;
  esac
  jobs=$(nproc)
  memory_kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null) || true
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) || true
  case $limit in
    '' | *[!0-9]*) ;;
    *) [ $((limit / 1024)) -lt "${memory_kib:-$((limit / 1024 + 1))}" ] && memory_kib=$((limit / 1024)) ;;
  esac
  [ -n "$memory_kib" ] && [ $((memory_kib / job_kib)) -lt "$jobs" ] && jobs=$((memory_kib / job_kib))
  [ "$jobs" -ge 1 ] || jobs=1
  echo "$jobs"
}

# Whether build/PRESET holds the program of the tree as it is. A file counts as changed by the time of its
# last change of any kind (ctime): copying an old file over a new one changes that too.
is_current() {
  stamp=$root/build/$1/stamp
  [ -x "$root/build/$1/assay" ] && [ -f "$stamp" ] || return 1
  read -r built_in <"$stamp" && [ "$built_in" = "$root" ] || return 1
  changed=$(cd "$root" && find $(existing_inputs) -cnewer "$stamp" -print -quit) || return 1
  [ -z "$changed" ]
}

existing_inputs() {
  for input in $build_inputs; do
    [ -e "$input" ] && echo "$input"
  done
}

# What failed, from the log of a build: a compiler's errors without its notes, if there are any.
show_failure() {
  if grep -q ' error: ' "$1"; then
    grep -A 8 -E '^FAILED: | error: |undefined reference' "$1" | head -n 120 >&2
  elif grep -q '^FAILED: ' "$1"; then
    sed -n '/^FAILED: /,$p' "$1" | head -n 120 >&2
  else
    tail -n 40 "$1" >&2
  fi
}

# Builds TARGETs, or everything, of PRESET; returns 1 and shows all that failed if something does.
# The stamp bears the time before the build: what changes during it is built the next time.
# With CI=true a warning fails every build.
build_preset() {
  preset=$1
  shift
  strict=
  [ "${CI:-}" = true ] && strict=-DCMAKE_COMPILE_WARNING_AS_ERROR=ON
  folder=$root/build/$preset
  make_folder "build/$preset"
  log=$folder/build.log
  printf '%s\n' "$root" >"$folder/stamp.new"
  fresh=
  grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt" || fresh=--fresh
  jobs=$(count_jobs) || return 1
  # shellcheck disable=SC2086
  (cd "$root" && cmake --preset "$preset" $fresh $strict &&
    cmake --build "$folder" --parallel "$jobs" ${1:+--target "$@"} -- -k 0) >"$log" 2>&1 </dev/null 9>&- || {
    show_failure "$log"
    say "the build failed (build/$preset/build.log)"
    return 1
  }
  mv "$folder/stamp.new" "$folder/stamp"
}

# Makes build/release/assay the program of the tree as it is.
prepare_program() {
  install_missing run
  is_current release && return 0
  lock release
  if ! is_current release; then
    if [ -x "$root/build/release/assay" ]; then
      say "building"
    else
      jobs=$(count_jobs) || exit 2
      say "building (first time: about $(((first_build_minutes + jobs - 1) / jobs)) minutes)"
    fi
    build_preset release assay_program || exit 2
  fi
  unlock
}

# A campaign in process is for the sanitizers, and for branches that libFuzzer sees: it needs a program
# that another compiler builds, when it is asked for.
prepare_fuzzer() {
  install_missing run test
  is_current fuzz && return 0
  lock fuzz
  if ! is_current fuzz; then
    say "building with sanitizers"
    build_preset fuzz assay_program || exit 2
  fi
  unlock
}
