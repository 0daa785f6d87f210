#!/usr/bin/env bash
# Rebuilds and reloads while you edit.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

export HUBBUB_ADDR="${HUBBUB_ADDR:-127.0.0.1:3000}"
export HUBBUB_DATA="${HUBBUB_DATA:-$ROOT/data}"
rm -f target/site.profile
say "Watching; the first build takes 4 to 6 min on two cores, a change about 20 s"
exec cargo leptos watch
