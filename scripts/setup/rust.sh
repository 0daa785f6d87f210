# Chooses one Rust toolchain that builds both the server and the browser's WebAssembly,
# mends it where it can, and records it in target/toolchain.env.
# shellcheck shell=bash

WASM=wasm32-unknown-unknown
# The version that everybody builds with, and the oldest that is accepted: cargo-leptos
# 0.3.11 compiles on no older one.
MIN_RUST="$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)"
RUSTUP_HOST=https://static.rust-lang.org

setup_rust() {
  have cc || have gcc || have clang || fail "There is no C compiler here." \
    "SQLite is compiled from its C source." \
    "Debian, Ubuntu: apt-get install gcc libc6-dev;  macOS: xcode-select --install"
  have rustc || have rustup || fail "Rust is not installed." \
    "Install it from https://rustup.rs, open a new shell and try again."

  local candidate
  for candidate in $(rust_candidates); do
    if rust_works "$candidate"; then
      record_rust "$candidate"
      return
    fi
  done

  say "No Rust here is $MIN_RUST or newer and able to build for the browser; mending that"
  if rustup_way; then return; fi
  if debian_way; then return; fi

  fail "Rust $MIN_RUST or newer with its library for $WASM could not be installed." \
    "With rustup and internet: rustup toolchain install $MIN_RUST --target $WASM" \
    "On Debian without rustup's servers: run 'make setup' once as root; it uses Debian's" \
    "rustc-web packages (Rust 1.96) and compiles the library from their source."
}

# Who may be asked, best first; "path" is a rustc that rustup does not manage.
rust_candidates() {
  if have rustup; then
    if [ -n "${RUSTUP_TOOLCHAIN:-}" ]; then echo "$RUSTUP_TOOLCHAIN"; fi
    echo "$MIN_RUST"
    if rustup_lists debian; then echo debian; fi
  else
    echo path
  fi
}

rustup_lists() { rustup toolchain list | grep "^$1\( \|\$\)" >/dev/null; }

# Is it new enough, does it have its tools, and does it really compile and link for the
# browser? The last is tried, not looked up: a standard library of another compiler's
# version, or a linker that is missing, shows only there.
rust_works() {
  (
    if [ "$1" != path ]; then export RUSTUP_TOOLCHAIN="$1"; fi
    export RUSTUP_AUTO_INSTALL=0
    version="$(rustc --version 2>/dev/null | cut -d' ' -f2)" || exit 1
    [ -n "$version" ] && version_at_least "${version%%-*}" "$MIN_RUST" || exit 1
    compiles_for_wasm
  )
}

compiles_for_wasm() {
  local out
  out="$(mktemp -d)"
  if echo 'pub fn probe() -> String { String::new() }' |
    rustc --target "$WASM" --edition 2024 --crate-type cdylib --crate-name probe \
      --out-dir "$out" - >/dev/null 2>&1; then
    rm -rf "$out"
  else
    rm -rf "$out"
    return 1
  fi
}

record_rust() {
  mkdir -p "$(dirname "$TOOLCHAIN_ENV")"
  if [ "$1" = path ]; then
    echo '# The Rust on PATH builds this project.' >"$TOOLCHAIN_ENV"
  else
    printf 'export RUSTUP_TOOLCHAIN=%s\n' "$1" >"$TOOLCHAIN_ENV"
    export RUSTUP_TOOLCHAIN="$1"
  fi
}

rustup_way() {
  have rustup || return 1
  if ! reachable "$RUSTUP_HOST"; then
    note "rustup's servers do not answer from here"
    return 1
  fi
  say "rustup: Rust $MIN_RUST with rustfmt, clippy and $WASM" "about 1 min"
  rustup toolchain install "$MIN_RUST" --profile minimal --no-self-update \
    --component rustfmt --component clippy --target "$WASM" || return 1
  rust_works "$MIN_RUST" && record_rust "$MIN_RUST"
}

# Debian's security suite carries a current Rust for its browsers, with its source but
# without a WebAssembly library: that is compiled from the source, once.
debian_way() {
  is_debian || return 1
  if ! is_root; then
    note "Debian could help (rustc-web and others), but only root can install packages"
    return 1
  fi
  say "Installing Debian's Rust: rustc-web, its linker, clippy, rustfmt, source" "about 30 s"
  apt-get update >/dev/null 2>&1 || note "apt-get update failed; trying with the lists at hand"
  apt_install rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web || return 1
  link_wasm_linker || return 1
  if have rustup; then rustup toolchain link debian /usr; fi

  local candidate=path
  if have rustup; then candidate=debian; fi
  if ! rust_works "$candidate"; then
    say "Compiling Rust's standard library for $WASM" "about 1 min"
    (
      if [ "$candidate" != path ]; then export RUSTUP_TOOLCHAIN="$candidate"; fi
      build_wasm_std "$(rustc --print target-libdir --target "$WASM")"
    ) || return 1
  fi
  rust_works "$candidate" && record_rust "$candidate"
}

# rust-web-llvm names its linker /usr/bin/rust-lld, a link to a versioned program in a
# package that it does not require.
link_wasm_linker() {
  [ -e /usr/bin/rust-lld ] && return
  local lld
  lld="$(readlink /usr/bin/rust-lld)" || return 1
  apt_install "$(basename "$lld")"
}

# build_wasm_std <folder>: compiles std for the browser and puts its libraries there.
build_wasm_std() {
  local work log
  work="$(mktemp -d)"
  log="$work/log"
  mkdir "$work/src"
  : >"$work/src/lib.rs"
  cat >"$work/Cargo.toml" <<-TOML
	[package]
	name = "wasm-std"
	version = "0.0.0"
	edition = "2024"

	[lib]
	crate-type = ["cdylib"]

	[workspace]
	TOML
  # With its bitcode, so that link-time optimisation can take it in.
  if ! (cd "$work" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$work/target" cargo build --release \
    -Zbuild-std=std,panic_abort,proc_macro --target "$WASM") >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    rm -rf "$work"
    return 1
  fi
  mkdir -p "$1"
  # Libraries of an older compiler would be found as well and be refused.
  rm -f "$1"/*.rlib
  cp "$work/target/$WASM/release/deps"/*.rlib "$1"
  rm -rf "$work"
}
