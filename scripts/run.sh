#!/usr/bin/env bash
# Serves the release executable: http://127.0.0.1:3000, data in ./data, unless the
# environment says otherwise (HUBBUB_ADDR, HUBBUB_DATA).

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

export HUBBUB_ADDR="${HUBBUB_ADDR:-127.0.0.1:3000}"
export HUBBUB_DATA="${HUBBUB_DATA:-$ROOT/data}"
say "Serving at http://$HUBBUB_ADDR, data in $HUBBUB_DATA. Ctrl+C stops."
exec target/release/hubbub
