import { diagnostic } from "../diagnostics/diagnostic.ts";
import { answerForm } from "../mapping/answer-losses.ts";
import { resolveCapabilities } from "../mapping/resolve-capabilities.ts";
import type { CapabilityEntry } from "../mapping/capabilities.ts";
import { compileDecoder, compileDocument } from "../mapping/document.ts";
import { settleCandidate } from "../mapping/settle.ts";
import type { Codec, Document, HeldForm, Mapping, Route } from "../mapping/types.ts";
import type { CanonicalRequest, CanonicalResponse } from "../mapping/canonical.ts";
import { withoutPaths } from "../text/schema.ts";
import { documents, keep, openBuild, sourceOf, text } from "./build.ts";
import type { Build, CompileOptions } from "./build.ts";
import type { Folder } from "./folder.ts";
import { checkHidden } from "./hidden.ts";
import { checkMapping } from "./schemas.ts";
import { atOnce } from "./steps.ts";
import type { Steps } from "./steps.ts";
import { streams } from "./streams.ts";
import { checkTemplates } from "./templates.ts";
import { compileUpstream } from "./upstream.ts";
import { compileValidator } from "./validator.ts";

/** Compiles a mapping folder; every mistake in it goes to `report`, and what it concerns is then missing. */
export function compileFolder(read: Folder, options: CompileOptions): Mapping {
  return atOnce(compilingFolder(read, options));
}

/** The same step by step. */
export function* compilingFolder(read: Folder, options: CompileOptions): Steps<Mapping> {
  const folder = { ...read, written: checkWritten(read, options.report) };
  for (const found of checkTemplates(folder)) options.report(found);
  yield;
  const build = openBuild(folder, options);
  for (const found of checkHidden(build.scope)) options.report(found);
  yield;
  const error = keep(build, documents("error"), "error", () => codec(build, "error"));
  const response = keep(build, documents("response"), "response", () => settled(codec(build, "response")));
  yield;
  const request = keep(build, documents("request"), "request", () => codec(build, "request"));
  const validate = keep(build, ["request.schema.json"], "validate", () =>
    compileValidator(folder, options.report),
  );
  yield;
  const streaming = ["stream.decode.yaml", "stream.encode.yaml"];
  const called = [...documents("error"), ...documents("response")];
  const stream = keep(build, [...streaming, ...called], "stream", () => streams(build, error, response));
  yield;
  return Object.freeze({
    ...plainOf(folder, build.protocol),
    upstream: keep(build, ["mapping.yaml"], "upstream", () => compileUpstream(folder, build.scope)),
    validate,
    request,
    response,
    error,
    count: keep(build, documents("count"), "count", () => codec(build, "count")),
    models: keep(build, documents("models"), "models", () => codec(build, "models")),
    stream,
    answer: keep(build, ["answer.jsonata"], "answer", () => answerOf(build)),
  });
}

type Compiled =
  | "upstream"
  | "validate"
  | "answer"
  | "stream"
  | "request"
  | "response"
  | "error"
  | "count"
  | "models";
type PlainParts = Omit<Mapping, Compiled>;

/** What of a mapping needs no compiler. */
function plainOf({ name, dir, written: said }: Folder, protocol: string): PlainParts {
  const wire = (said["wire"] ?? {}) as { model?: string; stream?: string; usage?: string[] };
  const capabilities = (said["capabilities"] ?? []) as CapabilityEntry[];
  return {
    name,
    protocol,
    ...(text(said["about"]) && { about: text(said["about"]) }),
    folder: dir,
    serves: ((said["serves"] ?? []) as Partial<Route>[]).map(route),
    wire: { model: wire.model, stream: wire.stream, usageHints: wire.usage ?? [] },
    ...(said["held"] !== undefined && { held: said["held"] as HeldForm }),
    capabilities: resolveCapabilities(capabilities, []),
    capabilityEntries: capabilities,
    ...(said["answers"] !== undefined && { answers: answerForm(said["answers"] as Record<string, string>) }),
    status: (said["status"] ?? {}) as Record<string, number>,
    keepAlive: text(said["keep_alive"]) ?? ": keep-alive\n\n",
  };
}

function answerOf(build: Build): Mapping["answer"] {
  return documentOf<CanonicalRequest>(build, "answer.jsonata", "answer") as Mapping["answer"];
}

/** Reports what is wrong with `mapping.yaml` and gives what is right. */
function checkWritten({ yaml, written }: Folder, report: CompileOptions["report"]): Record<string, unknown> {
  const problems = checkMapping(yaml.value ?? {});
  for (const one of problems)
    report(diagnostic(one.code, one.message, yaml.place(one.path, one.what), one.cure));
  const wrong = problems.filter(({ code, what }) => code === "LB202" && what === "value");
  // Own capabilities stand after borrowed ones, so their numbers are not those of the file.
  const paths = wrong.map(({ path }) => (path[0] === "capabilities" ? ["capabilities"] : path));
  return withoutPaths(written, paths) as Record<string, unknown>;
}

function route(written: Partial<Route>): Route {
  const kind = written.kind ?? "request";
  return {
    method: kind === "models" ? "GET" : "POST",
    framing: "sse",
    ...written,
    kind,
    path: written.path ?? "/",
  };
}

function codec<Canonical>(build: Build, kind: string): Codec<Canonical> {
  const decode = sourceOf(build.folder, `${kind}.decode.jsonata`);
  const encode = documentOf<Canonical>(build, `${kind}.encode.jsonata`, `${kind}.encode`);
  const decoder = decode && compileDecoder<Canonical>(`${kind}.decode`, decode, build.scope, build.opaque);
  return { ...decoder, ...(encode && { encode }) };
}

function documentOf<In>(build: Build, file: string, kind: string): Document<In, unknown> | undefined {
  const source = sourceOf(build.folder, file);
  return source && compileDocument<In, unknown>(kind, source, build.scope);
}

/** An answer's stop reasons are settled the same way whether it came as a document or as a stream. */
function settled(response: Codec<CanonicalResponse>): Codec<CanonicalResponse> {
  const { decode } = response;
  if (!decode) return response;
  return {
    ...response,
    decode: (input, bindings) => {
      const decoded = decode(input, bindings);
      return { ...decoded, candidates: (decoded.candidates ?? []).map(settleCandidate) };
    },
  };
}
