// One core for the gateway, the others for the load and the upstream: otherwise they take time from each other, and the
// cheaper a gateway is, the more of what is measured is the load.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Cores this process may run on; none where `taskset` is not there. */
function allowedCores() {
  try {
    const [, list] = execFileSync("taskset", ["-cp", String(process.pid)], { encoding: "utf8" }).split(": ");
    return list
      .trim()
      .split(",")
      .flatMap((range) => {
        const [from, to = from] = range.split("-").map(Number);
        return Array.from({ length: to - from + 1 }, (_, i) => from + i);
      });
  } catch {
    return [];
  }
}

const cores = allowedCores();
export const isPinned = cores.length > 1;
export const pinning = isPinned
  ? `The gateway has core ${cores.at(-1)} for itself; the load and the upstream share ${cores.length > 2 ? "cores" : "core"} ${cores.slice(0, -1).join(", ")}.`
  : "Nothing is pinned to a core (no taskset, or one core): load, upstream and gateway take time from each other.";

const places = { gateway: cores.slice(-1), rest: cores.slice(0, -1) };

/** Starts a Node program on the gateway's core or the other ones (`place`), or anywhere. */
export function startNode(args, { place, env = {}, stdio = ["ignore", "ignore", "inherit", "ipc"] } = {}) {
  const command = [process.execPath, ...args];
  if (isPinned && place) command.unshift("taskset", "-c", places[place].join(","));
  return spawn(command[0], command.slice(1), { stdio, env: { ...process.env, ...env } });
}

/** Resolves with the next message of a child; rejects when it ends before. */
export function nextMessage(child) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const ended = () => reject(new Error("a process of the benchmark ended early"));
  child.once("exit", ended);
  child.once("message", (message) => {
    child.off("exit", ended);
    resolve(message);
  });
  return promise;
}

/** What /proc counts CPU time in. */
const ticksPerSecond = 100;

/** CPU time so far in µs, all threads, and resident memory in MB; not a number where there is no /proc. */
export function usageOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    const resident = /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return {
      cpu: ((Number(stat[11]) + Number(stat[12])) / ticksPerSecond) * 1e6,
      rss: Number(resident?.[1]) / 1024,
    };
  } catch {
    return { cpu: Number.NaN, rss: Number.NaN };
  }
}
