#!/usr/bin/env bash
# e2e.sh release [playwright arguments]: every test, against the executable that ships.
# e2e.sh debug:   the tests that a hydration mismatch shows in, against the debug build,
#                 whose panics say which element differs.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

PROFILE="${1:-release}"
shift || true
export HUBBUB_BIN="$ROOT/target/$PROFILE/hubbub"
export E2E_REPORT="$ROOT/target/e2e/$PROFILE.json"
[ -x "$HUBBUB_BIN" ] || fail "$HUBBUB_BIN is missing." "Build it first: make build"

rm -f "$E2E_REPORT"
only=()
if [ "$PROFILE" = debug ]; then only=(--grep @hydration); fi

status=0
(cd end2end && npx --no-install playwright test ${only[@]+"${only[@]}"} "$@") || status=$?
# A run that found no tests must not count as a success.
node end2end/check-report.mjs "$E2E_REPORT" || status=1
exit "$status"
