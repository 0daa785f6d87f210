# Sourced by every script here: where we are, how we speak, which tools we use.
# shellcheck shell=bash

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"

# Tools of an exact version live outside the tree, so that a fresh clone or a `cargo clean`
# does not cost the quarter of an hour it can take to compile them.
TOOLS="${HUBBUB_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/hubbub/tools}"

# What set-up found out about this machine; written by setup/rust.sh.
TOOLCHAIN_ENV="$ROOT/target/toolchain.env"

CARGO_LEPTOS_VERSION=0.3.11

# Leptos reads this while it compiles. If it differed between cargo-leptos and plain cargo,
# each would make the other compile Leptos and everything above it again.
export LEPTOS_OUTPUT_NAME=hubbub

# A panic names the source it comes from, and everybody can read what the browser is given:
# there, no path says where this machine keeps its sources. (Flags are parted by spaces.)
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=
for kept_in in "${CARGO_HOME:-$HOME/.cargo}/registry/src/=" "$ROOT/="; do
  case "$kept_in" in
    *[[:space:]]*) ;;
    *) CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS+=" --remap-path-prefix=$kept_in" ;;
  esac
done

if [ -t 1 ]; then
  bold=$'\033[1m' dim=$'\033[2m' red=$'\033[31m' plain=$'\033[0m'
else
  bold='' dim='' red='' plain=''
fi

# say "what is happening" ["roughly how long it takes"]
say() {
  printf '%s==> %s%s%s\n' "$bold" "$1" "$plain" "${2:+ $dim($2)$plain}"
}

note() { printf '    %s\n' "$*"; }

# fail "what went wrong" ["what helps"]...
fail() {
  printf '%s==> %s%s\n' "$red$bold" "$1" "$plain" >&2
  shift
  local line
  for line in "$@"; do printf '    %s\n' "$line" >&2; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

is_debian() { [ -e /etc/debian_version ] && have apt-get; }
is_root() { [ "$(id -u)" = 0 ]; }

# Whether a host answers at all. Asked before anything that would otherwise retry for
# minutes on a machine that reaches package registries only.
reachable() {
  have curl && curl --silent --head --output /dev/null --connect-timeout 4 --max-time 6 "$1"
}

# apt_install <package>...
apt_install() {
  note "apt-get install $*"
  local log
  log="$(mktemp)"
  if ! { DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" ||
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"; }; } \
    >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

digest() {
  if have sha256sum; then sha256sum; else shasum -a 256; fi | cut -d' ' -f1
}

# version_at_least <have> <want>
version_at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}

# locked_version <crate>: the version Cargo.lock has chosen.
locked_version() {
  [ -f Cargo.lock ] || cargo generate-lockfile >&2
  awk -v name="\"$1\"" '$1 == "name" && $3 == name { getline; gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}

# Everything below runs with the chosen toolchain and the exact tools first on the path.
use_toolchain() {
  if [ -f "$TOOLCHAIN_ENV" ]; then
    # shellcheck disable=SC1090
    . "$TOOLCHAIN_ENV"
  fi
  local bindgen
  bindgen="$(locked_version wasm-bindgen)"
  # Our wasm-opt stands before the one that it calls.
  PATH="$ROOT/scripts/wasm-opt:$TOOLS/cargo-leptos-$CARGO_LEPTOS_VERSION/bin:$TOOLS/wasm-bindgen-$bindgen/bin:$ROOT/scripts/node_modules/.bin:$PATH"
  export PATH
}
