/** The memory of a process that serves. V8's flags are the whole process's, so only the command `serve` uses this. */
import { PerformanceObserver, constants } from "node:perf_hooks";

const { getHeapSpaceStatistics, setFlagsFromString } = process.getBuiltinModule("node:v8");
const [nodeMajor = 0] = process.versions.node.split(".").map(Number);

/**
 * Says how a process that serves uses its memory from now on. The young generation grows with the load, to a bound: this ends
 * what `bin/llmbridge.mjs` begins. What load has needed is given back once there is quiet, by plain collections: V8's own throw
 * away the hidden classes of all requests, and with them the code that was optimised for them, so that each burst after a pause
 * began at a third of its speed; and after some loads they never came (docs/performance.md).
 */
export function settleMemory(): void {
  setGrowth(2);
  // V8 would let garbage of streams, which has outlived two minor collections, grow to three times what is in use.
  setFlagsFromString("--heap-growing-percent=100");
  // Older ones do not know the flag, and would say so.
  if (nodeMajor >= 26) setFlagsFromString(`--memory-reducer-delay-ms=${never}`);
  const awaitQuiet = whenQuiet(collector());
  new PerformanceObserver((list) => {
    const half = youngHalf();
    boundYoung(half);
    if (half > restingYoung && list.getEntries().some(isMinor)) awaitQuiet();
  }).observe({ entryTypes: ["gc"] });
}

/** How long nothing has to be collected before there is quiet. V8 shrinks the young generation if 30 s have not filled it. */
const quietMs = 30_000;

/**
 * What gives memory back, `againMs` apart. The first collection shrinks the young generation, the second closes the gaps that
 * the first has left in the old one, and the last costs nothing: V8 keeps emptied pages until a collection that comes 12 s later.
 */
const collections = ["major", "major", "minor"] as const;
const againMs = 15_000;

/** Gives what is to be called when there was work, and sees to it that memory is given back when none follows. */
function whenQuiet(collect: NodeJS.GCFunction): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number, step: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      collect({ type: collections[step]! });
      if (step + 1 < collections.length) wait(againMs, step + 1);
    }, ms).unref();
  };
  return () => wait(quietMs, 0);
}

/** As many milliseconds as V8's flag can hold: 24 days. */
const never = 2 ** 31 - 1;

/** A collection of what is young: there is work. Node's types do not know what an entry tells of it. */
function isMinor(entry: PerformanceEntry): boolean {
  const { kind } = (entry as PerformanceEntry & { detail: { kind: number } }).detail;
  return kind === constants.NODE_PERFORMANCE_GC_MINOR;
}

/** How large each half of the young generation may become, and how small it is while there is little to do, in bytes. */
const mostYoung = 24 << 20;
const restingYoung = 4 << 20;

let growth = 0;

function setGrowth(factor: number): void {
  if (factor === growth) return;
  growth = factor;
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

function youngHalf(): number {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return young === undefined ? 0 : young.space_used_size + young.space_available_size;
}

/**
 * Bounds the young generation, whose halves have this size after a collection. Halves of 32 MB, which V8 goes to by itself, hold
 * 30 MB more under load and take up to 39 ms to collect while a thousand streams begin; with halves of 16 MB a small request costs
 * 4 % more CPU. `npm run bench` measures all of it. No flag can bound them once a process runs, but how much they grow the next
 * time can be said: they double up to 8 MB, and become three times as large then.
 */
function boundYoung(half: number): void {
  setGrowth(half < mostYoung / 4 ? 2 : Math.max(1, Math.floor(mostYoung / half)));
}

/**
 * Gives back the memory that only a first start has needed, some 60 MB; V8 never does so after a start. All else stands still for
 * it, 40 to 100 ms, and small requests cost a tenth more CPU afterwards, which is why a start that finds its cache does not do it.
 */
export function giveBack(): void {
  collector()({ type: "major", flavor: "last-resort" });
}

/** V8's collector, as test runners have it: the flag makes it a global of contexts that are made from then on. */
function collector(): NodeJS.GCFunction {
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as NodeJS.GCFunction;
  setFlagsFromString("--no-expose-gc");
  return collect;
}
