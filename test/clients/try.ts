import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDouble } from "../doubles/server.ts";
import type { Double } from "../doubles/server.ts";
import type { Vendor } from "../doubles/vendor.ts";
import { after, before, lastWords, logo } from "./client.ts";
import type { Client, Outcome } from "./client.ts";
import { run, serve } from "./process.ts";
import type { Bridge, Ended } from "./process.ts";

/** How one client did against one upstream. */
export interface Result {
  turns: number;
  calls: number;
  ms: number;
  /** What went wrong; empty where all is well. */
  failures: string[];
  /** What is worth reading when something went wrong. */
  folder: string;
}

const timeoutMs = 60_000;

/** Lets a client do the task through a bridge of its own against a double. What it leaves goes if all went well. */
export async function tryClient(
  client: Client,
  vendor: Vendor,
  { keep }: { keep: boolean },
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "llmbridge-client-"));
  const work = join(folder, "work");
  const home = join(folder, "home");
  for (const one of [work, home]) mkdirSync(one);
  writeFileSync(join(work, "notes.txt"), before);
  writeFileSync(join(work, "logo.png"), Buffer.from(logo, "base64"));

  const script = client.script(work);
  const isOwn = client.format === vendor.name;
  const double = await startDouble(vendor, {
    script,
    keepsTokens: true,
    isOwn,
    ...(client.aside !== undefined && { aside: client.aside }),
  });
  let bridge: Bridge | undefined;
  try {
    bridge = await serve(folder, double, isOwn);
    const ended = await run(client.start({ work, home, url: bridge.url }), work, timeoutMs);
    const outcome = client.outcome(ended.output);
    const failures = [
      ...checkRun(ended, outcome),
      ...checkFiles(work),
      ...checkTurns(double, script.length),
      ...checkCounts(client, outcome, double),
      ...checkLog(bridge.log()),
    ];
    keepEvidence(folder, { ended, double, bridge });
    if (failures.length === 0 && !keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    return { turns: double.turns().length, calls: outcome.calls, ms: ended.ms, failures, folder };
  } catch (error) {
    return { turns: 0, calls: 0, ms: 0, failures: [String(error)], folder };
  } finally {
    await bridge?.close();
    await double.close();
  }
}

function checkRun({ code, timedOut, errors }: Ended, { text }: Outcome): string[] {
  const failures: string[] = [];
  if (timedOut) failures.push(`it did not end within ${timeoutMs / 1000} s`);
  else if (code !== 0) failures.push(`it ended with ${code}: ${errors.slice(-500)}`);
  if (text !== lastWords) failures.push(`its last words were ${JSON.stringify(text.slice(0, 500))}`);
  return failures;
}

function checkFiles(work: string): string[] {
  const failures: string[] = [];
  const notes = readFileSync(join(work, "notes.txt"), "utf8");
  if (notes !== after) failures.push(`notes.txt holds ${JSON.stringify(notes)}`);
  if (!existsSync(join(work, "proof.txt"))) failures.push("the command was not run");
  return failures;
}

/** The model was asked once for each of its answers, and never wrongly. */
function checkTurns(double: Double, count: number): string[] {
  const turns = double.turns().join(", ");
  const expected = Array.from({ length: count }, (_, turn) => turn).join(", ");
  const wrong = turns === expected ? [] : [`the model was asked for its answers ${turns}, not ${expected}`];
  return [...double.problems(), ...wrong];
}

function checkCounts({ calls }: Client, outcome: Outcome, double: Double): string[] {
  const failures: string[] = [];
  const usages = double.asked.flatMap(({ usage }) => usage ?? []);
  const input = usages.reduce((sum, usage) => sum + usage.input, 0);
  const output = usages.reduce((sum, usage) => sum + usage.output, 0);
  if (outcome.calls !== calls) failures.push(`${outcome.calls} of ${calls} tool calls were made`);
  if (outcome.input !== input || outcome.output !== output)
    failures.push(
      `it counted ${outcome.input} tokens in and ${outcome.output} out, not ${input} and ${output}`,
    );
  return failures;
}

/** What the bridge itself found wrong. */
function checkLog(log: string): string[] {
  return log.split("\n").filter((line) => /\bLB\d{3}\b/.test(line));
}

function keepEvidence(
  folder: string,
  { ended, double, bridge }: { ended: Ended; double: Double; bridge: Bridge },
): void {
  writeFileSync(join(folder, "client.out"), ended.output);
  writeFileSync(join(folder, "client.err"), ended.errors);
  writeFileSync(join(folder, "bridge.log"), bridge.log());
  writeFileSync(join(folder, "upstream.json"), JSON.stringify(double.asked, null, 2));
}
