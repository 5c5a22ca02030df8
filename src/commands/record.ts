import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readCase } from "../bridge/cases.ts";
import { runCase } from "../golden/run.ts";
import { decodeStream, encodeStream } from "../golden/streams.ts";
import type { CanonicalRequest } from "../mapping/canonical.ts";
import type { HttpFacts, Mapping } from "../mapping/types.ts";
import type { Recording, TapedCall } from "../server/tape.ts";
import { createRedactor } from "./redact.ts";
import type { Redact } from "./redact.ts";

/** Files of a case, by name: JSON values are printed, texts written as they are. */
type Files = Record<string, unknown>;

interface Taken {
  name: string;
  recording: Recording;
  client: Mapping;
  redact: Redact;
  http: HttpFacts;
  body: unknown;
  request: CanonicalRequest;
}

/**
 * Writes recorded exchanges as golden cases, in folders by format: what the client asked (`<client>/cases/<name>`), what
 * was asked of the upstream and what it answered (`<upstream>/cases/<name>-asked`, `-answered`), what the client was told
 * (`<client>/cases/<name>-told`). Each folder is a case that `llmbridge test` runs; what is personal has been blotted out.
 */
export function createRecorder(
  directory: string,
  say: (text: string) => void,
): (recording: Recording) => void {
  const root = resolve(directory);
  let count = 0;
  return function record(recording) {
    const taken = take(recording, `${stamp()}-${process.pid}-${++count}`);
    if (!taken) return;
    const cases = [...clientCases(taken), ...upstreamCases(taken)];
    for (const one of cases) write(root, one);
    if (cases.length > 0)
      say(`recorded ${cases.map(({ mapping, name }) => `${mapping.name}/cases/${name}`).join(", ")}`);
  };
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(/\D/g, "-");
}

interface RecordedCase {
  mapping: Mapping;
  name: string;
  files: Files;
}

/** What can be made of a recording; nothing where no mapping can read the client's body. */
function take(recording: Recording, name: string): Taken | undefined {
  const { x } = recording;
  const decode = x.mapping?.request.decode;
  if (!x.mapping || x.route?.kind !== "request" || !decode || recording.body.length === 0) return undefined;
  const http = httpOf(recording);
  try {
    const plain = decode(JSON.parse(recording.body.toString()), { http });
    const secrets = [...x.prepared.bridge.providers.values()].map(({ apiKey }) => apiKey);
    const redact = createRedactor(plain, secrets);
    const body: unknown = JSON.parse(redact(recording.body.toString()));
    const request = { ...decode(body, { http }), ...(x.request && { stream: x.request.stream }) };
    return { name, recording, client: x.mapping, redact, http, body, request };
  } catch {
    return undefined;
  }
}

/** Headers that say how bytes travel, and who sends them. */
const unread =
  /^(host|connection|content-.*|transfer-encoding|accept.*|user-agent|cookie|origin|referer|sec-.*|x-forwarded.*|x-stainless.*|x-request-id|via|forwarded)$/;

function httpOf({ x }: Recording): HttpFacts {
  const { keys, routes } = x.prepared;
  const { found } = routes.find({
    method: x.req.method ?? "POST",
    path: x.path,
    query: x.query,
    headers: x.req.headers,
  });
  const kept = Object.entries({ ...x.req.headers }).filter(
    ([name]) => !unread.test(name) && !keys.isSecret(name),
  );
  const query = Object.entries(x.query).filter(([name]) => !keys.isSecret(name));
  return {
    method: x.req.method ?? "POST",
    path: x.path,
    params: { ...found?.params },
    query: Object.fromEntries(query),
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
  };
}

function clientCases({ name, client, http, body, request, recording, redact }: Taken): RecordedCase[] {
  const asked = {
    mapping: client,
    name,
    files: { "request.json": body, "http.json": http, "request.canonical.json": request },
  };
  const { x, calls, answer } = recording;
  const call = calls.at(-1);
  const upstream =
    x.provider === undefined ? undefined : x.prepared.bridge.providers.get(x.provider)?.compiled;
  if (!call || !upstream || upstream === client || call.status !== 200 || answer.length === 0) return [asked];
  const told = tellAgain({ call, upstream, client, redact, request });
  return told
    ? [
        asked,
        {
          mapping: client,
          name: `${name}-told`,
          files: { ...told, "context.json": { request }, "case.yaml": "direction: encode\n" },
        },
      ]
    : [asked];
}

/** The client's answer, drawn again of what was blotted out, with the clock of the golden cases. */
function tellAgain({
  call,
  upstream,
  client,
  redact,
  request,
}: {
  call: TapedCall;
  upstream: Mapping;
  client: Mapping;
  redact: Redact;
  request: CanonicalRequest;
}): Files | undefined {
  const text = redact(call.answer.toString());
  const bindings = { request, http: { status: call.status, headers: {} } };
  const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };
  if (isDocument(call)) {
    const canonical = upstream.response.decode?.(JSON.parse(text), bindings);
    return (
      canonical && {
        "response.canonical.json": canonical,
        "response.json": client.response.encode?.(canonical, { request, stream: clock }),
      }
    );
  }
  if (!upstream.stream.decode || !client.stream.encode) return undefined;
  const events = decodeStream(upstream, [Buffer.from(text)], bindings);
  return {
    "stream.canonical.jsonl": lines(events),
    "encoded.sse": encodeStream(client, events, { request, stream: clock }),
  };
}

function upstreamCases({ name, request, recording, redact }: Taken): RecordedCase[] {
  const { x, calls } = recording;
  const mapping =
    x.provider === undefined ? undefined : x.prepared.bridge.providers.get(x.provider)?.compiled;
  const call = calls.at(-1);
  if (!mapping || !call) return [];
  const answered = {
    mapping,
    name: `${name}-answered`,
    files: answerFiles(mapping, call, redact(call.answer.toString()), request),
  };
  if (mapping === x.mapping) return [answered];
  const model = x.model ?? request.model;
  const asked: Files = {
    "request.canonical.json": { ...request, model },
    "request.json": JSON.parse(redact(call.body)) as unknown,
    "case.yaml": `direction: encode\ntarget: { stream: ${call.body.length > 0 && request.stream} }\n`,
  };
  return [{ mapping, name: `${name}-asked`, files: asked }, answered];
}

function answerFiles(mapping: Mapping, call: TapedCall, text: string, request: CanonicalRequest): Files {
  const http = { status: call.status, headers: {} };
  const context = { request, http };
  if (call.status !== 200) {
    const body = jsonOr(text);
    return {
      "error.json": body,
      "http.json": http,
      "error.canonical.json": mapping.error.decode?.(body, { http }),
      "case.yaml": "direction: decode\n",
    };
  }
  if (isDocument(call)) {
    const body: unknown = JSON.parse(text);
    return {
      "response.json": body,
      "context.json": context,
      "response.canonical.json": mapping.response.decode?.(body, context),
      "case.yaml": "direction: decode\n",
    };
  }
  const events = mapping.stream.decode ? decodeStream(mapping, [Buffer.from(text)], context) : [];
  return {
    "stream.sse": text,
    "context.json": context,
    "stream.canonical.jsonl": lines(events),
    "case.yaml": "direction: decode\n",
  };
}

function isDocument({ headers }: TapedCall): boolean {
  return /\bjson\b/.test(headers["content-type"] ?? "");
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { text };
  }
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

function write(root: string, { mapping, name, files }: RecordedCase): void {
  const folder = join(root, mapping.name, "cases", name);
  mkdirSync(folder, { recursive: true });
  for (const [file, value] of Object.entries(files)) {
    if (value === undefined) continue;
    writeFileSync(
      join(folder, file),
      typeof value === "string" ? value : `${JSON.stringify(value, null, 2)}\n`,
    );
  }
  // A request that would be written otherwise than the client wrote it is a case of reading.
  const failed = runCase(mapping, readCase(mapping.name, name, folder)).some(
    ({ status }) => status === "failed",
  );
  if (failed && files["case.yaml"] === undefined)
    writeFileSync(join(folder, "case.yaml"), "direction: decode\n");
}
