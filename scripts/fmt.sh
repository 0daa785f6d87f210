#!/usr/bin/env bash
# Formats everything.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

cargo fmt
(cd end2end && npx --no-install prettier --write --log-level warn . "../public/**/*.js")
