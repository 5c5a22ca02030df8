// Functions compared in one process: slices of a few milliseconds in turn, and medians of what each round's slices say of
// one another. CPU time of the process, its collector and compiler included, because a busy machine does not lengthen it.
import { median } from "./figures.mjs";

const cpuMicros = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

function slice(run, times) {
  const before = cpuMicros();
  for (let i = 0; i < times; i++) run();
  return (cpuMicros() - before) / times;
}

/** Runs until the engine has compiled it, and says how often it runs in a slice. */
function warm(run, { warmMs, sliceMs }) {
  const startedAt = performance.now();
  let times = 0;
  while (performance.now() - startedAt < warmMs || times < 3) {
    run();
    times++;
  }
  const again = performance.now();
  for (let i = 0; i < 3; i++) run();
  return Math.max(1, Math.round((sliceMs * 3) / (performance.now() - again)));
}

/**
 * Times named functions. Gives by name the median of µs a run, and `ratio(a, b)`: the median over rounds of how many times
 * as long `a` takes as `b`.
 */
export function compare(functions, { rounds = 15, sliceMs = 6, warmMs = 60 } = {}) {
  const names = Object.keys(functions);
  const times = names.map((name) => warm(functions[name], { warmMs, sliceMs }));
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const at = (i + round) % names.length;
      seen[names[at]].push(slice(functions[names[at]], times[at]));
    }
  return {
    micros: Object.fromEntries(names.map((name) => [name, median(seen[name])])),
    ratio: (a, b) => median(seen[a].map((value, i) => value / seen[b][i])),
  };
}
