import type { CanonicalError, Loss } from "../mapping/canonical.ts";
import { fit } from "../mapping/fit/fit.ts";
import { restoreResponse } from "../mapping/fit/restore.ts";
import { collectLosses } from "../mapping/losses.ts";
import { Rejection } from "../mapping/rejection.ts";
import type { Bindings, Target as TargetFacts, Upstream } from "../mapping/types.ts";
import { editValue } from "../text/json-edit.ts";
import { documentOf, kindOf, readAll, readError, readUnknown } from "./answer.ts";
import { noHeaders, streamFacts } from "./client.ts";
import type { Exchange } from "./client.ts";
import { answerBindings, answerDocument, answerStream, deliver } from "./deliver.ts";
import type { Translation } from "./deliver.ts";
import { answerHeaders, callHeaders, callPath } from "./headers.ts";
import type { Asked } from "./request.ts";
import type { StreamReply } from "./stream-reply.ts";
import { judgeLosses } from "./target.ts";
import type { Target } from "./target.ts";
import { callUpstream, isAnswer } from "./upstream.ts";
import type { UpstreamAnswer } from "./upstream.ts";

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
  const names = { from: x.mapping!.protocol, to: compiled.protocol };
  const fitted = fit(request, capabilities, { ...names, counts: kind === "count" });
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
