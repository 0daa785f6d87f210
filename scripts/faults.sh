#!/usr/bin/env bash
# The fault kit at its full length, against the release build: docs/FAULTS.md.
# What is given goes on to the tests: `faults.sh kills` runs the scenarios of that name.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

# 5,000 clients are as many files here, and as many again in the server.
if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt 12000 ]; then
  ulimit -n 12000 2>/dev/null || fail "This takes 12,000 open files at once" "ulimit -n 12000"
fi

export HUBBUB_FAULTS=long
export HUBBUB_FAULTS_SERVER="${HUBBUB_FAULTS_SERVER:-$ROOT/target/release/hubbub}"

if [ -z "${1:-}" ]; then
  say "Power cuts" "2 min"
  cargo test --features ssr --lib power -- --nocapture
fi
say "Faults" "first time 5 min to build, then about 20 min; a failure prints its seed"
# One after the other: what is measured must not share the machine with the next scenario.
cargo test --release --features ssr --test faults "scenarios::${1:-}" -- --nocapture --test-threads 1

if [ -z "${1:-}" ]; then
  say "Simulation, 100,000 seeds, and schedules" "about 20 min"
  cargo test --release --features ssr --lib -- simulation hub::schedules --nocapture
fi
