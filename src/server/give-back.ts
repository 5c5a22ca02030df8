/** The memory of a process that serves. V8's flags are the whole process's, so only the command `serve` uses this. */
import { PerformanceObserver } from "node:perf_hooks";

const { getHeapSpaceStatistics, setFlagsFromString } = process.getBuiltinModule("node:v8");
const [nodeMajor = 0] = process.versions.node.split(".").map(Number);

/**
 * Says how a process that serves uses its memory from now on. The young generation grows with the load, to a bound: this ends
 * what `bin/llmbridge.mjs` begins. And what load has needed is given back after 30 to 60 s without any, not after eight, as V8
 * would: it throws away the hidden classes of all requests then, and with them the code that was optimised for them, so that each
 * burst after a short pause began at a third of its speed (docs/performance.md).
 */
export function settleMemory(): void {
  setGrowth(2);
  new PerformanceObserver(boundYoung).observe({ entryTypes: ["gc"] });
  // V8 would let garbage of streams, which has outlived two minor collections, grow to three times what is in use.
  setFlagsFromString("--heap-growing-percent=100");
  // Older ones do not know the flag, and would say so.
  if (nodeMajor >= 26) setFlagsFromString("--memory-reducer-delay-ms=30000");
}

/** How large each half of the young generation may become. */
const mostYoung = 24 << 20;

let growth = 0;

function setGrowth(factor: number): void {
  if (factor === growth) return;
  growth = factor;
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

/**
 * Runs after each collection. Halves of 32 MB, which V8 goes to by itself, hold 30 MB more under load and take up to 39 ms to
 * collect while a thousand streams begin; with halves of 16 MB a small request costs 4 % more CPU. `npm run bench` measures all of
 * it. No flag can bound them once a process runs, but how much they grow the next time can be said.
 */
function boundYoung(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  if (young === undefined) return;
  const half = young.space_used_size + young.space_available_size;
  // It doubles up to 8 MB, and becomes three times as large then.
  setGrowth(half < mostYoung / 4 ? 2 : Math.max(1, Math.floor(mostYoung / half)));
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
