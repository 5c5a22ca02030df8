import type { GoldenCase } from "../bridge/cases.ts";
import type { CanonicalRequest, CanonicalResponse, StreamEvent } from "../mapping/canonical.ts";
import type { Capabilities } from "../mapping/capabilities.ts";
import { fit } from "../mapping/fit/fit.ts";
import { fold } from "../mapping/fold.ts";
import type { Bindings, HttpFacts, Mapping, Target } from "../mapping/types.ts";
import { describeChanges, differences, isUnder } from "./diff.ts";
import type { Difference } from "../bridge/cases.ts";
import { cutEndsInError, sameHoweverCut } from "./laws.ts";
import { decodeStream, encodeStream } from "./streams.ts";

/** What came of one check of a case. */
export interface Outcome {
  mapping: string;
  case: string;
  check: string;
  status: "passed" | "failed" | "updated";
  /** What differs, in lines. */
  message?: string;
}

export interface RunOptions {
  /** Write what the mappings give now into the golden files. */
  update?: boolean;
}

interface Run {
  golden: GoldenCase;
  mapping: Mapping;
  update: boolean;
  outcomes: Outcome[];
}

/** Runs every check that a golden case's files ask for, and the laws over its stream. */
export function runCase(mapping: Mapping, golden: GoldenCase, options: RunOptions = {}): Outcome[] {
  const run: Run = { golden, mapping, update: options.update === true, outcomes: [] };
  for (const check of [runRequest, runResponse, runError, runAnswer, runStream]) guarded(run, check);
  for (const found of golden.diagnostics) note(run, "files", `${found.place?.file}: ${found.message}`);
  if (run.outcomes.length === 0) note(run, "files", "no pair of files that this mapping can check");
  return run.outcomes;
}

function guarded(run: Run, check: (run: Run) => void): void {
  try {
    check(run);
  } catch (error) {
    note(
      run,
      check.name.replace("run", "").toLowerCase(),
      error instanceof Error ? `${error.name}: ${error.message}${place(error)}` : String(error),
    );
  }
}

function place(error: Error): string {
  const at = (error as { place?: { file: string; line: number; column: number } }).place;
  return at ? ` (${at.file}:${at.line}:${at.column})` : "";
}

function note(run: Run, check: string, message?: string): void {
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
function golden(
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
  run.outcomes.push({
    mapping: run.golden.mapping,
    case: run.golden.name,
    check,
    status: "updated",
    message: describeChanges(changes),
  });
}

function decodes({ mapping, golden: files }: Run, check: string): boolean {
  const kind = check.slice(0, check.indexOf(".")) as "request" | "response" | "error";
  return mapping[kind].decode !== undefined && files.notes.direction !== "encode";
}

function equal(
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

function plainOf(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function bindings(run: Run): Bindings {
  const context = run.golden.has("context.json") ? (run.golden.json("context.json") as Bindings) : {};
  const http = run.golden.has("http.json") ? (run.golden.json("http.json") as HttpFacts) : undefined;
  return {
    stream: { id: "answer-1", created: 1_700_000_000, frame: 0 },
    http: { headers: {}, ...context.http, ...http },
    ...context,
    ...(http && { http: { ...http, headers: http.headers ?? {} } }),
  };
}

function targetOf(run: Run, model: string): Target {
  const { notes } = run.golden;
  const headers = (notes.target?.["headers"] ?? {}) as Record<string, string>;
  const capabilities = {
    ...run.mapping.capabilities(model, headers),
    ...(notes.capabilities as Partial<Capabilities>),
  };
  return {
    provider: run.mapping.name,
    model,
    stream: false,
    ...notes.target,
    headers,
    capabilities,
  } as Target;
}

function runRequest(run: Run): void {
  const { golden: files, mapping } = run;
  const { decode, encode } = mapping.request;
  const { direction, differences: allowed, canonical: loose } = files.notes;
  const bound = bindings(run);
  const decodes = decode && direction !== "encode" && files.has("request.json");
  if (decodes)
    golden(run, "request.decode", "request.canonical.json", decode(files.json("request.json"), bound));
  if (!encode || direction === "decode" || !files.has("request.canonical.json")) return;
  const canonical = files.json("request.canonical.json") as CanonicalRequest;
  const target = targetOf(run, canonical.model);
  target.stream = canonical.stream;
  const fitted = fit(canonical, target.capabilities, { from: canonical.from.protocol, to: mapping.protocol });
  const wire = encode(fitted.request, { ...bound, target });
  golden(run, "request.encode", "request.json", wire, allowed);
  if (!decodes || allowed.length > 0) return;
  equal(run, "request.decode∘encode", canonical, decode(plainOf(wire), bound), loose);
}

function runResponse(run: Run): void {
  const { golden: files, mapping } = run;
  const { decode, encode } = mapping.response;
  const { direction, differences: allowed, canonical: loose } = files.notes;
  const bound = bindings(run);
  const decodes = decode && direction !== "encode" && files.has("response.json");
  if (decodes)
    golden(run, "response.decode", "response.canonical.json", decode(files.json("response.json"), bound));
  if (!encode || direction === "decode" || !files.has("response.canonical.json")) return;
  const canonical = files.json("response.canonical.json") as CanonicalResponse;
  const wire = encode(canonical, bound);
  golden(run, "response.encode", "response.json", wire, allowed);
  if (decodes) equal(run, "response.decode∘encode", canonical, decode(plainOf(wire), bound), loose);
}

function runError(run: Run): void {
  const { golden: files, mapping } = run;
  const { direction, differences: allowed } = files.notes;
  const bound = bindings(run);
  if (mapping.error.decode && direction !== "encode" && files.has("error.json")) {
    golden(
      run,
      "error.decode",
      "error.canonical.json",
      mapping.error.decode(files.json("error.json"), bound),
    );
  }
  if (!mapping.error.encode || direction === "decode" || !files.has("error.canonical.json")) return;
  const wire = mapping.error.encode(files.json("error.canonical.json") as never, bound);
  golden(run, "error.encode", "error.json", wire, allowed);
}

function runAnswer(run: Run): void {
  const { golden: files, mapping } = run;
  if (!mapping.answer || !files.has("answer.canonical.json")) return;
  const request = files.json("request.canonical.json") as CanonicalRequest;
  const answer = mapping.answer(request, { ...bindings(run), target: targetOf(run, request.model) });
  golden(run, "answer", "answer.canonical.json", answer);
}

/** The bytes of a stream as they came, named by their framing. */
const streamFiles = ["stream.sse", "stream.jsonl", "stream.json"];

function runStream(run: Run): void {
  const { golden: files, mapping } = run;
  const bound = bindings(run);
  const recorded = streamFiles.find((file) => files.has(file));
  if (mapping.stream.decode && recorded && files.notes.direction !== "encode") {
    const bytes = files.bytes(recorded);
    goldenEvents(run, decodeStream(mapping, [bytes], bound));
    note(run, "stream however cut", sameHoweverCut(mapping, bytes, bound));
    note(run, "stream cut short", cutEndsInError(mapping, bytes, bound));
  }
  if (!mapping.stream.encode || !files.has("stream.canonical.jsonl")) return;
  const events = files.lines("stream.canonical.jsonl") as StreamEvent[];
  const wire = encodeStream(mapping, events, bound);
  if (files.has("encoded.sse")) goldenText(run, "stream.encode", "encoded.sse", wire);
  if (mapping.stream.decode && files.notes.direction === "both" && events.at(-1)?.type === "end") {
    const again = fold(decodeStream(mapping, [new TextEncoder().encode(wire)], bound, "sse"));
    equal(run, "stream.decode∘encode", fold(events), again, files.notes.canonical);
  }
}

function goldenEvents(run: Run, events: readonly StreamEvent[]): void {
  const file = "stream.canonical.jsonl";
  const written = run.golden.has(file) ? run.golden.lines(file) : undefined;
  const changes = differences(written, plainOf(events));
  if (changes.length === 0) return note(run, "stream.decode");
  if (!run.update) return note(run, "stream.decode", describeChanges(changes));
  run.golden.write(file, events.map((one) => `${JSON.stringify(one)}\n`).join(""));
  run.outcomes.push({
    mapping: run.golden.mapping,
    case: run.golden.name,
    check: "stream.decode",
    status: "updated",
    message: describeChanges(changes),
  });
}

function goldenText(run: Run, check: string, file: string, actual: string): void {
  const written = run.golden.bytes(file).toString("utf8");
  if (written === actual) return note(run, check);
  const message = describeChanges(differences(written.split("\n\n"), actual.split("\n\n")));
  if (!run.update) return note(run, check, message);
  run.golden.write(file, actual);
  run.outcomes.push({
    mapping: run.golden.mapping,
    case: run.golden.name,
    check,
    status: "updated",
    message,
  });
}
