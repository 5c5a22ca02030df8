import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { promisify } from "node:util";
import type { CanonicalRequest } from "../mapping/canonical.ts";
import { mayHoldEnvelope } from "../mapping/host/opaque.ts";
import { reject, Rejection } from "../mapping/rejection.ts";
import type { HttpFacts } from "../mapping/types.ts";
import { parseJson } from "../text/json.ts";
import { joined } from "./bytes.ts";
import type { Exchange } from "./client.ts";
import { zlib } from "./decompress.ts";
import type { KeyCheck } from "./keys.ts";
import type { Served } from "./routes.ts";
import { takeUp } from "./turn.ts";

/** What a client asked for, read once. */
export interface Asked {
  /** The body as it came; a pass-through edits it in place. Emptied once no target that is left may pass it through. */
  text: string;
  body: Readonly<Record<string, unknown>>;
  /** The canonical request; decoded when it is first needed. */
  decode(): CanonicalRequest;
  /** The name of the model. */
  model(): string;
  /** Whether the answer is to be a stream. */
  streams(): boolean;
  /** Whether it may hold a token in an envelope, which no vendor can read. */
  holdsEnvelope(): boolean;
}

/**
 * Reads a client's body. Past `limit` bytes, announced or real, the request is refused and nothing more is kept. A
 * client that goes away in between is `cancelled`.
 */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(req.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  const { promise, resolve, reject: fail } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  req.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else {
      chunks.length = 0;
      fail(tooLarge(limit));
    }
  });
  req.on("end", () => takeUp(() => resolve(joined(chunks.splice(0)))));
  req.on("error", () => fail(new Rejection({ type: "cancelled", message: "the client went away" })));
  const encoding = req.headers["content-encoding"];
  return encoding ? promise.then((body) => decompressBody(body, encoding, limit)) : promise;
}

function tooLarge(limit: number): Rejection {
  const size = limit >= 1 << 20 ? `${Math.round(limit / (1 << 20))} MB` : `${limit} bytes`;
  return new Rejection({
    type: "too_large",
    status: 413,
    message: `the body is larger than the limit of ${size}`,
  });
}

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** What undoes an encoding; nothing where it is unknown. `zstd` is absent before Node 22.15. */
function decompressorOf(name: string): Decompress | undefined {
  switch (name) {
    case "gzip":
      return promisify(zlib().gunzip);
    case "deflate":
      return promisify(zlib().inflate);
    case "br":
      return promisify(zlib().brotliDecompress);
    case "zstd":
      return (
        zlib().zstdDecompress && promisify<Buffer, { maxOutputLength: number }, Buffer>(zlib().zstdDecompress)
      );
    default:
      return undefined;
  }
}

function decompressBody(body: Buffer, encoding: string, limit: number): Buffer | Promise<Buffer> {
  if (encoding === "identity") return body;
  const decompress = decompressorOf(encoding.trim().toLowerCase());
  if (!decompress)
    reject({ status: 415, message: `the content encoding ${JSON.stringify(encoding)} is not known here` });
  return decompress(body, { maxOutputLength: limit }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    reject({ message: `the body is not ${encoding}` });
  });
}

/** What decoding a body needs besides it. */
export interface Decoding {
  facts: () => HttpFacts;
  /** Puts what the body only names in its place. */
  complete: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** Makes of the bytes what the pipeline works with. Refuses what is not a JSON object, and says where it is not. */
export function readRequest(bytes: Buffer, served: Served, { facts, complete }: Decoding): Asked {
  const text = textOf(bytes);
  const body = objectOf(text);
  const { model: modelField, stream: streamField } = served.mapping.wire;
  const fixed = served.route.stream ?? (streamField === undefined ? undefined : body[streamField] === true);
  let decoded: CanonicalRequest | undefined;
  let holdsEnvelope: boolean | undefined;
  const decode = (): CanonicalRequest => (decoded ??= decodeRequest(served, complete(body), facts, fixed));
  return {
    text,
    body,
    decode,
    streams: () => fixed ?? decode().stream,
    // Of `this`: what a closure names stays in memory while the model thinks.
    holdsEnvelope() {
      return (holdsEnvelope ??= mayHoldEnvelope(this.text));
    },
    model() {
      const name = served.params["model"] ?? (modelField === undefined ? decode().model : body[modelField]);
      if (typeof name === "string" && name !== "") return name;
      const param = modelField ?? "model";
      reject({ param, message: `${param}: the name of a model is expected` });
    },
  };
}

function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) reject({ message: "the body is not valid UTF-8" });
  const text = bytes.toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function objectOf(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    reject({
      message: text.trim() === "" ? "the body is empty; a JSON object is expected" : jsonMistake(text),
    });
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  reject({ message: "the body is not a JSON object" });
}

function jsonMistake(text: string): string {
  const found = parseJson(text, "body").diagnostics[0];
  const { line, column } = found?.place ?? { line: 1, column: 1 };
  return `the body is not valid JSON: line ${line}, column ${column}: ${found?.message ?? "it cannot be read"}`;
}

function decodeRequest(
  { mapping, route }: Served,
  body: Readonly<Record<string, unknown>>,
  facts: () => HttpFacts,
  stream: boolean | undefined,
): CanonicalRequest {
  const mistake = route.kind === "request" ? mapping.validate?.(body) : undefined;
  if (mistake) throw new Rejection(mistake);
  const { decode, reads } = mapping.request;
  if (!decode)
    reject({
      type: "server",
      message: `the mapping ${mapping.name} serves a path but has no request.decode`,
    });
  // Most formats say all in the body; the facts are a copy of all headers.
  const request = decode(body, reads?.has("http") ? { http: facts() } : {});
  return { ...request, stream: stream ?? request.stream ?? false };
}

/** The facts of a request that a mapping may see: all but the credentials. */
export function factsOf(
  req: IncomingMessage,
  { path, query }: Pick<Exchange, "path" | "query">,
  { params }: Served,
  { isSecret }: KeyCheck,
): HttpFacts {
  return {
    method: req.method ?? "GET",
    path,
    params,
    query: withoutSecrets(query, isSecret),
    headers: withoutSecrets(req.headers, isSecret),
  };
}

function withoutSecrets(
  values: Readonly<Record<string, string>> | IncomingHttpHeaders,
  isSecret: (name: string) => boolean,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in values) if (!isSecret(name)) kept[name] = String(values[name]);
  return kept;
}

const none: Readonly<Record<string, string>> = Object.freeze({});

/** Path and query of a request target; of a parameter that stands twice the last one counts. */
export function splitTarget(target: string): { path: string; query: Readonly<Record<string, string>> } {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? none : Object.fromEntries(new URLSearchParams(target.slice(mark + 1)));
  return { path: tidyPath(path), query };
}

/** Base URLs with a slash at their end make `//v1/…`; some clients end a path with one. */
function tidyPath(path: string): string {
  const single = path.startsWith("//") ? path.replace(/^\/+/, "/") : path;
  return single.length > 1 && single.endsWith("/") ? single.slice(0, -1) : single;
}
