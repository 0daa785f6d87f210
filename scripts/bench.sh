#!/usr/bin/env bash
# What the product costs, beside the least that it could: docs/PERFORMANCE.md.
# What is given are names of scenarios: `bench.sh pages start`.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

# 9,000 people are as many files here, and as many again in the server.
if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt 12000 ]; then
  ulimit -n 12000 2>/dev/null || fail "This takes 12,000 open files at once" "ulimit -n 12000"
fi

export HUBBUB_BENCH_JSON="${HUBBUB_BENCH_JSON:-$ROOT/target/bench.json}"
say "Benchmarks" "first time 5 min to build, then about 12 min; leave the machine alone"
cargo bench --features ssr --bench hub -- "$@"
