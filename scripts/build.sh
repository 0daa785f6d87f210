#!/usr/bin/env bash
# build.sh release: target/release/hubbub, one executable with the site inside.
# build.sh debug:   target/debug/hubbub, which reads target/site from disk.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

PROFILE="${1:-release}"
EXECUTABLE="target/$PROFILE/hubbub"
STAMP="target/$PROFILE/hubbub.inputs"

# cargo-leptos writes the site anew each time, so that cargo links the executable with the
# site inside anew each time too. What went in tells us whether there is anything to do.
inputs() {
  local path paths=()
  for path in src browser build.rs style public migrations .cargo Cargo.toml Cargo.lock \
    scripts/package-lock.json scripts/build.sh scripts/wasm-opt; do
    if [ -e "$path" ]; then paths+=("$path"); fi
  done
  {
    rustc --version
    find "${paths[@]}" -type f | LC_ALL=C sort
    find "${paths[@]}" -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cat
  } | digest
}

# Scripts as people load them: without comments and long names, and those that name each other
# in one file.
shrink_scripts() {
  rm -rf target/public
  cp -R public target/public
  rm target/public/kept/*
  # Browsers as in Cargo.toml.
  scripts/node_modules/.bin/esbuild --minify --target=chrome123,firefox125,safari17.5 \
    --log-level=warning --bundle --format=esm --outbase=public --outdir=target/public \
    --allow-overwrite public/*.js public/kept/index.js
}

build() {
  case "$PROFILE" in
    release)
      say "Building the release executable" "first time 5 to 8 min on two cores, a change about 2 min"
      shrink_scripts
      LEPTOS_ASSETS_DIR=target/public cargo leptos build --release --precompress
      node scripts/site-size.mjs record
      ;;
    debug)
      say "Building the debug executable and site" "first time 4 to 6 min on two cores, a change 20 s"
      cargo leptos build
      ;;
    *) fail "Usage: scripts/build.sh release|debug" ;;
  esac
}

# The debug executable needs the site that was built with it: another build may have
# written target/site since.
wanted="$(inputs)"
if [ -x "$EXECUTABLE" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$wanted" ] &&
  { [ "$PROFILE" = release ] || [ "$(cat target/site.profile 2>/dev/null)" = debug ]; }; then
  say "$EXECUTABLE is up to date"
  exit
fi

rm -f "$STAMP" target/site.profile
build
mkdir -p "$(dirname "$STAMP")"
echo "$wanted" >"$STAMP"
echo "$PROFILE" >target/site.profile
note "$EXECUTABLE: $(du -h "$EXECUTABLE" | cut -f1)"
