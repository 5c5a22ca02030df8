import { answerLosses } from "../mapping/answer-losses.ts";
import type { CanonicalError, CanonicalRequest, CanonicalResponse, Loss } from "../mapping/canonical.ts";
import { restoreResponse } from "../mapping/fit/restore.ts";
import type { Restore } from "../mapping/fit/restore.ts";
import { collectLosses } from "../mapping/losses.ts";
import { Rejection } from "../mapping/rejection.ts";
import type { Bindings, Framing, Target as TargetFacts } from "../mapping/types.ts";
import { unfold } from "../mapping/unfold.ts";
import { documentOf, readAll } from "./answer.ts";
import { noteUsage, openEncoder, sendBody, streamFacts } from "./client.ts";
import type { Exchange } from "./client.ts";
import { openEvents } from "./events.ts";
import { ownError } from "./failure.ts";
import { keepItems, keepStreamed } from "./held.ts";
import { foldStream, relayStream } from "./stream.ts";
import type { StreamReply } from "./stream-reply.ts";
import { toldLosses } from "./target.ts";
import type { Target } from "./target.ts";
import type { UpstreamAnswer } from "./upstream.ts";

/** A request on its way to a target, and what is needed to understand the answer. */
export interface Translation {
  target: Target;
  facts: TargetFacts;
  /** As it was sent: fitted to the target. */
  request: CanonicalRequest;
  restore: Restore;
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

export function answerBindings(
  { request, facts }: Translation,
  { status, headers }: UpstreamAnswer,
): Bindings {
  return { request, target: facts, http: { status, headers: headers as Record<string, string> } };
}

/** Gives the client a whole response, as a document or as the stream that tells it. */
export function deliver(x: Exchange, response: CanonicalResponse, target: Target, reply?: StreamReply): void {
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
