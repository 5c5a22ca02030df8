/** Exit codes of a process that a signal ended, as shells count. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Tells a worker its port. */
export const portVariable = "LLMBRIDGE_WORKER_PORT";

/** Whether a supervisor has started this process. Only then is `node:cluster` loaded, which takes 3 MB. */
export function isWorker(): boolean {
  return process.env[portVariable] !== undefined && process.getBuiltinModule("node:cluster").isWorker;
}

/** What a supervisor sends a worker that is to end. */
export const closeMessage = "close";

/**
 * Runs `close` at the first SIGINT or SIGTERM and exits when it is done; a second one exits at once. A worker leaves
 * SIGINT, which a terminal sends to all processes, to its supervisor, and ends with it.
 */
export function closeOnSignals(close: () => Promise<void>): void {
  let isClosing = false;
  let signals = 0;
  function begin(): void {
    if (isClosing) return;
    isClosing = true;
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isWorker() && signal === "SIGINT") return;
      if (++signals > 1) process.exit(codes[signal]);
      begin();
    });
  }
  if (!isWorker()) return;
  process.on("message", (message) => message === closeMessage && begin());
  process.on("disconnect", begin);
}
