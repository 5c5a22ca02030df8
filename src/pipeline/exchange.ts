import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CanonicalError } from "../mapping/canonical.ts";
import { Rejection } from "../mapping/rejection.ts";
import { noHeaders, sendError } from "./client.ts";
import type { Exchange } from "./client.ts";
import { errorOf } from "./error.ts";
import { isRetryable } from "./failure.ts";
import { withHeldItems } from "./held.ts";
import { answerModels, countTokens } from "./local.ts";
import { canPass, passThrough } from "./passthrough.ts";
import type { Prepared } from "./prepare.ts";
import { factsOf, readBody, readRequest, splitTarget } from "./request.ts";
import type { Asked } from "./request.ts";
import type { Served } from "./routes.ts";
import { openStreamReply } from "./stream-reply.ts";
import type { StreamReply } from "./stream-reply.ts";
import type { Target } from "./target.ts";
import { translate } from "./translate.ts";

/**
 * One client request and its answer, from top to bottom. Whatever goes wrong is answered in the caller's own format;
 * nothing is thrown. `onDone` is told once, when the client has its answer or has gone away.
 */
export async function exchange(
  prepared: Prepared,
  req: IncomingMessage,
  res: ServerResponse,
  onDone: (x: Exchange) => void,
): Promise<void> {
  const x = openExchange(prepared, req, res, onDone);
  let reply: StreamReply | undefined;
  try {
    const served = findRoute(x);
    if (!prepared.keys.allows(req.headers, x.query)) refuseKey();
    if (served.route.kind === "models") return answerModels(x, served.params);

    const asked = readAsked(x, served, await readBody(req, prepared.bridge.config.bodyLimit));
    if (!asked) return;
    const targets = prepared.models.find(asked.model());
    if (served.route.kind === "request" && asked.streams()) reply = openStreamReply(x);

    const error = await askInTurn(x, asked, targets, reply);
    if (error && !x.gone) fail(x, error, reply);
  } catch (thrown) {
    fail(x, errorOf(thrown, x), reply);
  }
}

/** What is asked; nothing where the client has gone away. Its bytes are not held while an upstream is waited for. */
function readAsked(x: Exchange, served: Served, body: Buffer): Asked | undefined {
  if (x.gone) return undefined;
  return readRequest(body, served, {
    facts: () => factsOf(x.req, x, served, x.prepared.keys),
    complete: (asked) => withHeldItems(x, asked),
  });
}

/** Asks one target after the other until one answers; gives the last one's error if none does. */
function askInTurn(
  x: Exchange,
  asked: Asked,
  targets: readonly Target[],
  reply?: StreamReply,
): Promise<CanonicalError | undefined> {
  return targets.length === 1 ? ask(x, asked, targets, reply) : askEach(x, asked, targets, reply);
}

async function askEach(
  x: Exchange,
  asked: Asked,
  targets: readonly Target[],
  reply?: StreamReply,
): Promise<CanonicalError | undefined> {
  let error: CanonicalError | undefined;
  for (let i = 0; i < targets.length; i++) {
    x.told = noHeaders;
    error = await ask(x, asked, targets.slice(i), reply);
    if (!error || x.gone || reply?.hasStarted() || !isRetryable(error)) return error;
    x.call?.abort();
  }
  return error;
}

/** Asks the first of the targets that are left. When this returns, the request is on its way to it. */
function ask(
  x: Exchange,
  asked: Asked,
  [target, ...others]: readonly Target[],
  reply?: StreamReply,
): Promise<CanonicalError | undefined> {
  const passes = (to: Target): boolean => canPass(x, asked, to, reply !== undefined);
  const error = askOne(x, asked, target!, passes(target!), reply);
  if (!others.some(passes)) asked.text = "";
  return error;
}

function askOne(
  x: Exchange,
  asked: Asked,
  target: Target,
  passes: boolean,
  reply?: StreamReply,
): Promise<CanonicalError | undefined> {
  if (x.route?.kind === "count") return countTokens(x, asked, target);
  return passes ? passThrough(x, asked, target, reply) : translate(x, asked, target, reply);
}

/** Says which format the caller speaks, or refuses: 404 for an unknown path, 405 for a wrong method. */
function findRoute(x: Exchange): Served {
  const result = x.prepared.routes.find({
    method: x.req.method ?? "GET",
    path: x.path,
    query: x.query,
    headers: x.req.headers,
  });
  const known = result.found ?? result.closest;
  x.mapping = known?.mapping;
  x.route = known?.route;
  return result.found ?? refusePath(x, result.allow);
}

function refusePath(x: Exchange, allow: readonly string[] | undefined): never {
  const path = x.path.length > 200 ? `${x.path.slice(0, 200)}…` : x.path;
  const { method } = x.req;
  if (!allow) {
    const message = `nothing is served at ${method} ${path}`;
    throw new Rejection({ type: "not_found", code: "unknown_url", message });
  }
  x.told = { allow: allow.join(", ") };
  const message = `${path} takes ${allow.join(" or ")}, not ${method}`;
  throw new Rejection({ type: "invalid_request", status: 405, message });
}

function refuseKey(): never {
  throw new Rejection({
    type: "authentication",
    status: 401,
    code: "invalid_api_key",
    message: "the API key is missing or not one of this bridge's keys",
  });
}

function fail(x: Exchange, error: CanonicalError, reply: StreamReply | undefined): void {
  x.call?.abort();
  try {
    if (reply) reply.fail(error);
    else if (!x.res.headersSent) sendError(x, error);
    else x.res.destroy();
  } catch (cause) {
    x.cause ??= cause;
    x.res.destroy();
  }
  if (!x.req.complete) hangUpLater(x.req);
}

/** How long a client may go on sending a body that nobody wants: cut off at once, it would not read the answer. */
const lingerMs = 1000;

function hangUpLater(req: IncomingMessage): void {
  req.resume();
  const timer = setTimeout(() => req.destroy(), lingerMs);
  req.once("end", () => clearTimeout(timer));
}

const legalId = /^[\w.:-]{1,128}$/;

/** Numbers that no other process has, and no exchange before: random bytes for each would cost more than they are worth. */
const processToken = randomBytes(8).toString("hex");
let exchanges = 0;

function openExchange(
  prepared: Prepared,
  req: IncomingMessage,
  res: ServerResponse,
  onDone: (x: Exchange) => void,
): Exchange {
  exchanges = (exchanges + 1) % 0x1_0000_0000;
  const token = processToken + exchanges.toString(16).padStart(8, "0");
  const given = req.headers["x-request-id"];
  const { path, query } = splitTarget(req.url ?? "/");
  const x: Exchange = {
    prepared,
    req,
    res,
    startedAt: performance.now(),
    path,
    query,
    token,
    id: typeof given === "string" && legalId.test(given) ? given : `req_${token}`,
    mapping: undefined,
    route: undefined,
    request: undefined,
    provider: undefined,
    model: undefined,
    losses: [],
    told: noHeaders,
    usage: undefined,
    error: undefined,
    verbatim: undefined,
    cause: undefined,
    firstByteAt: undefined,
    call: undefined,
    gone: false,
  };
  res.on("close", () => {
    x.gone = !res.writableFinished;
    if (x.gone) x.call?.abort();
    onDone(x);
  });
  return x;
}
