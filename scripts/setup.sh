#!/usr/bin/env bash
# Makes this machine able to build (`setup.sh build`) and to test (`setup.sh`, everything).
# Safe to run as often as you like; when nothing is missing it takes a second.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in rust tools node browser; do
  # shellcheck disable=SC1090
  . "$ROOT/scripts/setup/$part.sh"
done

case "${1:-all}" in
  build | all) ;;
  *) fail "Usage: scripts/setup.sh [build|all]" ;;
esac

setup_rust
setup_packages scripts "wasm-opt, which makes the WebAssembly small"
setup_tools
if [ "${1:-all}" = all ]; then
  setup_packages end2end "Playwright, axe, TypeScript, Prettier"
  setup_browser
fi

say "Ready: $(rustc --version | cut -d' ' -f1,2)${RUSTUP_TOOLCHAIN:+ (toolchain $RUSTUP_TOOLCHAIN)}, cargo-leptos $CARGO_LEPTOS_VERSION"
