// How heavy the first visit is. `record` weighs target/site right after a release build
// (a debug build writes to the same folder later); `check` holds that against the limit.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const LIMIT_WASM_KB = 230;
/** Scripts, style and WebAssembly, the service worker included. */
const LIMIT_KB = 250;
const SITE = "target/site";
const RECORD = "target/release/site-size.json";

const kilobytes = (bytes) => (bytes / 1000).toFixed(1) + " kB";

function record() {
  const folders = ["pkg", "kept", "."].map((folder) => join(SITE, folder));
  const paths = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const files = paths.filter((path) => /\.(wasm|js|css)$/.test(path));
  const sizes = files.map((path) => {
    const name = basename(path);
    const content = readFileSync(path);
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
  if (total > LIMIT_KB * 1000) {
    throw new Error(`all of it weighs ${kilobytes(total)}, more than ${LIMIT_KB} kB`);
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
