#!/usr/bin/env bash
# What the product costs, beside the least that it could: docs/PERFORMANCE.md.
# What is given are names of scenarios: `bench.sh pages start`.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

# 9,000 people are as many files here for us and for the floor.
if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt 19000 ]; then
  ulimit -n 19000 2>/dev/null || fail "This takes 19,000 open files at once" "ulimit -n 19000"
fi

export HUBBUB_BENCH_JSON="${HUBBUB_BENCH_JSON:-$ROOT/target/bench.json}"
say "Benchmarks" "first time 5 min to build, then about 30 min; leave the machine alone"
cargo bench --features ssr --bench hub -- "$@"
