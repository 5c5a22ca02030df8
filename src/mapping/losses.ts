import type { Loss } from "./canonical.ts";

/**
 * Where losses go while a mapping runs. Evaluation is synchronous, so one variable per thread is enough: no expression
 * has to carry a collector through its bindings.
 */
let current: Loss[] | undefined;

/** Runs `run` and appends what it loses to `into`. Re-entrant: an inner collector takes its own losses. */
export function collectLosses<T>(run: () => T, into: Loss[]): T {
  const outer = current;
  current = into;
  try {
    return run();
  } finally {
    current = outer;
  }
}

/** Notes a loss; outside a collector (decoding an answer) it is a no-op. */
export function recordLoss(loss: Loss): void {
  current?.push(loss);
}
