// How heavy the first visit is. `record` weighs target/site right after a release build
// (a debug build writes to the same folder later); `check` holds that against the limit.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const LIMIT_WASM_KB = 220;
const PKG = "target/site/pkg";
const RECORD = "target/release/site-size.json";

const kilobytes = (bytes) => (bytes / 1000).toFixed(1) + " kB";

function record() {
  const files = readdirSync(PKG).filter((name) => /\.(wasm|js|css)$/.test(name));
  const sizes = files.map((name) => {
    const content = readFileSync(join(PKG, name));
    return { name, raw: content.length, brotli: brotliCompressSync(content).length };
  });
  writeFileSync(RECORD, JSON.stringify(sizes, null, 2) + "\n");
}

function check() {
  const sizes = JSON.parse(readFileSync(RECORD, "utf8"));
  for (const { name, raw, brotli } of sizes) {
    console.log(`    ${name}: ${kilobytes(raw)}, ${kilobytes(brotli)} as brotli`);
  }
  const total = sizes.reduce((sum, { brotli }) => sum + brotli, 0);
  const wasm = sizes.filter(({ name }) => name.endsWith(".wasm"));
  const heavy = wasm.reduce((sum, { brotli }) => sum + brotli, 0);
  console.log(`    together: ${kilobytes(total)} as brotli`);
  if (wasm.length === 0) throw new Error(`no WebAssembly in ${RECORD}`);
  if (heavy > LIMIT_WASM_KB * 1000) {
    throw new Error(`the WebAssembly weighs ${kilobytes(heavy)}, more than ${LIMIT_WASM_KB} kB`);
  }
}

const task = { record, check }[process.argv[2]];
if (!task) throw new Error("usage: site-size.mjs record|check");
try {
  task();
} catch (error) {
  console.error(`    ${error.message}`);
  process.exit(1);
}
