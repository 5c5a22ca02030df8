import type { CanonicalRequest, Turn } from "../canonical.ts";
import { budgetOf, effortOf, efforts } from "../effort.ts";
import { change, filled, lose } from "./context.ts";
import type { Context, Pass } from "./context.ts";

type Reasoning = NonNullable<CanonicalRequest["reasoning"]>;

/** What a model that must be told an amount is told where the client gave none. */
const middling = "medium";

/**
 * How much the model thinks, said in the one way that the target knows: off by `mode` alone, else by effort or by
 * budget. Budgets meet the output limit in `fitLimits`.
 */
export const fitReasoning: Pass = (request, context) => {
  if (!request.reasoning) return request;
  const { by } = context.can.reasoning;
  if (by === "none")
    return change(request, { reasoning: dropReasoning(normalise(request.reasoning, context), context) });
  const asked = fitShow(normalise(request.reasoning, context), context);
  const allowed = asked.mode === "off" ? asked : silence(asked, request, context);
  const fitted =
    allowed.mode === "off"
      ? fitOff(allowed, context)
      : by === "budget"
        ? byBudget(allowed, request.limits?.maxOutputTokens, context)
        : byEffort(allowed, context);
  return change(request, { reasoning: sameOr(request.reasoning, fitted) });
};

function fitShow(asked: Reasoning, context: Context): Reasoning {
  if (asked.show === undefined || context.can.reasoning.show !== false) return asked;
  lose(context, { code: "reasoning.show", at: "reasoning.show", action: "drop" });
  const { show: _, ...others } = asked;
  return others;
}

/** `effort: none` and a budget of 0 are `off`; a negative budget is `auto`. No amount stands beside either. */
function normalise(asked: Reasoning, context: Context): Reasoning {
  const { effort, budget, ...others } = asked;
  const isOff = asked.mode === "off" || effort === "none" || budget === 0;
  const isAuto = (budget !== undefined && budget < 0) || effort === "auto";
  if (isOff || isAuto) {
    const isAmount = effort !== undefined && effort !== "none" && effort !== "auto";
    if (isAmount) lose(context, { code: "reasoning.effort", at: "reasoning.effort", action: "drop" });
    if (isOff && budget) lose(context, { code: "reasoning.budget", at: "reasoning.budget", action: "drop" });
    return { ...others, mode: isOff ? "off" : "auto" };
  }
  const says = asked.mode === undefined && (effort !== undefined || budget !== undefined);
  return says ? { ...asked, mode: "on" } : asked;
}

function dropReasoning(asked: Reasoning, context: Context): undefined {
  const says = asked.mode === "on" || asked.effort !== undefined || asked.budget !== undefined;
  if (says) lose(context, { code: "reasoning", at: "reasoning", action: "drop" });
  // Not to show thoughts is nothing to ask of a model that has none.
  else if (asked.show !== undefined && asked.show !== "none")
    lose(context, { code: "reasoning.show", at: "reasoning.show", action: "drop" });
}

/** Thinking goes where the request as a whole would be refused with it. */
function silence(asked: Reasoning, request: CanonicalRequest, context: Context): Reasoning {
  const { beforeTools, forcedTools, off } = context.can.reasoning;
  if (!off) return asked;
  const isForced = request.toolChoice?.mode === "required" && forcedTools === false;
  const hasLost = beforeTools === true && lacksThought(request.turns);
  if (!isForced && !hasLost) return asked;
  const code = isForced ? "reasoning.forcedTools" : "reasoning.beforeTools";
  lose(context, { code, at: "reasoning", action: "emulate" });
  return { ...drop(asked), mode: "off" };
}

/** In the middle of a tool loop, the turn that made the last calls does not begin with its thought. */
function lacksThought(turns: readonly Turn[]): boolean {
  if (turns.at(-1)?.role !== "tool") return false;
  const step = turns.findLast((turn) => turn.role === "assistant");
  const first = step?.parts.find((part) => part.type === "reasoning" || part.type === "tool_call");
  return first?.type === "tool_call";
}

/** Who wants no thoughts gets the least of them, and does not see those. */
function fitOff(asked: Reasoning, context: Context): Reasoning {
  const { off, by, budget, show } = context.can.reasoning;
  if (off) return asked;
  lose(context, { code: "reasoning.off", at: "reasoning.mode", action: "approximate" });
  const hidden: Reasoning = { ...asked, mode: "on", ...(show !== false && { show: "none" }) };
  if (by === "budget") return { ...hidden, budget: Math.max(budget?.min ?? 0, 1) };
  const [least] = ranked(context.can.reasoning.efforts);
  return { ...hidden, ...(least !== undefined && { effort: least }) };
}

/** How much of the client's output limit an amount may take that nobody has named: the rest is for the answer. */
const thoughtShare = 0.8;

function byBudget(asked: Reasoning, limit: number | undefined, context: Context): Reasoning {
  const { auto, budget: range } = context.can.reasoning;
  const { effort, budget, ...others } = asked;
  const isOpen = asked.mode === undefined || (asked.mode === "auto" && auto === true);
  if (budget === undefined && effort === undefined && isOpen) return others;
  const isMade = budget === undefined;
  const made =
    (effort === "max" ? range?.max : undefined) ?? budgetOf(effort ?? middling) ?? budgetOf(middling) ?? 0;
  const wanted = budget ?? (limit === undefined ? made : Math.min(made, Math.floor(limit * thoughtShare)));
  const fitted = Math.min(Math.max(wanted, range?.min ?? wanted), range?.max ?? Infinity);
  if (isMade)
    lose(context, {
      code: "reasoning.budget",
      at: effort === undefined ? "reasoning.mode" : "reasoning.effort",
      action: "approximate",
      note: `${effort ?? asked.mode} as ${fitted}`,
    });
  else if (fitted !== wanted)
    lose(context, {
      code: "reasoning.budget",
      at: "reasoning.budget",
      action: "clamp",
      note: `${wanted} to ${fitted}`,
    });
  if (!isMade && effort !== undefined)
    lose(context, { code: "reasoning.effort", at: "reasoning.effort", action: "drop" });
  return { ...others, mode: "on", budget: fitted };
}

function byEffort(asked: Reasoning, context: Context): Reasoning {
  const { budget, ...others } = asked;
  const wanted = asked.effort ?? (budget === undefined ? undefined : effortOf(budget));
  if (wanted === undefined) return others;
  const fitted = nearest(wanted, context.can.reasoning.efforts);
  const isMade = asked.effort === undefined;
  if (isMade)
    lose(context, {
      code: "reasoning.effort",
      at: "reasoning.budget",
      action: "approximate",
      note: `${budget} as ${fitted}`,
    });
  else if (fitted !== wanted)
    lose(context, {
      code: "reasoning.effort",
      at: "reasoning.effort",
      action: "clamp",
      note: `${wanted} as ${fitted ?? "the model's own"}`,
    });
  if (!isMade && budget !== undefined)
    lose(context, { code: "reasoning.budget", at: "reasoning.budget", action: "drop" });
  const { effort: _, ...rest } = others;
  return fitted === undefined ? rest : { ...rest, effort: fitted };
}

/** The effort itself, else the nearest lower, else the least that the target knows. */
function nearest(effort: string, list: readonly string[] | undefined): string | undefined {
  if (!list || list.includes(effort)) return effort;
  const rank = efforts.indexOf(effort);
  if (rank < 0) return undefined;
  const known = ranked(list);
  return known.findLast((one) => efforts.indexOf(one) <= rank) ?? known[0];
}

/** Efforts that think at all, least first. */
function ranked(list: readonly string[] | undefined): string[] {
  return efforts.filter((effort) => effort !== "none" && (list ?? ["low"]).includes(effort));
}

function drop({ effort: _effort, budget: _budget, ...others }: Reasoning): Reasoning {
  return others;
}

function sameOr(before: Reasoning, after: Reasoning): Reasoning | undefined {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Reasoning)[]);
  return [...names].every((name) => before[name] === after[name]) ? before : filled(after);
}
