#!/usr/bin/env bash
# Makes each mistake of src/planted.rs in turn and demands that the tests of the store, the hub's
# schedules or the simulation catch it, and that they find nothing where none is made. The list is
# the table in docs/SIMULATION.md, which a test holds against the program.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

SEEDS="${HUBBUB_SEEDS:-1000}"
log=target/test-logs/planted.log
mkdir -p target/test-logs

KIT=(store::tests::sending store::tests::amendments hub::schedules simulation::a_place)

run() {
  HUBBUB_PLANTED="$1" HUBBUB_SEEDS="$2" RUST_BACKTRACE=0 cargo test --features ssr,planted --lib -- \
    "${KIT[@]}" --nocapture >"$log" 2>&1
}

say "The tests with mistakes to choose from" "1 min"
cargo test --quiet --features ssr,planted --no-run --lib
say "The kit without a mistake" "1 min"
if ! env -u HUBBUB_PLANTED HUBBUB_SEEDS="$SEEDS" cargo test --quiet --features ssr,planted --lib -- \
  planted "${KIT[@]}" >"$log" 2>&1; then
  fail "The kit finds something where nothing is planted" "What it said is in $log"
fi

missed=0
printf '%-24s %-8s %-8s %s\n' mistake seed seconds 'caught by'
while read -r mistake; do
  started=$SECONDS
  if run "$mistake" "$SEEDS"; then
    missed=$((missed + 1))
    printf '%-24s %s\n' "$mistake" "NOT CAUGHT in $SEEDS seeds"
  else
    line="$(grep -m1 '^seed [0-9]*: ' "$log" | cut -c1-120 || true)"
    test="$(grep -m1 -o 'store::tests::.* FAILED' "$log" | cut -d ' ' -f 1 || true)"
    # A test of the store says it at once; the seed then says nothing of this mistake.
    if [ -n "$test" ]; then line="seed -: $test"; fi
    if [ -z "$line" ]; then
      # No seed finds what no single task can do: only a schedule of several threads shows it.
      test="$(grep -m1 -o '^    server::hub::schedules::.*' "$log" | tr -d ' ' || true)"
      if [ -n "$test" ]; then line="seed -: $test"; fi
    fi
    if [ -z "$line" ]; then fail "$mistake was not caught by a test" "What it said is in $log"; fi
    seed="${line#seed }"
    printf '%-24s %-8s %-8s %s\n' "$mistake" "${seed%%:*}" "$((SECONDS - started))" "${line#*: }"
  fi
done < <(sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' docs/SIMULATION.md)
if [ "$missed" != 0 ]; then fail "$missed planted mistakes were not caught" "See above"; fi
