import type { CanonicalError } from "../mapping/canonical.ts";
import type { Restore } from "../mapping/fit/restore.ts";
import type { StreamDecoder, Target as TargetFacts } from "../mapping/types.ts";
import { editJson } from "../text/json-edit.ts";
import type { Edit } from "../text/json-edit.ts";
import { errorOfText, kindOf, readAll, readError, readUnknown } from "./answer.ts";
import { noteUsage, sendBody } from "./client.ts";
import type { Exchange } from "./client.ts";
import { withoutSecret } from "./failure.ts";
import { answerHeaders, callHeaders, callPath } from "./headers.ts";
import type { PreparedCall } from "./headers.ts";
import type { Asked } from "./request.ts";
import { writeInStep } from "./stream-reply.ts";
import type { StreamReply } from "./stream-reply.ts";
import { openUsageTap } from "./tap.ts";
import type { Target } from "./target.ts";
import { answerDocument, answerStream } from "./deliver.ts";
import { callUpstream, isAnswer } from "./upstream.ts";
import type { UpstreamAnswer } from "./upstream.ts";

/**
 * Whether a target takes the caller's body and gives its answer as they are: the same format, streamed the same way, and
 * nothing in it that the bridge wrote for another vendor earlier in the conversation.
 */
export function canPass(
  { mapping, route }: Exchange,
  asked: Asked,
  { provider, call }: Target,
  streams: boolean,
): boolean {
  if (provider.compiled !== mapping || !call || asked.holdsEnvelope()) return false;
  const { stream, framing } = call.upstream;
  return streams ? stream !== "never" && framing === route?.framing : stream !== "always";
}

/**
 * Asks a target of the caller's own format: the body goes as it came but for the model's name and configured
 * overrides, the answer's bytes come back as they are. Gives the error as `translate` does.
 */
export async function passThrough(
  x: Exchange,
  asked: Asked,
  target: Target,
  reply?: StreamReply,
): Promise<CanonicalError | undefined> {
  const { provider } = target;
  const call = target.call!;
  const model = target.model ?? asked.model();
  const stream = reply !== undefined;
  x.provider = provider.name;
  x.model = model;
  x.losses = [];
  const answer = await sendAsItIs(x, asked, target, stream);
  if (!isAnswer(answer)) return answer;
  x.told = answerHeaders(answer.headers);
  const kind = kindOf(answer, reply && call.upstream.framing);
  if (kind === "error") return handOnError(x, answer, target);
  if (kind === "unknown") return readUnknown(answer, target);
  if (kind === "document" && !reply) return handOnDocument(x, answer, target);
  if (kind !== "document" && reply) return handOnStream(x, answer, reply);
  // The other kind than was asked for has to be translated after all.
  const facts = factsOf(target, model, stream);
  const translation = { target, facts, request: (x.request = asked.decode()), restore: nothingToRestore };
  return kind === "document"
    ? answerDocument(x, answer, translation, reply)
    : answerStream(x, answer, translation, kind);
}

const nothingToRestore: Restore = { names: new Map(), custom: new Set() };

function factsOf({ provider, call, capabilities }: Target, model: string, stream: boolean): TargetFacts {
  const headers = call?.visible ?? {};
  return { provider: provider.name, model, stream, capabilities: capabilities(model, headers), headers };
}

function sendAsItIs(
  x: Exchange,
  asked: Asked,
  target: Target,
  stream: boolean,
): Promise<UpstreamAnswer | CanonicalError> {
  const call = target.call!;
  const model = x.model!;
  const headers = callHeaders(call, {
    model,
    streams: stream,
    request: asked.decode,
    bindings: () => ({ target: factsOf(target, model, stream) }),
    client: x.req.headers,
  });
  x.call = callUpstream(x.prepared.connections, {
    provider: target.provider.name,
    origin: call.origin,
    path: callPath(call, upstreamPath(call, x, stream), model),
    method: "POST",
    headers,
    body: editJson(asked.text, bodyEdits(asked, target, model)),
    timeoutMs: target.timeoutMs,
  });
  return x.call.answer;
}

/** The path that this kind of request has upstream. */
function upstreamPath({ upstream }: PreparedCall, { route }: Exchange, streams: boolean): string {
  if (route?.kind === "count") return upstream.countPath ?? upstream.path;
  return streams ? upstream.streamPath : upstream.path;
}

function bodyEdits({ body }: Asked, { provider, edits }: Target, model: string): readonly Edit[] {
  const field = provider.compiled.wire.model;
  if (field === undefined || body[field] === undefined || body[field] === model) return edits;
  return [{ path: [field], value: model }, ...edits];
}

/** An error of the caller's own format goes on as it is, should no other target answer. */
async function handOnError(x: Exchange, answer: UpstreamAnswer, target: Target): Promise<CanonicalError> {
  const isJson = /\bjson\b/.test(String(answer.headers["content-type"]));
  if (!isJson || answer.status < 400) return readError(answer, target);
  const bytes = await readAll(answer, target.provider.name);
  if (!Buffer.isBuffer(bytes)) return bytes;
  const text = withoutSecret(bytes.toString(), target.provider.apiKey);
  const error = errorOfText(text, answer, target);
  x.verbatim = { error, status: answer.status, text };
  return error;
}

async function handOnDocument(
  x: Exchange,
  answer: UpstreamAnswer,
  target: Target,
): Promise<CanonicalError | undefined> {
  const bytes = await readAll(answer, target.provider.name);
  if (!Buffer.isBuffer(bytes)) return bytes;
  sendBody(x, answer.status, bytes);
  if (x.prepared.countsUsage) readUsage(x, bytes);
  return undefined;
}

/** Only for the log, and after the client has its answer. */
function readUsage(x: Exchange, bytes: Buffer): void {
  const { response, wire } = x.mapping!;
  if (!response.decode || !wire.usageHints.some((hint) => bytes.includes(hint))) return;
  try {
    noteUsage(x, response.decode(JSON.parse(bytes.toString()), {}).usage);
  } catch {
    // An answer that cannot be read has been handed on all the same.
  }
}

/** Hands on a stream's bytes as they come, and reads the frames that tell usage. */
function handOnStream(
  x: Exchange,
  answer: UpstreamAnswer,
  reply: StreamReply,
): Promise<CanonicalError | undefined> {
  const { promise, resolve } = Promise.withResolvers<CanonicalError | undefined>();
  const decoder: StreamDecoder | undefined = x.prepared.countsUsage
    ? x.mapping?.stream.decode?.({})
    : undefined;
  const tap = openUsageTap(x.mapping!, decoder, (usage) => noteUsage(x, usage));
  answer.pipe({
    data(chunks) {
      chunks.forEach(tap);
      reply.atBoundary = endsFrame(chunks.at(-1)!);
      writeInStep(x, reply, answer, chunks);
    },
    end() {
      reply.end();
      resolve(undefined);
    },
    error(error) {
      if (!reply.hasStarted()) return resolve(error);
      reply.fail(error);
      resolve(undefined);
    },
  });
  return promise;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Whether a chunk ends with an empty line: only there may another frame stand. */
function endsFrame(chunk: Buffer): boolean {
  const last = chunk.length - 1;
  if (chunk[last] !== lineFeed) return chunk[last] === carriageReturn && chunk[last - 1] === carriageReturn;
  return chunk[last - 1] === lineFeed || (chunk[last - 1] === carriageReturn && chunk[last - 2] === lineFeed);
}
