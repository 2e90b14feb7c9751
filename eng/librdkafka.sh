#!/usr/bin/env bash
# Builds the native Kafka client library for the stand-in lane into .local/librdkafka/librdkafka.so.
#
# The full lane gets this library from NuGet (librdkafka.redist). Feeds that lack that package often still carry the
# npm package below, which ships the complete C source of the same version. Nothing else is downloaded, nothing is
# installed, and a finished build is reused until the version or the features below change.
set -euo pipefail

readonly version=2.15.1
readonly package=@confluentinc/kafka-javascript@1.10.1
readonly tarball=confluentinc-kafka-javascript-1.10.1.tgz
readonly sha512=29578f5019f6d44a8254ff667f1cc4b8cdd26091c7105ed7fa2882d9ee374108034b211a92c2279821a8a13df0e6af9c340764482acaef58f42027eaa12a992f
# What the local system does not need is off, so that the build asks for no development packages.
readonly features=(--disable-ssl --disable-gssapi --disable-curl --disable-zstd --disable-lz4-ext)
# The default, -O2, takes half as long again to compile, and the library is not where the time goes.
readonly optimization=-O1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly target=$root/.local/librdkafka
readonly library=$target/librdkafka.so
readonly stamp=$target/built-by

say() { echo "librdkafka: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

recipe() { echo "$version $(uname -m) $sha512 $optimization ${features[*]}"; }
up_to_date() { [[ -s $library && -f $stamp && $(<"$stamp") == "$(recipe)" ]]; }

require_tools() {
  [[ $(uname -s) == Linux ]] || fail "this build is for Linux only; elsewhere use the full lane (LANE=full)"
  local tool missing=()
  for tool in npm tar gcc g++ make sha256sum sha512sum; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [[ ${#missing[@]} -eq 0 ]] || fail "missing on PATH: ${missing[*]}. Install them and run eng/librdkafka.sh again"
}

fetch_source() {
  say "fetching $package (3 MB)"
  (cd "$work" && npm pack "$package" --ignore-scripts --fetch-retries=2 --fetch-timeout=60000 >npm.log 2>&1) ||
    fail "npm pack $package failed: $(grep -m1 -i error "$work/npm.log" || tail -n 1 "$work/npm.log")"
  echo "$sha512  $work/$tarball" | sha512sum --check --status ||
    fail "$tarball does not have the pinned SHA-512; refusing to build it"
  tar -xzf "$work/$tarball" -C "$work" package/deps/librdkafka
}

compile() {
  local source=$work/package/deps/librdkafka
  say "compiling librdkafka $version, about half a minute on two cores (log: ${log#"$root"/})"
  (cd "$source" && ./configure --no-download --disable-debug-symbols --CFLAGS="$optimization" "${features[@]}") >"$log" 2>&1 ||
    fail "configure failed; see ${log#"$root"/}"
  make -C "$source/src" -j"$(nproc)" librdkafka.so.1 >>"$log" 2>&1 || fail "the compiler failed; see ${log#"$root"/}"
  cp "$source/src/librdkafka.so.1" "$work/"
}

verify() {
  cat >"$work/verify.c" <<'C'
#include <stdio.h>
extern const char *rd_kafka_version_str(void);
int main(void) { return puts(rd_kafka_version_str()) < 0; }
C
  local built
  gcc "$work/verify.c" "$work/librdkafka.so.1" -o "$work/verify" >>"$log" 2>&1 ||
    fail "the library does not link; see ${log#"$root"/}"
  built=$(LD_LIBRARY_PATH=$work "$work/verify" 2>>"$log") || fail "the library does not load; see ${log#"$root"/}"
  [[ $built == "$version" ]] || fail "expected librdkafka $version, built $built"
}

if up_to_date; then
  say "$version is up to date"
  exit 0
fi
require_tools
mkdir -p "$target"
exec 9>"$target/lock"
if ! flock --nonblock 9; then
  say "another build is running; waiting up to 10 minutes for it"
  flock --timeout 600 9 || fail "the other build did not finish within 10 minutes"
fi
if up_to_date; then
  say "$version is up to date"
  exit 0
fi

readonly log=$target/build.log
# Not below this folder: the makefiles cannot handle a path with a space.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch_source
compile
verify
# Renamed last, so that an interrupted build never leaves half a library in place.
cp "$work/librdkafka.so.1" "$library.new"
mv -f "$library.new" "$library"
recipe >"$stamp"
say "built $version: ${library#"$root"/}"
