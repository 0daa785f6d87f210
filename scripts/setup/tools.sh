# cargo-leptos and wasm-bindgen in exactly the versions this project needs: on the path
# already, else the publisher's release where the internet is open, else compiled.
# shellcheck shell=bash

setup_tools() {
  use_toolchain
  setup_tool cargo-leptos "$CARGO_LEPTOS_VERSION" cargo-leptos "10 to 12 min on two cores, once"
  setup_tool wasm-bindgen "$(locked_version wasm-bindgen)" wasm-bindgen-cli "2 to 3 min on two cores, once"
}

# setup_tool <program> <version> <crate> <how long it compiles>
setup_tool() {
  if tool_is "$1" "$2"; then return; fi
  local home="$TOOLS/$1-$2"
  if reachable https://github.com; then
    say "Downloading $1 $2" "a few seconds"
    if download_tool "$1" "$2" "$home" && tool_is "$1" "$2"; then return; fi
    note "no prebuilt $1 that runs here"
  fi
  say "Compiling $1 $2: no prebuilt one can be had from here" "$4"
  compile_tool "$2" "$3" "$home"
  tool_is "$1" "$2" || fail "$1 $2 was built, but another one comes first on the path: $(command -v "$1")"
}

tool_is() {
  local found
  found="$("$1" --version 2>/dev/null)" || return 1
  [ "${found##* }" = "$2" ]
}

# The release profile of these tools is made for speed of the tool; ours is how soon the
# first build can start. A folder that stays lets an interrupted build go on.
compile_tool() {
  local install=(cargo install "$2" --version "$1" --root "$3")
  export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
  export CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=false
  export CARGO_TARGET_DIR="$TOOLS/building"
  # A mirror that lags behind may lack a crate that the lock names.
  "${install[@]}" --locked || "${install[@]}" || fail "$2 $1 did not compile."
  rm -rf "$CARGO_TARGET_DIR"
  unset CARGO_PROFILE_RELEASE_LTO CARGO_PROFILE_RELEASE_CODEGEN_UNITS
  unset CARGO_PROFILE_RELEASE_OPT_LEVEL CARGO_PROFILE_RELEASE_DEBUG CARGO_TARGET_DIR
}

# download_tool <program> <version> <folder>
download_tool() {
  local work name
  work="$(mktemp -d)"
  for name in $(release_names "$1" "$2"); do
    if fetch_release "$1" "$2" "$name" "$work"; then
      mkdir -p "$3/bin"
      find "$work" -type f -name "$1" -exec install -m 755 {} "$3/bin/$1" \;
      rm -rf "$work"
      return
    fi
  done
  rm -rf "$work"
  return 1
}

release_names() {
  local machine
  case "$(uname -m)" in
    x86_64 | amd64) machine=x86_64 ;;
    arm64 | aarch64) machine=aarch64 ;;
    *) return ;;
  esac
  case "$(uname -s) $1" in
    Darwin\ *) echo "$machine-apple-darwin" ;;
    Linux\ wasm-bindgen) echo "$machine-unknown-linux-musl" "$machine-unknown-linux-gnu" ;;
    Linux\ *) echo "$machine-unknown-linux-musl" ;;
  esac
}

# fetch_release <program> <version> <platform> <folder>: downloads, compares the published
# checksum, unpacks.
fetch_release() {
  local url archive="$4/archive.tar.gz" wanted suffix
  case "$1" in
    cargo-leptos) url="https://github.com/leptos-rs/cargo-leptos/releases/download/v$2/cargo-leptos-$3.tar.gz" ;;
    wasm-bindgen) url="https://github.com/wasm-bindgen/wasm-bindgen/releases/download/$2/wasm-bindgen-$2-$3.tar.gz" ;;
  esac
  local get=(curl --silent --show-error --fail --location --connect-timeout 5)
  "${get[@]}" --max-time 300 "$url" --output "$archive" 2>/dev/null || return 1
  for suffix in sha256 sha256sum; do
    wanted="$("${get[@]}" --max-time 20 "$url.$suffix" 2>/dev/null | cut -d' ' -f1)" || continue
    [ "$wanted" = "$(digest <"$archive")" ] || fail "$url does not match its published checksum."
    note "checksum compared"
    break
  done
  [ -n "${wanted:-}" ] || note "the publisher gives no checksum for $url"
  tar -xzf "$archive" -C "$4"
}
