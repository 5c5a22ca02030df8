import type { CanonicalRequest } from "../canonical.ts";
import { change, filled, lose, refuse } from "./context.ts";
import type { Context, Pass } from "./context.ts";

type Limits = NonNullable<CanonicalRequest["limits"]>;

/** How long an answer may be, and how much of that may be thought. Runs when reasoning is fitted. */
export const fitLimits: Pass = (request, context) => {
  const limits = fitToolCalls(request.limits, context);
  const { carried, default: needed } = context.can.maxOutput;
  const asked = limits?.maxOutputTokens;
  const made =
    carried === false || needed === undefined
      ? undefined
      : roomFor(request.reasoning?.budget, needed, context);
  const max = asked === undefined ? made : fitOutput(asked, context);
  return fitBudget(withLimits(request, limits, max), max, context);
};

function withLimits(
  request: CanonicalRequest,
  limits: Limits | undefined,
  maxOutputTokens: number | undefined,
): CanonicalRequest {
  if (limits === request.limits && limits?.maxOutputTokens === maxOutputTokens) return request;
  const changed = change(limits ?? {}, { maxOutputTokens });
  if (changed === request.limits) return request;
  return change(request, { limits: filled(changed) });
}

function fitToolCalls(limits: Limits | undefined, context: Context): Limits | undefined {
  if (limits?.maxToolCalls === undefined || context.can.maxToolCalls) return limits;
  lose(context, { code: "limits.maxToolCalls", at: "limits.maxToolCalls", action: "drop" });
  return change(limits, { maxToolCalls: undefined });
}

/** The client set no limit, so the one that the target demands leaves room for the whole thought. */
function roomFor(budget: number | undefined, needed: number, context: Context): number {
  const wanted = budget !== undefined && budget >= needed ? budget + needed : needed;
  return Math.min(wanted, context.can.maxOutput.max ?? wanted);
}

function fitOutput(asked: number, context: Context): number | undefined {
  const { min, max, carried } = context.can.maxOutput;
  const at = "limits.maxOutputTokens";
  if (asked <= 0 && min !== 0)
    refuse("limits.noOutput", at, "the upstream cannot be asked for no output; ask for at least one token");
  if (carried === false) {
    lose(context, { code: "limits.maxOutputTokens", at, action: "drop" });
    return undefined;
  }
  const fitted = Math.min(Math.max(asked, min ?? asked), max ?? Infinity);
  if (fitted !== asked)
    lose(context, { code: "limits.maxOutputTokens", at, action: "clamp", note: `${asked} to ${fitted}` });
  return fitted;
}

/** A budget is part of the output, and must leave something of it. Where too little is left to think, thinking goes. */
function fitBudget(request: CanonicalRequest, max: number | undefined, context: Context): CanonicalRequest {
  const { reasoning } = request;
  const budget = reasoning?.budget;
  if (!reasoning || budget === undefined || max === undefined || budget < max) return request;
  const { min = 1 } = context.can.reasoning.budget ?? {};
  const fitted = max - 1;
  const note = `${budget} to ${fitted >= min ? fitted : "off"}`;
  const at = fitted >= min || !context.can.reasoning.off ? "reasoning.budget" : "reasoning";
  lose(context, { code: "reasoning.budget", at, action: "clamp", note });
  if (fitted >= min) return change(request, { reasoning: { ...reasoning, budget: fitted } });
  if (context.can.reasoning.off)
    return change(request, { reasoning: change(reasoning, { mode: "off", budget: undefined }) });
  return change(request, {
    limits: { ...request.limits, maxOutputTokens: min + 1 },
    reasoning: { ...reasoning, budget: min },
  });
}
