import type { CanonicalRequest, Loss } from "../canonical.ts";
import type { Capabilities } from "../capabilities.ts";
import { forgetJudged } from "../host/values.ts";
import { fitCache } from "./cache.ts";
import type { Context, Pass } from "./context.ts";
import { fitExtensions } from "./extensions.ts";
import { fitHistory, fitResultNames } from "./history.ts";
import { fitLimits } from "./limits.ts";
import { createToolNames } from "./names.ts";
import { fitOutputForm } from "./output.ts";
import { fitParts } from "./parts.ts";
import { fitReasoning } from "./reasoning.ts";
import type { Restore } from "./restore.ts";
import { fitSampling } from "./sampling.ts";
import { fitService, fitState } from "./settings.ts";
import { fitSystem } from "./system.ts";
import { fitPlaceholders } from "./thoughts.ts";
import { fitToolChoice } from "./tool-choice.ts";
import { fitTools } from "./tools.ts";
import { fitTurns } from "./turns.ts";

/** A request that the target can carry, what it lost on the way, and how the answer gets the client's names back. */
export interface Fitted {
  request: CanonicalRequest;
  losses: Loss[];
  restore: Restore;
}

/**
 * One concern each, in an order that matters: what is refused first, results before parts (so that places in messages
 * are the client's), tools before the calls that name them, reasoning before what hangs on it.
 */
const passes: readonly Pass[] = [
  fitState,
  fitExtensions,
  fitHistory,
  fitTools,
  fitToolChoice,
  fitParts,
  fitResultNames,
  fitPlaceholders,
  fitSystem,
  fitTurns,
  fitReasoning,
  fitLimits,
  fitSampling,
  fitOutputForm,
  fitService,
  fitCache,
];

/**
 * Fits a request to what a target can carry: the whole policy of what is passed, clamped, dropped, emulated or refused
 * between two formats. Pure: the request is not changed, what stays the same is shared, the same history always gives
 * the same turns (prompt caches depend on it). `names` are the client's and the target's protocol; `counts`: no answer is wanted.
 * Throws a `Rejection` for what cannot be sent without changing what the client means.
 */
export function fit(
  request: CanonicalRequest,
  capabilities: Capabilities,
  { counts = false, ...names }: { from: string; to: string; counts?: boolean },
): Fitted {
  forgetJudged();
  const context: Context = {
    ...names,
    can: capabilities,
    losses: [],
    names: createToolNames(capabilities.tools),
    toolPlaces: [],
    findsTools: false,
    counts,
    holdsItems: holdsItems(request, capabilities, names),
  };
  let fitted = request;
  for (const pass of passes) fitted = pass(fitted, context);
  return { request: fitted, losses: context.losses, restore: context.names.restore() };
}

function holdsItems(
  { state }: CanonicalRequest,
  can: Capabilities,
  { from, to }: { from: string; to: string },
): boolean {
  return can.state.store && state?.store !== false && (from === to || can.raw.includes(from));
}
