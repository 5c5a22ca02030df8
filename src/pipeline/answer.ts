import { isUtf8 } from "node:buffer";
import type { CanonicalError, ErrorType } from "../mapping/canonical.ts";
import type { Framing } from "../mapping/types.ts";
import { joined } from "./bytes.ts";
import { completeError, excerptOf, retryAfterOf, withoutSecret } from "./failure.ts";
import type { Target } from "./target.ts";
import type { UpstreamAnswer } from "./upstream.ts";

/** What an upstream answered with, as its own words say: an error, a stream of some framing, a document, or neither. */
export type AnswerKind = "error" | "document" | "unknown" | Framing;

type ContentKind = "sse" | "json-lines" | "json" | "unsaid" | "unknown";

/** By content types as they are written; there are few, and each answer has one. */
const contentKinds = new Map<string, ContentKind>();

function contentKindOf(written: string): ContentKind {
  const type = written.split(";", 1)[0]!.trim().toLowerCase();
  if (type === "text/event-stream") return "sse";
  if (/\b(?:x-)?(?:ndjson|jsonl|json-?lines|jsonlines|stream\+json)\b/.test(type)) return "json-lines";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  return type === "" || type === "text/plain" || type === "application/octet-stream" ? "unsaid" : "unknown";
}

/**
 * Reads from status and content type what an answer is; what was asked for only decides where they say nothing.
 * `framing`: that of the format's streams, if one was asked for.
 */
export function kindOf({ status, headers }: UpstreamAnswer, framing: Framing | undefined): AnswerKind {
  if (status < 200 || status > 299) return "error";
  const type = headers["content-type"] ?? "";
  let kind = contentKinds.get(type);
  if (kind === undefined) {
    kind = contentKindOf(type);
    if (contentKinds.size < 1000) contentKinds.set(type, kind);
  }
  if (kind === "json") return framing && framing !== "sse" ? framing : "document";
  return kind === "unsaid" ? (framing ?? "document") : kind;
}

/** Bytes of one answer that are kept in memory at once; whole answers may hold images. */
const documentLimit = 256 << 20;

/** Reads an answer to its end; at once, where it has ended already. */
export function readAll(
  answer: UpstreamAnswer,
  provider: string,
  limit: number = documentLimit,
): Buffer | Promise<Buffer | CanonicalError> {
  const whole = answer.whole();
  if (whole !== undefined && whole.length <= limit) return whole;
  const { promise, resolve } = Promise.withResolvers<Buffer | CanonicalError>();
  const chunks: Buffer[] = [];
  let length = 0;
  answer.pipe({
    data(more) {
      for (const chunk of more) length += chunk.length;
      if (length <= limit) return void chunks.push(...more);
      chunks.length = 0;
      resolve({ type: "server", status: 502, message: `${provider} answered with more than ${limit} bytes` });
    },
    end: () => resolve(joined(chunks)),
    error: resolve,
  });
  return promise;
}

/** What `readAll` gave as one JSON document. */
export function documentOf(
  bytes: Buffer | CanonicalError,
  provider: string,
): { body: unknown } | CanonicalError {
  if (!Buffer.isBuffer(bytes)) return bytes;
  if (!isUtf8(bytes))
    return { type: "server", status: 502, message: `${provider} sent text that is not valid UTF-8` };
  try {
    return { body: JSON.parse(bytes.toString()) };
  } catch {
    return { type: "server", status: 502, message: `${provider} answered with broken JSON` };
  }
}

/** Bytes of an error that are worth reading. */
const errorLimit = 1 << 20;

/** Reads the error that an upstream answered with, in its format's terms. Never throws. */
export async function readError(answer: UpstreamAnswer, target: Target): Promise<CanonicalError> {
  const bytes = await readAll(answer, target.provider.name, errorLimit);
  const text = Buffer.isBuffer(bytes) ? bytes.toString() : "";
  return errorOfText(withoutSecret(text, target.provider.apiKey), answer, target);
}

/** What the text of an error says. What it leaves out, the status and the headers may say. */
export function errorOfText(text: string, answer: UpstreamAnswer, { provider }: Target): CanonicalError {
  const { status, headers } = answer;
  const decoded = text === "" ? {} : (decodeError(text, answer, provider) ?? {});
  const retryAfter = decoded.retryAfter ?? retryAfterOf(headers);
  const told: Partial<CanonicalError> = {
    type: typeOfStatus(status),
    status: status < 400 ? 502 : status,
    ...decoded,
    message: decoded.message || `${provider.name} answered with status ${status}`,
  };
  return completeError({ ...told, ...(retryAfter !== undefined && { retryAfter }) }, provider.name);
}

function decodeError(
  text: string,
  { status, headers }: UpstreamAnswer,
  { compiled, apiKey }: Target["provider"],
): Partial<CanonicalError> | undefined {
  const facts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  try {
    return compiled.error.decode?.(errorBody(text, apiKey), { http: { status, headers: facts } });
  } catch {
    return undefined;
  }
}

/** The JSON of an error, or what was said instead of it. Formats whose streams are one array wrap errors in one. */
function errorBody(text: string, secret: string | undefined): unknown {
  try {
    const body: unknown = JSON.parse(text);
    if (Array.isArray(body) && body.length === 1) return body[0];
    if (typeof body === "object" && body !== null) return body;
  } catch {
    // Said below, as text.
  }
  return { text: excerptOf(text, secret) };
}

const typesByStatus: Readonly<Record<number, ErrorType>> = {
  401: "authentication",
  402: "billing",
  403: "permission",
  404: "not_found",
  408: "timeout",
  409: "conflict",
  413: "too_large",
  429: "rate_limit",
  503: "overloaded",
  504: "timeout",
  529: "overloaded",
};

function typeOfStatus(status: number): ErrorType {
  return typesByStatus[status] ?? (status >= 400 && status < 500 ? "invalid_request" : "server");
}

/** An answer that is neither a document nor a stream: most often the page of a proxy before the upstream. */
export async function readUnknown(answer: UpstreamAnswer, { provider }: Target): Promise<CanonicalError> {
  const bytes = await readAll(answer, provider.name, errorLimit);
  const type = String(answer.headers["content-type"]).split(";", 1)[0];
  const said = Buffer.isBuffer(bytes) ? excerptOf(bytes.toString(), provider.apiKey) : "";
  const message = `${provider.name} answered with ${type} instead of JSON${said && `: "${said}"`}`;
  return { type: "server", status: 502, message };
}
