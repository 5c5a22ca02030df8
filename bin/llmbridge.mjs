#!/usr/bin/env node
// Runs on every Node, to say in one sentence what an old one lacks; the program itself is loaded after that.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`llmbridge needs Node 22.12 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
const isServer = process.argv[2] === "serve";
if (isServer) (await import("./arenas.mjs")).withFewArenas();
// What a start makes it keeps, and V8 would answer that with more room for what is young: 10 MB that an idle server never needs.
// Once it serves, `settleMemory` takes this back (src/server/give-back.ts). Before the modules: their cache is tied to V8's flags.
if (isServer) process.getBuiltinModule("node:v8").setFlagsFromString("--semi-space-growth-factor=1");
const { existsSync } = await import("node:fs");
const { enableCompileCache } = await import("node:module");
const { cacheFolder } = await import("./cache.mjs");
const cache = cacheFolder();
// Node keeps the compiled modules, and the JavaScript that it makes of TypeScript, from the second start on.
if (cache !== undefined) enableCompileCache(`${cache}/modules`);
const source = new URL("../src/cli.ts", import.meta.url);
// A checkout runs its sources; an installed package has only what was built from them.
const { main } = await import(
  existsSync(source) ? source.href : new URL("../dist/cli.js", import.meta.url).href
);
await main(process.argv.slice(2), cache);
