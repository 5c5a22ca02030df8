const { setFlagsFromString } = process.getBuiltinModule("node:v8");
const [nodeMajor = 0] = process.versions.node.split(".").map(Number);

/**
 * Says how a process that serves uses its memory from now on. The young generation grows with the load: this ends what
 * `bin/llmbridge.mjs` begins. And what load has needed is given back after 30 to 60 s without any, not after eight, as V8
 * would: it throws away the hidden classes of all requests then, and with them the code that was optimised for them, so that each
 * burst after a short pause began at a third of its speed (docs/performance.md).
 */
export function settleMemory(): void {
  setFlagsFromString("--semi-space-growth-factor=2");
  // Older ones do not know the flag, and would say so.
  if (nodeMajor >= 26) setFlagsFromString("--memory-reducer-delay-ms=30000");
}

/**
 * Gives back the memory that only a first start has needed, some 60 MB. V8 does so by itself some time after load, but never
 * after a start. All else stands still for it, 40 to 100 ms, and small requests cost a tenth more CPU afterwards, which is
 * why a start that finds its cache does not do it. The collector is had as test runners have it: the flag makes it a global
 * of contexts that are made from then on.
 */
export function giveBack(): void {
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as NodeJS.GCFunction;
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", flavor: "last-resort" });
}
