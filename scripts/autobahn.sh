#!/usr/bin/env bash
# Our reading and writing of WebSockets against the test suite that everybody trusts
# (https://github.com/crossbario/autobahn-testsuite). It needs Python 2.7, which hardly any
# system has any more: hence not a part of `make test`, which holds the same code against
# another implementation of the standard.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_toolchain

PYTHON="${PYTHON2:-python2.7}"
"$PYTHON" --version >/dev/null 2>&1 ||
  fail "This takes Python 2.7" "PYTHON2=/path/to/python2.7 make autobahn"
SUITE="$ROOT/target/autobahn"
ADDR=127.0.0.1:9117

if [ ! -d "$SUITE/autobahntestsuite" ]; then
  say "The test suite" "2 min"
  "$PYTHON" -m pip install --quiet --target "$SUITE" autobahntestsuite
fi

say "Our own side" "first time 3 min"
cargo bench --features ssr --bench hub --no-run
cargo bench --features ssr --bench hub -- --peer echo "$ADDR" &
PEER=$!
trap 'pkill -P "$PEER" 2>/dev/null; kill "$PEER" 2>/dev/null' EXIT

cat >"$SUITE/spec.json" <<SPEC
{
  "outdir": "$SUITE/report",
  "servers": [{ "agent": "hubbub", "url": "ws://$ADDR" }],
  "cases": ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"],
  "exclude-cases": []
}
SPEC
for _ in $(seq 50); do
  (exec 3<>"/dev/tcp/${ADDR/://}") 2>/dev/null && break
  sleep 0.2
done
say "Sections 1 to 7, 9 and 10" "half a minute"
# Its packages share a namespace, which Python 2.7 finds by their .pth files only.
(cd "$SUITE" && "$PYTHON" -c \
  'import site, sys; site.addsitedir("."); from autobahntestsuite import wstest; sys.argv[1:] = ["-m", "fuzzingclient", "-s", "spec.json"]; wstest.run()' \
  >"$SUITE/log.txt" 2>&1) || fail "The suite broke off: $SUITE/log.txt"

node -e '
  const cases = Object.values(require(process.argv[1]))[0];
  const good = ["OK", "NON-STRICT", "INFORMATIONAL"];
  const ended = ["OK", "INFORMATIONAL"];
  const bad = Object.entries(cases).filter(
    ([, { behavior, behaviorClose }]) => !good.includes(behavior) || !ended.includes(behaviorClose),
  );
  const count = Object.keys(cases).length;
  const lax = Object.entries(cases).filter(([, one]) => one.behavior === "NON-STRICT");
  console.log(`${count - bad.length} of ${count} cases passed; not strict: ${lax.map(([name]) => name).join(", ") || "none"}`);
  for (const [name, one] of bad) console.log(name, one.behavior, one.behaviorClose);
  process.exit(bad.length === 0 && count > 200 ? 0 : 1);
' "$SUITE/report/index.json"
