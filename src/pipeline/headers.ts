import type { IncomingHttpHeaders } from "node:http";
import type { Provider } from "../bridge/types.ts";
import type { CanonicalRequest } from "../mapping/canonical.ts";
import type { Bindings, Document, Upstream } from "../mapping/types.ts";
import { noHeaders } from "./client.ts";

type HeaderValue = string | Document<CanonicalRequest, unknown>;

/** How a provider is called: what its configuration and its mapping fix, computed when the bridge is loaded. */
export interface PreparedCall {
  upstream: Upstream;
  origin: string;
  /** The path of the base URL, without a slash at its end. */
  base: string;
  /** Query of the base URL and of the credentials, without `?`. */
  query: string;
  /** The bridge's own headers, the credentials, and the mapping's. Names are in lower case, here and below. */
  fixed: Readonly<Record<string, string>>;
  /** The mapping's, where they depend on the request. */
  computed: readonly (readonly [name: string, value: HeaderValue])[];
  /** What the configuration says; it has the last word. */
  configured: Readonly<Record<string, string>>;
  /** What of all these a mapping may see: no credentials. */
  visible: Readonly<Record<string, string>>;
  /** All headers of a call, for documents and for streams, where none depends on the request. */
  ready?: { document: Readonly<Record<string, string>>; stream: Readonly<Record<string, string>> };
  /** Paths of calls that were made: by the mapping's path, then by model. */
  paths: Map<string, Map<string, string>>;
}

const accept = { document: "application/json", stream: "text/event-stream, application/json" };

/** Prepares calls of a provider; `own` are the headers of one model. */
export function prepareCall(
  provider: Provider,
  upstream: Upstream,
  own: Readonly<Record<string, string>>,
): PreparedCall {
  const url = new URL(provider.baseUrl ?? upstream.baseUrl ?? "http://localhost");
  const key = provider.apiKey ?? "";
  const auth = key === "" ? {} : fillKey(lowerCased(upstream.auth.headers), key);
  const query = key === "" ? {} : fillKey(upstream.auth.query, key);
  const written = Object.entries(lowerCased<HeaderValue>(upstream.headers));
  const isFixed = (value: HeaderValue): value is string =>
    typeof value === "string" && !value.includes("{model}");
  const fixed = Object.fromEntries(written.filter((entry): entry is [string, string] => isFixed(entry[1])));
  const configured = lowerCased({ ...provider.headers, ...own });
  const shown = Object.entries({ ...fixed, ...configured }).filter(
    ([name, value]) => !(name in auth) && !value.includes("{api_key}"),
  );
  const ours = {
    "content-type": "application/json",
    "accept-encoding": "identity",
    "user-agent": "llmbridge",
  };
  const call: PreparedCall = {
    upstream,
    origin: url.origin,
    base: url.pathname.replace(/\/+$/, ""),
    query: joinQuery(url.search.slice(1), new URLSearchParams(query).toString()),
    fixed: { ...ours, ...auth, ...fillKey(fixed, key) },
    computed: written.filter(([, value]) => !isFixed(value)),
    configured: fillKey(configured, key),
    visible: Object.fromEntries(shown),
    paths: new Map(),
  };
  const isReady = call.computed.length === 0 && Object.values(configured).every(isFixed);
  if (isReady) call.ready = { document: headersOf(call, "document"), stream: headersOf(call, "stream") };
  return call;
}

function headersOf({ fixed, configured }: PreparedCall, kind: "document" | "stream"): Record<string, string> {
  return { accept: accept[kind], ...fixed, ...configured };
}

function fillKey(templates: Readonly<Record<string, string>>, key: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, value]) => [name, value.replaceAll("{api_key}", key)]),
  );
}

function lowerCased<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function joinQuery(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("&");
}

const remembered = 1000;

/** Path and query of a call. `path` is one of the mapping's upstream paths. */
export function callPath(call: PreparedCall, path: string, model: string): string {
  let paths = call.paths.get(path);
  if (!paths) call.paths.set(path, (paths = new Map()));
  let made = paths.get(model);
  if (made === undefined) {
    const [pathname = "", search = ""] = path.replaceAll("{model}", encodeURIComponent(model)).split("?", 2);
    const query = joinQuery(search, call.query);
    made = call.base + pathname + (query && `?${query}`);
    if (paths.size < remembered) paths.set(model, made);
  }
  return made;
}

/** What the headers of one call depend on. */
export interface CallFacts {
  model: string;
  streams: boolean;
  /** Asked for only where a header is computed from it. */
  request: () => CanonicalRequest;
  bindings: () => Bindings;
  /** The client's headers, of which a pass-through hands some on. */
  client?: IncomingHttpHeaders;
}

export function callHeaders(call: PreparedCall, facts: CallFacts): Readonly<Record<string, string>> {
  const { model, streams, request, bindings, client } = facts;
  const kind = streams ? "stream" : "document";
  const forwarded = client && call.upstream.forward.filter((name) => client[name] !== undefined);
  if (call.ready && !forwarded?.length) return call.ready[kind];
  const headers = { accept: accept[kind], ...call.fixed } as Record<string, string>;
  for (const [name, value] of call.computed) {
    const text =
      typeof value === "string" ? value.replaceAll("{model}", model) : value(request(), bindings());
    if (typeof text === "string" || typeof text === "number") headers[name] = String(text);
  }
  for (const name of forwarded ?? []) headers[name] = String(client![name]);
  for (const name in call.configured) headers[name] = call.configured[name]!.replaceAll("{model}", model);
  return headers;
}

const told = /^(?:retry-after(?:-ms)?|x-should-retry|.*request-id|.*rate-?limit.*)$/;
const decided = new Map<string, boolean>();

/**
 * The headers of an upstream's answer that its caller is told: request ids, rate limits, when to try again. No others:
 * cookies, lengths, encodings and the names of accounts are between the upstream and the bridge.
 */
export function answerHeaders(given: IncomingHttpHeaders): Readonly<Record<string, string>> {
  let headers: Record<string, string> | undefined;
  for (const name in given) {
    let isTold = decided.get(name);
    if (isTold === undefined) {
      isTold = told.test(name);
      if (decided.size < remembered) decided.set(name, isTold);
    }
    if (isTold && isLegal(given[name])) (headers ??= {})[name] = String(given[name]);
  }
  return headers ?? noHeaders;
}

/** Whether a header of an upstream can stand in an answer: a value that Node refuses would fail the whole of it. */
export function isLegal(value: unknown): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(String(value));
}
