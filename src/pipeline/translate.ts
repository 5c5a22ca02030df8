import { answerLosses } from "../mapping/answer-losses.ts";
import type { CanonicalError, CanonicalRequest, CanonicalResponse, Loss } from "../mapping/canonical.ts";
import { fit } from "../mapping/fit/fit.ts";
import { restoreResponse } from "../mapping/fit/restore.ts";
import type { Restore } from "../mapping/fit/restore.ts";
import { collectLosses } from "../mapping/losses.ts";
import { Rejection } from "../mapping/rejection.ts";
import type { Bindings, Framing, Target as TargetFacts, Upstream } from "../mapping/types.ts";
import { unfold } from "../mapping/unfold.ts";
import { editValue } from "../text/json-edit.ts";
import { documentOf, kindOf, readAll, readError, readUnknown } from "./answer.ts";
import { noHeaders, noteUsage, openEncoder, sendBody, streamFacts } from "./client.ts";
import type { Exchange } from "./client.ts";
import { openEvents } from "./events.ts";
import { ownError } from "./failure.ts";
import { answerHeaders, callHeaders, callPath } from "./headers.ts";
import { keepItems, keepStreamed } from "./held.ts";
import type { Asked } from "./request.ts";
import { foldStream, relayStream } from "./stream.ts";
import type { StreamReply } from "./stream-reply.ts";
import { judgeLosses, toldLosses } from "./target.ts";
import type { Target } from "./target.ts";
import { callUpstream, isAnswer } from "./upstream.ts";
import type { UpstreamAnswer } from "./upstream.ts";

/** A request on its way to a target, and what is needed to understand the answer. */
export interface Translation {
  target: Target;
  facts: TargetFacts;
  /** As it was sent: fitted to the target. */
  request: CanonicalRequest;
  restore: Restore;
}

/**
 * Asks a target of another format, and answers the client. Gives the error when there is no answer and nothing has
 * been sent to the client: another target may be tried then. `reply`: where the client streams.
 */
export async function translate(
  x: Exchange,
  asked: Asked,
  target: Target,
  reply?: StreamReply,
): Promise<CanonicalError | undefined> {
  const translation = fitRequest(x, asked, target, "request");
  const { compiled } = target.provider;
  if (compiled.answer) return answerLocally(x, translation, reply);
  const answer = await send(x, translation);
  if (!isAnswer(answer)) return answer;
  x.told = answerHeaders(answer.headers);
  const kind = kindOf(answer, translation.facts.stream ? compiled.upstream?.framing : undefined);
  switch (kind) {
    case "error":
      return readError(answer, target);
    case "unknown":
      return readUnknown(answer, target);
    case "document":
      return answerDocument(x, answer, translation, reply);
    default:
      return answerStream(x, answer, translation, kind, reply);
  }
}

function fitRequest(x: Exchange, asked: Asked, target: Target, kind: "request" | "count"): Translation {
  const request = (x.request = asked.decode());
  const { compiled, name } = target.provider;
  const model = target.model ?? asked.model();
  const headers = target.call?.visible ?? noHeaders;
  const capabilities = target.capabilities(model, headers);
  const how = compiled.upstream?.stream ?? "asked";
  const stream = kind === "request" && (how === "asked" ? request.stream : how === "always");
  const fitted = fit(request, capabilities, { from: x.mapping!.protocol, to: compiled.protocol });
  x.provider = name;
  x.model = model;
  x.losses = judgeLosses(fitted.losses, target.losses);
  return {
    target,
    facts: { provider: name, model, stream, kind, capabilities, headers },
    request: fitted.request,
    restore: fitted.restore,
  };
}

/** Encodes the request and calls the target's upstream. */
function send(
  x: Exchange,
  { target, facts, request }: Translation,
): Promise<UpstreamAnswer | CanonicalError> {
  const { call, provider } = target;
  const encode = provider.compiled.request.encode;
  if (!call || !encode) {
    throw new Rejection({
      type: "server",
      status: 500,
      message: `${provider.name} cannot be called: the mapping ${provider.mapping} has no upstream side`,
    });
  }
  const losses: Loss[] = [];
  const bindings: Bindings = { target: facts };
  const body = collectLosses(() => encode(request, bindings), losses);
  const headers = callHeaders(call, {
    model: facts.model,
    streams: facts.stream,
    request: () => request,
    bindings: () => bindings,
  });
  if (losses.length > 0) x.losses = [...x.losses, ...judgeLosses(losses, target.losses)];
  x.call = callUpstream(x.prepared.connections, {
    provider: provider.name,
    origin: call.origin,
    path: callPath(call, pathOf(call.upstream, facts), facts.model),
    method: "POST",
    headers,
    body: JSON.stringify(target.edits.length > 0 ? editValue(body, target.edits) : body),
    timeoutMs: target.timeoutMs,
  });
  return x.call.answer;
}

function pathOf(upstream: Upstream, { kind, stream }: TargetFacts): string {
  if (kind === "count") return upstream.countPath ?? upstream.path;
  return stream ? upstream.streamPath : upstream.path;
}

/** Has a target of another format count a request's tokens; nothing where it does not count. */
export async function countUpstream(
  x: Exchange,
  asked: Asked,
  target: Target,
): Promise<{ tokens: number } | CanonicalError | undefined> {
  const { compiled, name } = target.provider;
  const { decode } = compiled.count;
  if (!decode || !compiled.upstream?.countPath) return undefined;
  const translation = fitRequest(x, asked, target, "count");
  const answer = await send(x, translation);
  if (!isAnswer(answer)) return answer;
  if (kindOf(answer, undefined) !== "document") return readError(answer, target);
  const document = documentOf(await readAll(answer, name), name);
  if (!("body" in document)) return document;
  const counted = decode(document.body, answerBindings(translation, answer));
  if (typeof counted.tokens === "number") return counted;
  return { type: "server", status: 502, message: `${name} answered without a count of tokens` };
}

function answerLocally(x: Exchange, translation: Translation, reply?: StreamReply): undefined {
  const { target, facts, request, restore } = translation;
  const response = target.provider.compiled.answer!(request, { target: facts, stream: streamFacts(x) });
  deliver(x, restoreResponse(response, restore), target, reply);
}

/** At once where the whole answer is there: most are, and waiting costs as much as decoding. */
export function answerDocument(
  x: Exchange,
  answer: UpstreamAnswer,
  translation: Translation,
  reply?: StreamReply,
): CanonicalError | undefined | Promise<CanonicalError | undefined> {
  const bytes = readAll(answer, translation.target.provider.name);
  return bytes instanceof Promise
    ? bytes.then((all) => tellDocument(x, all, answer, translation, reply))
    : tellDocument(x, bytes, answer, translation, reply);
}

function tellDocument(
  x: Exchange,
  bytes: Buffer | CanonicalError,
  answer: UpstreamAnswer,
  translation: Translation,
  reply?: StreamReply,
): CanonicalError | undefined {
  const { target, restore } = translation;
  const { name } = target.provider;
  const document = documentOf(bytes, name);
  if (!("body" in document)) return document;
  const decode = target.provider.compiled.response.decode;
  if (!decode)
    return {
      type: "server",
      status: 502,
      message: `${name} answered with a document, which its mapping cannot read`,
    };
  const response = decoded(() => decode(document.body, answerBindings(translation, answer)), target);
  if ("type" in response) return response;
  deliver(x, restoreResponse(response, restore), target, reply);
  return undefined;
}

/** What an answer says. One that its mapping finds to be an error is an upstream's error like any other. */
function decoded(decode: () => CanonicalResponse, { provider }: Target): CanonicalResponse | CanonicalError {
  try {
    return decode();
  } catch (thrown) {
    if (thrown instanceof Rejection) return ownError(thrown.error, provider.name, provider.apiKey);
    throw thrown;
  }
}

function answerBindings({ request, facts }: Translation, { status, headers }: UpstreamAnswer): Bindings {
  return { request, target: facts, http: { status, headers: headers as Record<string, string> } };
}

/** Gives the client a whole response, as a document or as the stream that tells it. */
function deliver(x: Exchange, response: CanonicalResponse, target: Target, reply?: StreamReply): void {
  if (response.usage) noteUsage(x, response.usage);
  const { answers, protocol } = x.mapping ?? {};
  const losses = answers && protocol ? answerLosses(response, answers, protocol) : [];
  if (!reply) {
    const body = collectLosses(() => encodeResponse(x, response), losses);
    tellLosses(x, losses, target);
    keepItems(x, body);
    return sendBody(x, 200, JSON.stringify(body));
  }
  tellLosses(x, losses, target);
  const encoder = openEncoder(x);
  // An answer made on the spot is told a few words at a time, as a model would.
  const words = target.provider.compiled.answer !== undefined;
  let text = "";
  let last = "";
  for (const event of unfold(response, { words })) text += last = encoder.push(event);
  keepStreamed(x, last);
  reply.end(text);
}

function tellLosses(x: Exchange, losses: readonly Loss[], { losses: policy }: Target): void {
  if (losses.length > 0) x.losses = [...x.losses, ...toldLosses(losses, policy)];
}

function encodeResponse(x: Exchange, response: CanonicalResponse): unknown {
  const encode = x.mapping?.response.encode;
  if (!encode)
    throw new Rejection({
      type: "server",
      message: `the mapping ${x.mapping?.name ?? ""} has no response.encode`,
    });
  return encode(response, { request: x.request!, stream: streamFacts(x) });
}

export async function answerStream(
  x: Exchange,
  answer: UpstreamAnswer,
  translation: Translation,
  framing: Framing,
  reply?: StreamReply,
): Promise<CanonicalError | undefined> {
  const { restore, target } = translation;
  const provider = target.provider.name;
  const events = openEvents(target.provider.compiled, {
    framing,
    restore,
    provider,
    secret: target.provider.apiKey,
    bindings: answerBindings(translation, answer),
  });
  if (reply) return relayStream(x, answer, events, reply);
  const response = await foldStream(answer, events);
  if ("type" in response) {
    x.call?.abort();
    return response;
  }
  deliver(x, response, target);
  return undefined;
}
