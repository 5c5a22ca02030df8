import { answerLosses } from "../mapping/answer-losses.ts";
import type {
  CanonicalError,
  CanonicalRequest,
  CanonicalResponse,
  Loss,
  StreamEvent,
} from "../mapping/canonical.ts";
import { fit } from "../mapping/fit/fit.ts";
import { collectLosses } from "../mapping/losses.ts";
import { reject } from "../mapping/rejection.ts";
import type { Bindings, HttpFacts, Mapping, Target } from "../mapping/types.ts";
import { unfold } from "../mapping/unfold.ts";
import { openReader } from "../text/readers.ts";

export type Kind = "request" | "response" | "stream" | "error";

/** One side of a translation: a mapping, or the canonical form itself. */
export type Side = Mapping | "canonical";

export interface Translation {
  /** JSON value; for a stream the wire text, or the canonical events where the target is canonical. */
  output: unknown;
  losses: Loss[];
}

export interface TranslateOptions {
  http?: HttpFacts;
  request?: CanonicalRequest;
  model?: string;
  stream?: boolean;
}

/**
 * Translates offline what one format wrote into what another reads, as the bridge would. Throws `Rejection` where the
 * bridge would refuse.
 */
export function translate(
  kind: Kind,
  from: Side,
  to: Side,
  input: unknown,
  options: TranslateOptions = {},
): Translation {
  const losses: Loss[] = [];
  const output = collectLosses(() => {
    switch (kind) {
      case "request":
        return request(from, to, input, options, losses);
      case "response":
        return response(from, to, input, options, losses);
      case "error":
        return error(from, to, input, options);
      case "stream":
        return stream(from, to, String(input), options);
    }
  }, losses);
  return { output, losses: losses.map((one) => ({ from: nameOf(from), to: nameOf(to), ...one })) };
}

function request(from: Side, to: Side, input: unknown, options: TranslateOptions, losses: Loss[]): unknown {
  const bindings: Bindings = { http: options.http ?? { headers: {} } };
  if (from !== "canonical") {
    const refused = from.validate?.(input);
    if (refused) reject(refused);
  }
  const decoded =
    from === "canonical"
      ? (input as CanonicalRequest)
      : side(from.request.decode, from, "request.decode")(input, bindings);
  if (to === "canonical") return decoded;
  const model = options.model ?? decoded.model;
  const canonical = { ...decoded, model, stream: options.stream ?? decoded.stream };
  const capabilities = to.capabilities(model, {});
  const target: Target = {
    provider: to.name,
    model,
    stream: canonical.stream,
    kind: "request",
    capabilities,
    headers: {},
  };
  const fitted = fit(canonical, capabilities, { from: nameOf(from), to: to.protocol });
  losses.push(...fitted.losses);
  return side(to.request.encode, to, "request.encode")(fitted.request, { ...bindings, target });
}

function response(from: Side, to: Side, input: unknown, options: TranslateOptions, losses: Loss[]): unknown {
  const bindings = answerBindings(options);
  const canonical =
    from === "canonical"
      ? (input as CanonicalResponse)
      : side(from.response.decode, from, "response.decode")(input, bindings);
  if (to === "canonical") return canonical;
  if (to.answers) losses.push(...answerLosses(canonical, to.answers, to.protocol));
  return side(to.response.encode, to, "response.encode")(canonical, bindings);
}

function error(from: Side, to: Side, input: unknown, options: TranslateOptions): unknown {
  const bindings = answerBindings(options);
  const canonical =
    from === "canonical"
      ? (input as CanonicalError)
      : side(from.error.decode, from, "error.decode")(input, bindings);
  return to === "canonical" ? canonical : side(to.error.encode, to, "error.encode")(canonical, bindings);
}

function stream(from: Side, to: Side, input: string, options: TranslateOptions): unknown {
  const bindings = answerBindings(options);
  const events = from === "canonical" ? canonicalEvents(input) : decodeEvents(from, input, bindings);
  if (to === "canonical") return events;
  const encoder = side(to.stream.encode, to, "stream.encode")(bindings);
  return events.map((event) => encoder.push(event)).join("");
}

/** Canonical events, one a line; or one canonical response, told as events. */
function canonicalEvents(text: string): StreamEvent[] {
  const whole = text.trim();
  if (!whole.includes("\n") && whole.includes('"candidates"'))
    return unfold(JSON.parse(whole) as CanonicalResponse);
  return whole
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StreamEvent);
}

function decodeEvents(from: Mapping, input: string, bindings: Bindings): StreamEvent[] {
  const events: StreamEvent[] = [];
  const decoder = side(from.stream.decode, from, "stream.decode")(bindings);
  const finish = (): void => decoder.finish(events);
  const reader = openReader(
    from.upstream?.framing ?? "sse",
    (data, name) => decoder.push(data, name, events),
    finish,
    from.stream.done,
  );
  reader.push(new TextEncoder().encode(input));
  reader.end();
  finish();
  return events;
}

function answerBindings(options: TranslateOptions): Bindings {
  const created = Math.floor(Date.now() / 1000);
  return {
    http: options.http ?? { headers: {} },
    stream: { id: "answer", created, frame: 0 },
    ...(options.request && { request: options.request }),
  };
}

function side<F>(codec: F | undefined, mapping: Mapping, file: string): F {
  if (codec === undefined) throw new TypeError(`mapping ${mapping.name} has no ${file}`);
  return codec;
}

function nameOf(one: Side): string {
  return one === "canonical" ? one : one.protocol;
}
