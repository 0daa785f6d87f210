#!/usr/bin/env bash
# Everything that must hold, cheapest first, stopping at the first thing that does not.
# `test.sh lint` stops after formatting and lints.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

LOGS=target/test-logs
PASSED=0
FAILED=0
STARTED=$SECONDS
mkdir -p "$LOGS"
rm -f "$LOGS"/*.log

# step "what" "how long" command...
step() {
  local name="$1" log started=$SECONDS status=0
  log="$LOGS/$(printf '%s' "$name" | tr -cs 'A-Za-z0-9' '-').log"
  say "$name" "$2"
  shift 2
  "$@" 2>&1 | tee "$log" || status=1
  count "$log"
  note "$((SECONDS - started)) s"
  if [ "$status" != 0 ]; then
    if [ "$FAILED" = 0 ]; then FAILED=1; fi
    summary
    fail "Failed at: $name" "What it said is in $log"
  fi
}

# Adds up what cargo ("test result: ok. 12 passed; 0 failed") and the end-to-end report
# ("end-to-end: 12 passed, 0 failed") say.
count() {
  local tally
  tally="$(awk '/^(test result|end-to-end): / {
    for (i = 2; i <= NF; i++) {
      if ($i ~ /^passed/) passed += $(i - 1)
      if ($i ~ /^failed/) failed += $(i - 1)
    }
  } END { print passed + 0, failed + 0 }' "$1")"
  PASSED=$((PASSED + ${tally% *}))
  FAILED=$((FAILED + ${tally#* }))
}

summary() {
  printf '\n%s passed, %s failed (%s min %s s)\n' "$PASSED" "$FAILED" \
    "$(((SECONDS - STARTED) / 60))" "$(((SECONDS - STARTED) % 60))"
}

in_end2end() { (cd end2end && npx --no-install "$@"); }

deny=(-- --deny warnings)

step "Formatting of the Rust code" "2 s" cargo fmt --check
step "Formatting of the browser tests and scripts" "3 s" in_end2end prettier --check . "../public/**/*.js"
step "Types of the browser tests and scripts" "3 s" in_end2end tsc
step "Clippy, plain" "first time 20 s" cargo clippy --all-targets "${deny[@]}"
step "Clippy, server" "first time 3 min" cargo clippy --all-targets --features ssr "${deny[@]}"
step "Clippy, browser" "first time 1 min" cargo clippy --lib --package hubbub \
  --package hubbub-browser --features hubbub/hydrate --target wasm32-unknown-unknown "${deny[@]}"
if [ "${1:-all}" = lint ]; then exit; fi

step "Helpers of the browser tests" "5 s" in_end2end playwright test --config helpers.config.ts
step "Tests of the pure modules" "first time 1 min" cargo test
step "Tests of the server" "first time 4 min" cargo test --features ssr
step "Debug build" "first time 2 min" scripts/build.sh debug
step "Hydration, debug build" "1 min" scripts/e2e.sh debug
step "Release build" "first time 5 to 8 min" scripts/build.sh release
step "Weight of the first visit" "1 s" node scripts/site-size.mjs check
step "End-to-end tests, release build" "5 min" scripts/e2e.sh release
summary
