import type { CanonicalError } from "../mapping/canonical.ts";
import { reject } from "../mapping/rejection.ts";
import { countLocally } from "../mapping/tokenizer.ts";
import type { ModelEntry } from "../mapping/types.ts";
import { sendBody } from "./client.ts";
import type { Exchange } from "./client.ts";
import { canPass, passThrough } from "./passthrough.ts";
import type { Prepared } from "./prepare.ts";
import type { Asked } from "./request.ts";
import type { Target } from "./target.ts";
import { countUpstream } from "./translate.ts";

/** The models that clients may name: the exact names of `models:`, and each target that names its upstream model. */
export function listModels({ bridge, models }: Prepared): ModelEntry[] {
  const entries = new Map<string, ModelEntry>();
  function add(id: string, target: Target | undefined): void {
    if (target && !entries.has(id)) entries.set(id, entryOf(id, target));
  }
  for (const { pattern } of bridge.config.models)
    if (!pattern.includes("*")) add(pattern, models.find(pattern)[0]);
  for (const { targets } of bridge.config.models) {
    for (const { provider, model } of targets)
      if (model !== undefined) add(`${provider}/${model}`, models.find(`${provider}/${model}`)[0]);
  }
  for (const { name, compiled } of bridge.providers.values())
    if (compiled.answer) add(`${name}/${name}`, models.find(`${name}/${name}`)[0]);
  return [...entries.values()];
}

function entryOf(id: string, target: Target): ModelEntry {
  const { provider, contextLength } = target;
  return {
    id,
    provider: provider.name,
    available: isUsable(target),
    ...(contextLength !== undefined && { contextLength }),
  };
}

/** Whether there is any hope: an upstream that wants a key has one. */
function isUsable({ provider: { compiled, apiKey, headers } }: Target): boolean {
  const { auth } = compiled.upstream ?? {};
  const wantsKey = auth && Object.keys(auth.headers).length + Object.keys(auth.query).length > 0;
  return (
    !wantsKey || Boolean(apiKey) || Object.keys(auth.headers).some((name) => name.toLowerCase() in headers)
  );
}

/**
 * Answers with the list of models in the caller's format, or with the one that the path names: any that would be answered,
 * because clients ask whether a model is there before they use it.
 */
export function answerModels(x: Exchange, params: Readonly<Record<string, string>>): void {
  const encode = x.mapping?.models.encode;
  if (!encode)
    reject({ type: "not_found", message: `${x.mapping?.name ?? "this format"} has no list of models here` });
  const { model } = params;
  const models =
    model === undefined
      ? listModels(x.prepared)
      : x.prepared.models
          .find(model)
          .map((target) => entryOf(model, target))
          .slice(0, 1);
  sendBody(x, 200, JSON.stringify(encode({ models }, { http: { headers: {}, params: { ...params } } })));
}

/**
 * Counts the tokens of a request: the target does it where it can, else they are estimated. Gives the error as
 * `translate` does.
 */
export async function countTokens(
  x: Exchange,
  asked: Asked,
  target: Target,
): Promise<CanonicalError | undefined> {
  if (canPass(x, asked, target, false) && target.call?.upstream.countPath)
    return passThrough(x, asked, target);
  const encode = x.mapping?.count.encode;
  if (!encode)
    reject({ type: "not_found", message: `${x.mapping?.name ?? "this format"} cannot count tokens here` });
  x.provider = target.provider.name;
  x.model = target.model ?? asked.model();
  const counted = await countUpstream(x, asked, target);
  if (counted && !("tokens" in counted) && !cannotCount(counted)) return counted;
  const request = (x.request = asked.decode());
  const isCounted = counted !== undefined && "tokens" in counted;
  x.told = isCounted ? {} : { "x-llmbridge-estimate": "tokens" };
  const count = isCounted ? counted : { tokens: await countLocally(request), estimated: true };
  sendBody(x, 200, JSON.stringify(encode(count, { request })));
  return undefined;
}

/** An upstream of the format that has no counting: an estimate is of more use than its refusal. */
function cannotCount({ status }: CanonicalError): boolean {
  return status === 404 || status === 405 || status === 501;
}
