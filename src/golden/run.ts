import type { GoldenCase } from "../bridge/cases.ts";
import type { CanonicalRequest, CanonicalResponse } from "../mapping/canonical.ts";
import type { Capabilities } from "../mapping/capabilities.ts";
import { fit } from "../mapping/fit/fit.ts";
import type { Mapping, Target } from "../mapping/types.ts";
import { bindings, equal, golden, note, plainOf } from "./report.ts";
import type { Outcome, Run } from "./report.ts";
import { runStream } from "./run-stream.ts";

export interface RunOptions {
  /** Write what the mappings give now into the golden files. */
  update?: boolean;
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
