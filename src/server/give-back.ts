/** Ends what `bin/llmbridge.mjs` begins: from now on the young generation grows with the load, as it does by itself. */
export function letGrow(): void {
  process.getBuiltinModule("node:v8").setFlagsFromString("--semi-space-growth-factor=2");
}

/**
 * Gives back the memory that only a first start has needed, some 60 MB. V8 does so by itself some time after load, but never
 * after a start. All else stands still for it, 40 to 100 ms, and small requests cost a tenth more CPU afterwards, which is
 * why a start that finds its cache does not do it. The collector is had as test runners have it: the flag makes it a global
 * of contexts that are made from then on.
 */
export function giveBack(): void {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as NodeJS.GCFunction;
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", flavor: "last-resort" });
}
