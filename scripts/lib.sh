# What ./start, ./test and scripts/check share: installing Debian packages, and running long steps quietly but visibly.
# Sourced by bash with "set -euo pipefail" and $root, the top of the checkout. All messages go to standard error.

# A package, and what is there once it is installed: a command, or a file if it has a slash. Looking at these instead of
# at dpkg's database is faster and respects tools that were installed in another way.
build_packages=(
  g++=g++
  cmake=cmake
  ninja-build=ninja
  pkgconf=pkg-config
  ccache=ccache
  nlohmann-json3-dev=/usr/include/nlohmann/json.hpp
  libcli11-dev=/usr/include/CLI/CLI.hpp
  libedit-dev=/usr/include/histedit.h
  libutf8proc-dev=/usr/include/utf8proc.h
  libssl-dev=/usr/include/openssl/evp.h
  libpng-dev=/usr/include/png.h
  libjpeg62-turbo-dev=/usr/include/jpeglib.h
  libwebp-dev=/usr/include/webp/decode.h
  libmicrohttpd-dev=/usr/include/microhttpd.h
  libcurl4-openssl-dev=curl-config
)
fetch_packages=(
  python3=python3
  python3-pip=pip3
  ca-certificates=/etc/ssl/certs/ca-certificates.crt
)
test_packages=(
  python3=python3
  libgtest-dev=/usr/include/gtest/gtest.h
  libsimde-dev=/usr/include/simde/simde-common.h
)
neon_packages=(
  g++-aarch64-linux-gnu=aarch64-linux-gnu-g++
  qemu-user=qemu-aarch64
  libgtest-dev=/usr/src/googletest/CMakeLists.txt
)
clang_packages=(
  clang=clang++
)
check_packages=(
  git=git
  clang-format=clang-format
  clang-tidy=clang-tidy
)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$1"
  shift
  if (($#)); then printf '  %s\n' "$@" >&2; fi
  exit 1
}

is_there() {
  case $1 in
    */*) [[ -e $1 ]] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# step NAME LOG COMMAND...: runs a command without standard input, its output in a log. A terminal shows the latest line,
# a pipe gets one every ten seconds; both show the end of the log if the command fails.
step() {
  local name=$1 log=$2 line status=0 last=$SECONDS
  shift 2
  "$@" </dev/null 2>&1 | while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    if [[ -t 2 ]]; then
      line="$name: $line"
      printf '\r\033[K%s' "${line:0:${COLUMNS:-80}-1}" >&2
    elif ((SECONDS - last >= 10)); then
      last=$SECONDS
      printf '%s: %s\n' "$name" "$line" >&2
    fi
  done 3>"$log" || status=$?
  if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
  return "$status"
}

# The part of a log that says what went wrong: from a compiler's first failure on, else its end.
show_failure() {
  if grep -q '^FAILED: ' "$1"; then
    sed -n '/^FAILED: /,$p' "$1" | head -n 60
  else
    tail -n 20 "$1"
  fi >&2
}

# Ends unless root's rights can be had; asks for a password now, as a later prompt would be lost in a log.
as_root=()
become_root() {  # WHAT_TO_RUN_BY_HAND
  if ((EUID == 0)); then return; fi
  if ! command -v sudo >/dev/null; then die "this needs root, and there is no sudo; let root run:" "${1//sudo /}"; fi
  as_root=(sudo)
  if sudo -n true 2>/dev/null; then return; fi
  if { : </dev/tty; } 2>/dev/null && sudo -v; then return; fi
  die "this needs root, and sudo refuses or cannot ask for a password; run:" "$1"
}

apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 "$@"
}

# install PACKAGE=PROBE...: installs the Debian packages whose probes fail.
install() {
  local entry missing=()
  for entry in "$@"; do
    if ! is_there "${entry#*=}"; then missing+=("${entry%%=*}"); fi
  done
  if ((${#missing[@]} == 0)); then return; fi
  if ! command -v apt-get >/dev/null; then
    die "these Debian packages, or what they are called here, are missing: ${missing[*]}" \
      "this is no Debian: please install them yourself, then call $0 again"
  fi

  say "installing Debian packages: ${missing[*]}"
  local sudo=
  if ((EUID != 0)); then sudo="sudo "; fi
  local by_hand="${sudo}apt-get update && ${sudo}apt-get install --no-install-recommends ${missing[*]}"
  become_root "$by_hand"
  mkdir -p "$root/build"
  local log=$root/build/install.log update_log=$root/build/update.log
  # Package lists that are there are often good enough, and some machines have sources that hang or fail.
  if step installing "$log" apt_get install --no-install-recommends "${missing[@]}"; then return; fi
  step "updating package lists" "$update_log" apt_get update || true
  if step installing "$log" apt_get install --no-install-recommends "${missing[@]}"; then return; fi
  if grep -qE 'Temporary failure resolving|Could not (connect|resolve)' "$log" "$update_log"; then
    die "Debian's package servers cannot be reached" "connect this machine to the network, then call $0 again, or run:" "$by_hand"
  fi
  show_failure "$log"
  die "apt-get failed; its output is in $update_log and $log" "mend what it complains of, then call $0 again, or run:" "$by_hand"
}

# clang++ with what it links sanitizers and fuzzers with, which its package only recommends, under a name with the version.
install_clang() {
  local version
  install "${clang_packages[@]}"
  version=$(clang++ -dumpversion)
  install "libclang-rt-${version%%.*}-dev=$(clang++ -print-resource-dir)/lib/linux"
}

# build PRESET TARGET...: configures once and builds; a build folder without targets is built whole.
build() {
  local preset=$1 folder=$root/build/$1 log=$root/build/$1.log
  shift
  # Ninja configures anew when a CMakeLists.txt changes, but not when the presets do or the checkout was moved.
  local stamp=$folder/configured
  if ! [[ -e $stamp && $stamp -nt $root/CMakePresets.json && $(<"$stamp") == "$root" ]]; then
    if ! step configuring "$log" env -C "$root" cmake --fresh --preset "$preset"; then
      show_failure "$log"
      die "configuring the build failed; all output is in $log"
    fi
    echo "$root" >"$stamp"
  fi
  if ! NINJA_STATUS='[%f/%t] ' step building "$log" ninja -C "$folder" "$@"; then
    show_failure "$log"
    die "building failed; all output is in $log" "if the compiler was killed, memory was short: ninja -C $folder -j1 $*"
  fi
}

# Two calls at once must not build in the same folder.
lock_build() {
  mkdir -p "$root/build" || die "cannot write to $root" "the build needs a checkout that you may write to"
  exec 9>"$root/build/lock"
  if ! flock -n 9; then
    say "waiting for another build in $root/build"
    flock 9
  fi
}
unlock_build() { exec 9>&-; }
