import type { IncomingMessage, ServerResponse } from "node:http";
import type { CanonicalError, CanonicalRequest, Loss, Usage } from "../mapping/canonical.ts";
import { mergeUsage } from "../mapping/fold.ts";
import { reject, usualStatus } from "../mapping/rejection.ts";
import type { Bindings, Mapping, Route, StreamEncoder, StreamFacts } from "../mapping/types.ts";
import type { Prepared } from "./prepare.ts";
import { letLeave } from "./turn.ts";
import type { UpstreamCall } from "./upstream.ts";

/** One client request and its answer. It reads the bridge once, so a reload cannot touch it. */
export interface Exchange {
  readonly prepared: Prepared;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly startedAt: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** What tells this answer from others where the upstream gives no id: 24 hexadecimal digits. */
  readonly token: string;
  id: string;
  /** The caller's format. */
  mapping?: Mapping;
  route?: Route;
  /** The decoded request, once something needed it. */
  request?: CanonicalRequest;
  provider?: string;
  model?: string;
  losses: Loss[];
  /** Headers of the upstream's answer that the client is told. */
  told: Readonly<Record<string, string>>;
  usage?: Usage;
  error?: CanonicalError;
  /** An error that the upstream told in the caller's own format, and how. */
  verbatim?: { error: CanonicalError; status: number; text: string };
  /** Why a mapping or the bridge itself failed; for the log only. */
  cause?: unknown;
  firstByteAt?: number;
  /** The upstream call under way, to be given up when the client goes away. */
  call?: UpstreamCall;
  /** The client went away before the answer was complete. */
  gone: boolean;
}

/** What an upstream said that is to be told: nothing. */
export const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/** What a mapping may know of time and identity. */
export function streamFacts({ token }: Exchange): StreamFacts {
  return { id: token, created: Math.floor(Date.now() / 1000), frame: 0 };
}

export function encoderBindings(x: Exchange): Bindings {
  return { stream: streamFacts(x), ...(x.request && { request: x.request }) };
}

/** Opens the encoder of the caller's streams. */
export function openEncoder(x: Exchange): StreamEncoder {
  const encode = x.mapping?.stream.encode;
  return encode
    ? encode(encoderBindings(x), x.route?.framing)
    : reject({ message: `${x.mapping?.name ?? "this format"} has no streams here` });
}

/** Counts are cumulative, and each answer's replace those of an attempt before it. */
export function noteUsage(x: Exchange, usage: Usage | undefined): void {
  if (usage) x.usage = x.usage ? mergeUsage(x.usage, usage) : usage;
}

const lossHeaderLength = 1000;

/** Sends status and headers. `headers` are the answer's own, type and length of the content; more are added. */
export function sendHead(x: Exchange, status: number, headers: Record<string, string | number>): void {
  x.firstByteAt ??= performance.now();
  x.id = x.told["x-request-id"] ?? x.id;
  headers["x-request-id"] = x.id;
  if (x.told !== noHeaders) for (const name in x.told) headers[name] = x.told[name]!;
  if (x.provider !== undefined) headers["x-llmbridge-provider"] = headerText(x.provider);
  if (x.model !== undefined) headers["x-llmbridge-model"] = headerText(x.model);
  if (x.losses.length > 0) headers["x-llmbridge-loss"] = lossHeader(x.losses);
  x.res.writeHead(status, headers);
}

/** Answers with a whole body. */
export function sendBody(x: Exchange, status: number, body: string | Buffer): void {
  if (x.gone) return;
  sendHead(x, status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  letLeave(() => x.res.end(x.req.method === "HEAD" ? undefined : body));
}

const isPrintable = /^[\x20-\x7e]*$/;

/** Names may hold anything; a header may not. */
function headerText(text: string): string {
  return isPrintable.test(text) ? text : text.toWellFormed().replace(/[^\x20-\x7e]/gu, encodeURIComponent);
}

/** A list in the manner of RFC 8941: `code;action, code;action`, each once, cut to a length that proxies bear. */
export function lossHeader(losses: readonly Loss[]): string {
  let text = "";
  for (const item of new Set(
    losses.map(({ code, action }) => `${code.replace(/[^\w.*-]/g, "_")};${action}`),
  )) {
    if (text.length + item.length > lossHeaderLength) return `${text}, more`;
    text += text === "" ? item : `, ${item}`;
  }
  return text;
}

/** Errors whose type says little; the upstream's or the mapping's own status says more. */
const unspecific: ReadonlySet<string> = new Set(["invalid_request", "server"]);

/**
 * The HTTP status of an error for clients of a format: the format's own for the type, else the usual one. Retry
 * logic of client SDKs hangs on it, so the class of status never changes.
 */
export function statusOf(error: CanonicalError, mapping: Mapping | undefined): number {
  const own = mapping?.status[error.type];
  if (own !== undefined) return own;
  const usual = usualStatus[error.type] ?? 500;
  const { status } = error;
  const isFiner =
    status !== undefined &&
    unspecific.has(error.type) &&
    Math.floor(status / 100) === Math.floor(usual / 100);
  return isFiner ? status : usual;
}

/** An error as a document of the caller's format; a plain one where there is no format, or where its mapping fails. */
export function errorDocument(x: Exchange, error: CanonicalError): unknown {
  const told = { ...error, requestId: error.requestId ?? x.id };
  try {
    const document = x.mapping?.error.encode?.(told, { ...(x.request && { request: x.request }) });
    if (document !== undefined) return document;
  } catch (cause) {
    x.cause ??= cause;
  }
  const { type, code, message, param } = error;
  return { error: { type, ...(code && { code }), message, ...(param && { param }) } };
}

/** Answers with an error. Nothing may have been sent before. */
export function sendError(x: Exchange, error: CanonicalError): void {
  x.error = error;
  if (x.gone) return;
  const { verbatim } = x;
  if (verbatim?.error === error) return sendBody(x, verbatim.status, verbatim.text);
  const document = errorDocument(x, error);
  // A client that reads its stream as one JSON array finds errors in an array, too.
  const body = JSON.stringify(x.route?.framing === "json-array" ? [document] : document);
  if (error.retryAfter !== undefined)
    x.told = { ...x.told, "retry-after": String(Math.ceil(error.retryAfter)) };
  sendBody(x, statusOf(error, x.mapping), body);
}
