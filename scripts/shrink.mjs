// Makes a release build's WebAssembly small. Called as cargo-leptos calls `wasm-opt`:
// options, the file, `-o`, the file to write.
//
// Two things differ from `wasm-opt -Oz`. Nothing is inlined: the compiler has done that, and
// more of it makes the module larger. And what no call can reach is cut out first: Leptos
// keeps pointers to these functions in every view and attribute, so that no optimiser can
// tell. A function that is called all the same stops the page with an error, which fails
// every browser test; one that does not exist any more fails the build here.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import binaryen from "binaryen";

const NEVER_CALLED = [
  // Lazy routes hydrate later; we have none.
  /::hydrate_async\b/,
  // Templates are cloned only by `template!`.
  /::into_any_attr::hydrate_from_template\b/,
  // Attributes are cloned when they are spread over several elements.
  /::into_any_attr::clone\b/,
];

function cut(module) {
  const found = NEVER_CALLED.map(() => 0);
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const fn = binaryen.Function(module.getFunctionByIndex(index));
    const which = NEVER_CALLED.findIndex((name) => name.test(fn.name));
    if (which < 0) continue;
    fn.body = module.unreachable();
    found[which]++;
  }
  const missing = NEVER_CALLED.filter((_, which) => found[which] === 0);
  if (missing.length > 0) {
    throw new Error(`no function is named ${missing.join(", ")}: look at scripts/shrink.mjs again`);
  }
}

/** What Leptos brings for streams in server functions, reachable from JavaScript only. */
function unexport(module) {
  const names = [];
  for (let index = 0; index < module.getNumExports(); index++) {
    names.push(binaryen.getExportInfo(module.getExportByIndex(index)).name);
  }
  for (const name of names) {
    if (/^(__wbg_)?intounderlying/.test(name)) module.removeExport(name);
  }
}

const { positionals, values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => !/^(-O|--enable-)/.test(arg)),
  options: { output: { type: "string", short: "o" } },
  allowPositionals: true,
});
const module = binaryen.readBinary(readFileSync(positionals[0]));
cut(module);
unexport(module);
binaryen.setOptimizeLevel(2);
binaryen.setShrinkLevel(2);
binaryen.setAlwaysInlineMaxSize(0);
binaryen.setOneCallerInlineMaxSize(0);
binaryen.setFlexibleInlineMaxSize(0);
module.optimize();
writeFileSync(values.output, module.emitBinary());
