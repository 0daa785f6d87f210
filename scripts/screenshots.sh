#!/usr/bin/env bash
# Pictures of the main states, in three widths, light and dark: target/screenshots.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

export HUBBUB_BIN="$ROOT/target/release/hubbub"
export SCREENSHOTS="$ROOT/target/screenshots"
say "Taking pictures into target/screenshots" "about 1 min"
rm -rf "$SCREENSHOTS"
cd end2end || exit
exec npx --no-install playwright test --config screenshots.config.ts "$@"
