import type { Difference, GoldenCase } from "../bridge/cases.ts";
import type { Bindings, HttpFacts, Mapping } from "../mapping/types.ts";
import { describeChanges, differences, isUnder } from "./diff.ts";

/** What came of one check of a case. */
export interface Outcome {
  mapping: string;
  case: string;
  check: string;
  status: "passed" | "failed" | "updated";
  /** What differs, in lines. */
  message?: string;
}

/** One case under check, and what has come of it so far. */
export interface Run {
  golden: GoldenCase;
  mapping: Mapping;
  update: boolean;
  outcomes: Outcome[];
}

/** Notes that a check passed or, with a message, that it failed. */
export function note(run: Run, check: string, message?: string): void {
  const { golden } = run;
  run.outcomes.push({
    mapping: golden.mapping,
    case: golden.name,
    check,
    status: message === undefined ? "passed" : "failed",
    ...(message !== undefined && { message }),
  });
}

/**
 * Compares what a mapping gives with a golden file, or writes it there: what is decoded, and what an encode-only mapping
 * draws. A wire file that is decoded too is an input, which a person or a recording wrote, and stays.
 */
export function golden(
  run: Run,
  check: string,
  file: string,
  actual: unknown,
  allowed: readonly Difference[] = [],
): void {
  const written = run.golden.has(file) ? run.golden.json(file) : undefined;
  const plain = JSON.parse(JSON.stringify(actual ?? null)) as unknown;
  const changes = differences(written, plain).filter(
    (one) => !allowed.some(({ path }) => isUnder(path, one.path)),
  );
  if (changes.length === 0) return note(run, check);
  const isInput = check.endsWith(".encode") && decodes(run, check);
  if (!run.update || isInput || allowed.length > 0) return note(run, check, describeChanges(changes));
  run.golden.write(file, `${JSON.stringify(plain, null, 2)}\n`);
  noteUpdate(run, check, describeChanges(changes));
}

function decodes({ mapping, golden: files }: Run, check: string): boolean {
  const kind = check.slice(0, check.indexOf(".")) as "request" | "response" | "error";
  return mapping[kind].decode !== undefined && files.notes.direction !== "encode";
}

/** Notes whether two values are the same but for what the case allows. */
export function equal(
  run: Run,
  check: string,
  expected: unknown,
  actual: unknown,
  allowed: readonly Difference[],
): void {
  const changes = differences(plainOf(expected), plainOf(actual)).filter(
    (one) => !allowed.some(({ path }) => isUnder(path, one.path)),
  );
  note(run, check, changes.length === 0 ? undefined : describeChanges(changes));
}

/** A value as its JSON says it. */
export function plainOf(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

/** Notes that a golden file was rewritten, and what that changed. */
export function noteUpdate(run: Run, check: string, message: string): void {
  run.outcomes.push({
    mapping: run.golden.mapping,
    case: run.golden.name,
    check,
    status: "updated",
    message,
  });
}

/** What a case binds for its mapping's expressions. */
export function bindings(run: Run): Bindings {
  const context = run.golden.has("context.json") ? (run.golden.json("context.json") as Bindings) : {};
  const http = run.golden.has("http.json") ? (run.golden.json("http.json") as HttpFacts) : undefined;
  return {
    stream: { id: "answer-1", created: 1_700_000_000, frame: 0 },
    http: { headers: {}, ...context.http, ...http },
    ...context,
    ...(http && { http: { ...http, headers: http.headers ?? {} } }),
  };
}
