# A Chromium for the end-to-end tests, with glyphs for the scripts that the tests write.
# shellcheck shell=bash

setup_browser() {
  if ! find_chromium; then
    playwright_way || debian_chromium || true
    find_chromium || fail "There is no Chromium for the browser tests." \
      "Install Chromium or Chrome with your system's packages, or name one: CHROMIUM=/path/to/chromium" \
      "Debian: apt-get install chromium;  elsewhere with internet: cd end2end && npx playwright install chromium"
  fi
  setup_fonts
}

# One place knows where browsers hide: the file that Playwright's configuration reads too.
find_chromium() { node end2end/find-chromium.mjs >/dev/null; }

playwright_way() {
  reachable https://cdn.playwright.dev || return 1
  say "Downloading Playwright's Chromium" "about 1 min"
  local with_deps=()
  if is_root && is_debian; then with_deps=(--with-deps); fi
  (cd end2end && npx playwright install ${with_deps[@]+"${with_deps[@]}"} chromium)
}

debian_chromium() {
  is_debian && is_root || return 1
  say "Installing Debian's Chromium" "about 30 s"
  apt-get update >/dev/null 2>&1 || true
  apt_install chromium
}

# Without glyphs of its own a page full of boxes would pass; Arabic and emoji are tested.
setup_fonts() {
  have fc-list || return 0
  if [ -n "$(fc-list :lang=ar family)" ] && [ -n "$(fc-list | grep -i emoji)" ]; then return; fi
  if is_debian && is_root; then
    say "Installing fonts for Arabic and emoji" "about 10 s"
    apt_install fonts-noto-core fonts-noto-color-emoji ||
      note "not installed: screenshots will show boxes for some letters"
  else
    note "No font for Arabic or emoji here: screenshots will show boxes for them."
  fi
}
