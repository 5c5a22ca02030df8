import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { answerForm } from "../mapping/answer-losses.ts";
import type { Memory } from "../jsonata/index.ts";
import { hostFunctions } from "../mapping/host/functions.ts";
import { resolveCapabilities } from "../mapping/capabilities.ts";
import type { CapabilityEntry } from "../mapping/capabilities.ts";
import { compileDecodeTable } from "../mapping/decode-table.ts";
import { compileDecoder, compileDocument } from "../mapping/document.ts";
import { compileEncodeTable } from "../mapping/encode-table.ts";
import { settleCandidate } from "../mapping/settle.ts";
import type { Scope, SourceText } from "../mapping/scope.ts";
import type { TableFile } from "../mapping/table.ts";
import type { Codec, Document, HeldForm, Mapping, Route, StreamCodec } from "../mapping/types.ts";
import type { CanonicalRequest, CanonicalResponse } from "../mapping/canonical.ts";
import { createPlacer } from "../text/place.ts";
import { withoutPaths } from "../text/schema.ts";
import { parseYaml } from "../text/yaml.ts";
import type { Source } from "../text/yaml.ts";
import { unchanged } from "./folder.ts";
import type { Folder, FolderFile } from "./folder.ts";
import { checkHidden } from "./hidden.ts";
import { joinPreludes } from "./prelude.ts";
import { checkDecodeTable, checkEncodeTable, checkMapping } from "./schemas.ts";
import { atOnce } from "./steps.ts";
import type { Steps } from "./steps.ts";
import { checkTemplates, readTemplates } from "./templates.ts";
import { compileUpstream } from "./upstream.ts";
import { compileValidator } from "./validator.ts";

interface Build {
  folder: Folder;
  scope: Scope;
  opaque: ReadonlySet<string>;
  protocol: string;
  onUnknown: (mapping: string, event: string) => void;
  before: Mapping | undefined;
  isKept: (file: string) => boolean;
}

/** What a mapping's compiler may be told. */
export interface CompileOptions {
  report: (found: Diagnostic) => void;
  /** A wire event that no row of a stream table knows, once a stream. */
  onUnknown?: (mapping: string, event: string) => void;
  /** What was found out about texts before. */
  memory?: Memory;
  /** What was compiled before, if nothing was wrong with it: documents that did not change stay, as warm as they are. */
  before?: { folder: Folder; mapping: Mapping } | undefined;
}

/** Compiles a mapping folder; every mistake in it goes to `report`, and what it concerns is then missing. */
export function compileFolder(read: Folder, options: CompileOptions): Mapping {
  return atOnce(compilingFolder(read, options));
}

/** The same step by step. */
export function* compilingFolder(read: Folder, options: CompileOptions): Steps<Mapping> {
  const folder = { ...read, written: checkWritten(read, options.report) };
  for (const found of checkTemplates(folder)) options.report(found);
  const { written } = folder;
  const { before } = options;
  yield;
  const protocol = text(written["protocol"]) ?? folder.name;
  const build: Build = {
    folder,
    protocol,
    opaque: new Set(list(written["opaque"])),
    onUnknown: options.onUnknown ?? (() => undefined),
    before: before?.mapping,
    isKept: before ? unchanged(before.folder, folder) : () => false,
    scope: {
      functions: hostFunctions({
        templates: readTemplates(folder),
        lookups: tables(written["lookup"]),
        dialects: tables(written["dialects"]),
      }),
      prelude: joinPreludes(folder.libs),
      report: options.report,
      compiled: new Map(),
      ...(options.memory && { memory: options.memory }),
    },
  };
  for (const found of checkHidden(build.scope)) options.report(found);
  const wire = (written["wire"] ?? {}) as { model?: string; stream?: string; usage?: string[] };
  yield;
  const error = keep(build, documents("error"), "error", () => codec(build, "error"));
  const response = keep(build, documents("response"), "response", () => settled(codec(build, "response")));
  yield;
  const request = keep(build, documents("request"), "request", () => codec(build, "request"));
  const validate = keep(build, ["request.schema.json"], "validate", () =>
    compileValidator(folder, options.report),
  );
  yield;
  const streaming = [
    "stream.decode.yaml",
    "stream.encode.yaml",
    ...documents("error"),
    ...documents("response"),
  ];
  const stream = keep(build, streaming, "stream", () => streams(build, error, response));
  yield;
  const mapping: Mapping = {
    name: folder.name,
    protocol,
    ...(text(written["about"]) && { about: text(written["about"]) }),
    folder: folder.dir,
    serves: ((written["serves"] ?? []) as Partial<Route>[]).map(route),
    upstream: keep(build, ["mapping.yaml"], "upstream", () => compileUpstream(folder, build.scope)),
    wire: { model: wire.model, stream: wire.stream, usageHints: wire.usage ?? [] },
    ...(written["held"] !== undefined && { held: written["held"] as HeldForm }),
    capabilities: resolveCapabilities((written["capabilities"] ?? []) as CapabilityEntry[], []),
    capabilityEntries: (written["capabilities"] ?? []) as CapabilityEntry[],
    ...(written["answers"] !== undefined && {
      answers: answerForm(written["answers"] as Record<string, string>),
    }),
    status: (written["status"] ?? {}) as Record<string, number>,
    keepAlive: text(written["keep_alive"]) ?? ": keep-alive\n\n",
    validate,
    request,
    response,
    error,
    count: keep(build, documents("count"), "count", () => codec(build, "count")),
    models: keep(build, documents("models"), "models", () => codec(build, "models")),
    stream,
    answer: keep(
      build,
      ["answer.jsonata"],
      "answer",
      () => documentOf<CanonicalRequest>(build, "answer.jsonata", "answer") as Mapping["answer"],
    ),
  };
  return Object.freeze(mapping);
}

function documents(kind: string): string[] {
  return [`${kind}.decode.jsonata`, `${kind}.encode.jsonata`];
}

/** A part of a mapping as it was where its files are what they were; else as `make` makes it now. */
function keep<Part extends keyof Mapping>(
  { before, isKept }: Build,
  files: readonly string[],
  part: Part,
  make: () => Mapping[Part],
): Mapping[Part] {
  return before && files.every(isKept) ? before[part] : make();
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

function tables(written: unknown): Record<string, Record<string, unknown>> {
  return (written ?? {}) as Record<string, Record<string, unknown>>;
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

function sourceOf(folder: Folder, name: string): SourceText | undefined {
  const file = folder.files.get(name);
  return file && { source: file.text, place: createPlacer(file.text, file.path) };
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

function streams(build: Build, error: Mapping["error"], response: Mapping["response"]): StreamCodec {
  const decode = tableOf(build, "stream.decode.yaml", checkDecodeTable);
  const encode = tableOf(build, "stream.encode.yaml", checkEncodeTable);
  return {
    ...(typeof decode?.value["done"] === "string" && { done: decode.value["done"] }),
    ...(decode && {
      decode: compileDecodeTable(decode, build.scope, {
        protocol: build.protocol,
        opaque: build.opaque,
        onUnknown: (event) => build.onUnknown(build.folder.name, event),
      }),
    }),
    ...(encode && {
      encode: compileEncodeTable(encode, build.scope, { error: error.encode, response: response.encode }),
    }),
  };
}

/** A table that several folders borrow is the same file to all of them. */
const tablesRead = new WeakMap<FolderFile, Source>();

function parseTable(file: FolderFile, memory: Memory | undefined): Source {
  const known = tablesRead.get(file) ?? parseYaml(file.text, file.path, memory);
  tablesRead.set(file, known);
  return known;
}

function tableOf(build: Build, name: string, check: typeof checkDecodeTable): TableFile | undefined {
  const file = build.folder.files.get(name);
  if (!file) return undefined;
  const yaml = parseTable(file, build.scope.memory);
  const mistakes = [...yaml.diagnostics, ...check(yaml.value ?? {}, yaml.place)];
  for (const found of mistakes) build.scope.report(found);
  if (mistakes.some((one) => one.severity === "error")) return undefined;
  return {
    file: file.path,
    value: yaml.value as Record<string, unknown>,
    place: yaml.place,
    placeIn: yaml.placeIn,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}
