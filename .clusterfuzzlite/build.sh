#!/bin/bash -eu
# Builds every fuzz target for ClusterFuzz, OSS-Fuzz and ClusterFuzzLite: into $OUT, with its dictionary, options
# and seeds. They set CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SRC, WORK and OUT, and run it in the
# project's folder.
#   build.sh                  all of it
#   build.sh libraries        builds those that are not there yet
#   build.sh configure        prepares $WORK/build, and compiles nothing of the project
#   build.sh lay_out FOLDER   only copies what was built in the folder

libraries=$SRC/libraries  # see fetch_libraries.sh; without it those of the system are used
installed=$WORK/installed

# Builds the library NAME by its own CMakeLists.txt, in the folder beside it if one is named.
install_library() {
  local name=$1 folder=$2
  shift 2
  cmake -S "$libraries/$name/$folder" -B "$WORK/$name" -G Ninja -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_INSTALL_PREFIX="$installed" -DCMAKE_INSTALL_LIBDIR=lib "$@"
  cmake --build "$WORK/$name" --target install
}

# CaDiCaL has a makefile, which writes a header that holds the time; OpenSSL wants flags as arguments.
install_others() {
  local source
  mkdir -p "$WORK/cadical" "$WORK/openssl" "$installed/lib" "$installed/include"
  for source in "$libraries"/cadical/src/*.cpp; do
    case ${source##*/} in cadical.cpp | mobical.cpp) continue ;; esac
    echo "$source"
  done | (cd "$WORK/cadical" && xargs -P "$(nproc)" -n 8 "$CXX" $CXXFLAGS -DNDEBUG -DNBUILD -c)
  ar rcs "$installed/lib/libcadical.a" "$WORK"/cadical/*.o
  cp "$libraries"/cadical/src/*.hpp "$installed/include/"
  (cd "$WORK/openssl" &&
    "$libraries/openssl/Configure" linux-"$(uname -m)" no-shared no-tests no-asm no-module \
      --prefix="$installed" --libdir=lib CC="$CC" CXX="$CXX" $CFLAGS &&
    make -j"$(nproc)" build_libs && make install_dev)
}

build_libraries() {
  [ -d "$libraries" ] && [ ! -f "$installed/complete" ] || return 0
  install_library expat expat -DEXPAT_BUILD_TOOLS=OFF -DEXPAT_BUILD_TESTS=OFF -DEXPAT_BUILD_EXAMPLES=OFF \
    -DEXPAT_BUILD_DOCS=OFF -DEXPAT_SHARED_LIBS=OFF
  install_library fmtlib . -DFMT_TEST=OFF -DFMT_DOC=OFF
  install_library libzstd build/cmake -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_SHARED=OFF
  install_library pugixml .
  install_library simdjson .
  install_others
  touch "$installed/complete"
}

configure() {
  cmake -S . -B "$WORK/build" -G Ninja -DCMAKE_BUILD_TYPE=None -DBUILD_TESTING=OFF -DASSAY_UNITY=ON \
    -DASSAY_FUZZERS=ON -DASSAY_ONLY_FUZZERS=ON -DASSAY_FUZZING_ENGINE="$LIB_FUZZING_ENGINE" \
    -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF -DCMAKE_PREFIX_PATH="$installed;$libraries" \
    -DOPENSSL_USE_STATIC_LIBS=ON
}

# The libraries that the program needs and a bare system lacks, one path a line.
missing_elsewhere() {
  ldd "$1" | sed -nE 's/^\s*\S+ => (\/\S+) .*/\1/p' |
    grep -vE '/(libc|libm|libdl|librt|libpthread|libresolv|libgcc_s|libstdc\+\+|ld-linux-[a-z0-9-]+)\.so\.[0-9]+$' || true
}

# Packs what the folders hold as the seeds of NAME.
pack_seeds() {
  local name=$1 packed=$WORK/seeds/$1 folder
  shift
  rm -rf "$packed"
  mkdir -p "$packed"
  for folder in "$@"; do
    [ ! -d "$folder" ] || cp -n "$folder"/* "$packed/"
  done
  (cd "$packed" && ls | LC_ALL=C sort >../list &&
    cmake -E tar cf "$OUT/${name}_seed_corpus.zip" --format=zip --files-from=../list)
}

lay_out() {
  local built=$1 source name
  for source in fuzz/*_fuzz.cc conformance/*/*_fuzz.cc; do
    name=$(basename "$source" .cc)
    cp "$built/$name" "$OUT/"
    cp "$built/fuzz-seeds/assay.dict" "$OUT/$name.dict"
    cp .clusterfuzzlite/fuzz.options "$OUT/$name.options"
    pack_seeds "$name" "$built/fuzz-seeds/$name" "fuzz/corpus/$name"
    missing_elsewhere "$built/$name" >"$WORK/missing"
    [ ! -s "$WORK/missing" ] || { mkdir -p "$OUT/lib" && xargs cp -Lt "$OUT/lib" <"$WORK/missing"; }
  done
}

case ${1:-} in
  '')
    build_libraries
    configure
    cmake --build "$WORK/build" --target fuzz_targets
    lay_out "$WORK/build"
    ;;
  libraries) build_libraries ;;
  configure) configure ;;
  lay_out) lay_out "$2" ;;
  *) echo "usage: build.sh [libraries | configure | lay_out FOLDER]" >&2 && exit 2 ;;
esac
