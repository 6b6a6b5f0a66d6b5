#!/bin/bash -eu
# On Debian 12, puts into the folder $1 what fuzz targets are built with: the sources of libraries, and
# the headers of those that are nothing else. The Dockerfile runs it.
mkdir -p "$1"
cd "$1"
for name in cadical expat fmtlib libzstd openssl pugixml simdjson; do
  apt-get source --download-only "$name"
  mkdir "$name"
  tar -xf "$name"_*.orig.tar.?z --strip-components 1 -C "$name"
  rm "$name"_*
done
mkdir include share
cp -rL /usr/include/boost /usr/include/CLI /usr/include/nlohmann /usr/include/xxhash.h /usr/include/xxh3.h include/
cp -rL /usr/share/cmake share/
