# The npm packages: wasm-opt and esbuild for the build (scripts), Playwright for the tests (end2end).
# shellcheck shell=bash

require_node() {
  if ! have node || ! have npm; then
    fail "Node.js (20 or newer) is not installed." \
      "the build and the browser tests run on it: https://nodejs.org, or your system's packages."
  fi
  version_at_least "$(node --version | tr -d v)" 20.0.0 ||
    fail "Node.js $(node --version) is too old: 20 or newer is needed."
}

# setup_packages <folder> <what for>: installs what package-lock.json says, when it changed.
setup_packages() {
  require_node
  local stamp="$1/node_modules/.installed" wanted
  wanted="$(cat "$1/package.json" "$1/package-lock.json" | digest)"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "Installing npm packages: $2" "about 5 s"
  (cd "$1" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) ||
    fail "npm could not install the packages of $1/package.json."
  echo "$wanted" >"$stamp"
}
