import type { CanonicalRequest } from "../canonical.ts";
import type { Range } from "../capabilities.ts";
import { change, filled, lose, refuse } from "./context.ts";
import type { Context, Pass } from "./context.ts";

type Sampling = NonNullable<CanonicalRequest["sampling"]>;

const ranged = ["temperature", "topP"] as const;
const plain = ["topK", "presencePenalty", "frequencyPenalty", "seed", "logitBias"] as const;

/** How answers are drawn. Runs when it is settled whether the model reasons. */
export const fitSampling: Pass = (request, context) => {
  const fitted = fitCandidates(fitLogprobs(request, context), context);
  if (!fitted.sampling) return fitted;
  const changes: Partial<Sampling> = {};
  dropWhileReasoning(fitted, changes, context);
  for (const name of ranged) fitRanged(name, fitted.sampling, changes, context);
  for (const name of plain) {
    if (name in changes || fitted.sampling[name] === undefined || context.can.sampling[name]) continue;
    changes[name] = undefined;
    lose(context, { code: `sampling.${name}`, at: `sampling.${name}`, action: "drop" });
  }
  fitOneOf(fitted.sampling, changes, context);
  fitStop(fitted.sampling, changes, context);
  return filled(changes) ? change(fitted, { sampling: filled(change(fitted.sampling, changes)) }) : fitted;
};

/** Models that think at will draw thoughts their own way. */
function dropWhileReasoning(
  { sampling = {}, reasoning }: CanonicalRequest,
  changes: Partial<Sampling>,
  context: Context,
): void {
  const reasons = reasoning?.mode === "on" || reasoning?.mode === "auto";
  if (context.can.sampling.withReasoning !== false || !reasons) return;
  for (const name of ["temperature", "topP", "topK"] as const) {
    if (sampling[name] === undefined || !context.can.sampling[name]) continue;
    changes[name] = undefined;
    lose(context, {
      code: `sampling.${name}`,
      at: `sampling.${name}`,
      action: "drop",
      note: "not while the model reasons",
    });
  }
}

function fitRanged(
  name: (typeof ranged)[number],
  sampling: Sampling,
  changes: Partial<Sampling>,
  context: Context,
): void {
  const value = sampling[name];
  if (value === undefined || name in changes) return;
  const fitted = clamp(value, context.can.sampling[name]);
  if (fitted === value) return;
  changes[name] = fitted;
  const action = fitted === undefined ? "drop" : "clamp";
  lose(context, {
    code: `sampling.${name}`,
    at: `sampling.${name}`,
    action,
    ...(fitted !== undefined && { note: `${value} to ${fitted}` }),
  });
}

function clamp(value: number, range: Range | undefined): number | undefined {
  if (range === true) return value;
  if (!range) return undefined;
  return Math.min(Math.max(value, range.min ?? value), range.max ?? Infinity);
}

function fitOneOf(sampling: Sampling, changes: Partial<Sampling>, context: Context): void {
  const { temperature, topP } = { ...sampling, ...changes };
  if (!context.can.sampling.temperatureOrTopP || temperature === undefined || topP === undefined) return;
  changes.topP = undefined;
  lose(context, {
    code: "sampling.topP",
    at: "sampling.topP",
    action: "drop",
    note: "not beside temperature",
  });
}

function fitStop({ stop }: Sampling, changes: Partial<Sampling>, context: Context): void {
  if (!stop) return;
  const taken = takeFew(takeVisible(stop, context), context);
  if (taken !== stop) changes.stop = taken.length > 0 ? taken : undefined;
}

/** What no reader sees is no stop sequence to some. */
function takeVisible(stop: string[], context: Context): string[] {
  if (context.can.sampling.stopBlank !== false || stop.every(isVisible)) return stop;
  lose(context, { code: "sampling.stop", at: "sampling.stop", action: "drop", note: "white space alone" });
  return stop.filter(isVisible);
}

function isVisible(text: string): boolean {
  return text.trim() !== "";
}

function takeFew(stop: string[], context: Context): string[] {
  const few = context.can.sampling.stop;
  if (few === true) return stop;
  const max = few ? few.max : 0;
  if (stop.length <= max) return stop;
  const action = max > 0 ? "clamp" : "drop";
  lose(context, { code: "sampling.stop", at: max > 0 ? `sampling.stop[${max}]` : "sampling.stop", action });
  return stop.slice(0, max);
}

function fitCandidates(request: CanonicalRequest, context: Context): CanonicalRequest {
  if (request.candidates === undefined || context.can.candidates) return request;
  if (request.candidates > 1)
    refuse("candidates", "candidates", "the upstream gives one answer per request; ask several times");
  return change(request, { candidates: undefined });
}

function fitLogprobs(request: CanonicalRequest, context: Context): CanonicalRequest {
  if (!request.logprobs || context.can.logprobs) return request;
  lose(context, { code: "logprobs", at: "logprobs", action: "drop" });
  return change(request, { logprobs: undefined });
}
