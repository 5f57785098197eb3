#!/usr/bin/env bash
# Installs what is missing, builds every test and runs them all: bash tests/run.sh
#
# Three trees are built from the same sources: with g++ as it ships (unit, house and program tests), with clang under ASan and UBSan (the
# unit tests again, and the fuzz targets), and under TSan (what runs on more than one thread). One ctest run then tells everything; it ends
# with ctest's own lines. The trees are kept in build-test/ (or $HOOKCTL_TEST_TREES) for the next time.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
trees=${HOOKCTL_TEST_TREES:-$root/build-test}
jobs=$(getconf _NPROCESSORS_ONLN)

install_what_is_missing() {
  local packages=(g++ cmake ninja-build pkg-config ca-certificates curl openssl libcli11-dev libcpp-httplib-dev libssl-dev nlohmann-json3-dev
    libsqlite3-dev libtomlplusplus-dev libasio-dev doctest-dev)
  command -v clang++ >/dev/null || command -v clang++-14 >/dev/null || packages+=(clang)
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
  command -v xmllint >/dev/null || packages+=(libxml2-utils)
  bash "$root/apps/apt.sh" "${packages[@]}"
}

# Prints clang 14 where it is installed, the system's clang otherwise; installs its fuzzing runtime when that is missing.
find_clang() {
  local clang version
  clang=$(command -v clang++-14 || command -v clang++)
  version=$("$clang" -dumpversion | cut -d. -f1)
  if ! echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
    "$clang" -x c++ -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null; then
    bash "$root/apps/apt.sh" "libclang-rt-$version-dev" >&2
  fi
  echo "$clang"
}

# Warnings are errors with the compilers that are promised to be silent; a newer one may have new opinions.
werror() { # werror COMPILER PROMISED_MAJOR
  [ "$("$1" -dumpversion | cut -d. -f1)" = "$2" ] && echo ON || echo OFF
}

build() { # build NAME TARGET CMAKE_OPTIONS…: configures and builds one tree; the log is shown only when something fails
  local name=$1 target=$2 log="$trees/$1.log" generator=() begun=$SECONDS
  shift 2
  if [ ! -f "$trees/$name/CMakeCache.txt" ] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
  if command -v ccache >/dev/null; then
    set -- "$@" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
    export CCACHE_SLOPPINESS=pch_defines,time_macros
  fi
  if ! { cmake -S "$root" -B "$trees/$name" "${generator[@]}" -DHOOKCTL_TESTS=ON "$@" &&
    cmake --build "$trees/$name" --target "$target" --parallel "$jobs"; } >"$log" 2>&1; then
    grep -nE 'error|Error|FAILED' "$log" | head -n 20 >&2 || true
    tail -n 40 "$log" >&2
    echo "the $name tree does not build; the whole log is in $log" >&2
    exit 1
  fi
  echo "built $name in $((SECONDS - begun)) s"
}

install_what_is_missing
mkdir -p "$trees"
clang=$(find_clang)
cxx=$(command -v g++)

# Sanitizers place their shadow memory at fixed addresses, which much address randomisation (newer kernels) may take away.
prefix=""
setarch "$(uname -m)" -R true 2>/dev/null && prefix="setarch;$(uname -m);-R"

build clang all -DCMAKE_CXX_COMPILER="$clang" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DHOOKCTL_FUZZ=ON \
  -DHOOKCTL_WERROR="$(werror "$clang" 14)"
build threads unit -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DHOOKCTL_SANITIZE=thread
build gcc all -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Release -DHOOKCTL_WERROR="$(werror "$cxx" 12)" \
  -DHOOKCTL_CLANG_TREE="$trees/clang" -DHOOKCTL_THREADS_TREE="$trees/threads" -DHOOKCTL_SANITIZED_PREFIX="$prefix"

cd "$trees/gcc"
exec ctest --output-on-failure --parallel "$jobs"
