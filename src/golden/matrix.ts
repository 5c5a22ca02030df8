import { readCases } from "../bridge/cases.ts";
import type { CanonicalRequest, Loss } from "../mapping/canonical.ts";
import { lossCodes } from "../mapping/fit/codes.ts";
import { fit } from "../mapping/fit/fit.ts";
import { collectLosses } from "../mapping/losses.ts";
import { Rejection } from "../mapping/rejection.ts";
import type { HttpFacts, Mapping, Target } from "../mapping/types.ts";
import { featuresOf } from "./features.ts";
import { at, parsePath, withAt } from "./leaves.ts";

/** What becomes of something between two formats; several, where it hangs on the model or on what exactly is asked. */
export type Fate = "carry" | "clamp" | "approximate" | "emulate" | "drop" | "refuse";

/** From the best to the worst. */
const fates: readonly Fate[] = ["carry", "clamp", "approximate", "emulate", "drop", "refuse"];

/** One line of the table of a pair: something that requests of the one format ask for, or a loss that is recorded. */
export interface PairRow {
  code: string;
  /** What is lost, in words; absent for codes that mappings add. */
  meaning?: string;
  fates: readonly Fate[];
  /** Golden cases that show it, a few. */
  cases: readonly string[];
}

/** A request that a golden case of a format holds, decoded. */
export interface Probe {
  name: string;
  request: CanonicalRequest;
}

/** The requests of a format's golden cases. */
export function probesOf(from: Mapping): Probe[] {
  const { decode } = from.request;
  if (!decode) return [];
  return readCases(from.name, from.folder)
    .filter((one) => one.has("request.json") && one.notes.direction !== "encode")
    .map((one) => {
      const http = one.has("http.json") ? (one.json("http.json") as HttpFacts) : undefined;
      return {
        name: one.name,
        request: decode(one.json("request.json"), { http: { headers: {}, ...http } }),
      };
    });
}

/** Names of models that differ in what they can carry: one for each pattern that the capabilities tell apart. */
export function modelsOf(to: Mapping): string[] {
  const patterns = to.capabilityEntries.flatMap(({ models }) => models?.[0] ?? []);
  const names = patterns.map((pattern) =>
    pattern.replaceAll("*", "").replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/gi, ""),
  );
  return [...new Set(["any", ...names])];
}

interface Line {
  fates: Set<Fate>;
  cases: Set<string>;
}

/**
 * What a target carries of another format's requests, found by sending it all that the golden cases ask for: the table
 * cannot say anything else than the mappings do.
 */
export function pairRows(probes: readonly Probe[], to: Mapping, models: readonly string[]): PairRow[] {
  const lines = new Map<string, Line>();
  for (const { name, request } of probes) {
    for (const model of models) note(lines, name, outcomeOf({ ...request, model }, to));
  }
  const order = Object.keys(lossCodes);
  const rank = (code: string): number => (order.includes(code) ? order.indexOf(code) : order.length);
  return [...lines]
    .map(([code, line]) => row(code, line))
    .sort((a, b) => rank(a.code) - rank(b.code) || (a.code < b.code ? -1 : 1));
}

/** What is asked for and not said to be lost is carried; of a request that is refused as a whole nothing else is known. */
function note(lines: Map<string, Line>, name: string, { refused, losses, sent }: Outcome): void {
  const add = (code: string, fate: Fate): void => {
    const line = lines.get(code) ?? { fates: new Set(), cases: new Set() };
    lines.set(code, line);
    line.fates.add(fate);
    line.cases.add(name);
  };
  for (const code of refused) add(code, "refuse");
  for (const { code, action } of losses) add(code, action);
  if (!sent) return;
  const lost = new Set(losses.map(({ code }) => code));
  for (const code of featuresOf(sent)) if (!lost.has(code) && !isWithin(code, lost)) add(code, "carry");
}

/** `reasoning.effort` went with `reasoning`, and the token with the thought that it was on. */
function isWithin(code: string, lost: ReadonlySet<string>): boolean {
  if (code === "history.opaque") return lost.has("history.reasoning");
  return code.includes(".") && lost.has(code.slice(0, code.indexOf(".")));
}

function row(code: string, line: Line): PairRow {
  const meaning = (lossCodes as Readonly<Record<string, readonly [string, string]>>)[code]?.[1];
  return {
    code,
    ...(meaning !== undefined && { meaning }),
    fates: fates.filter((fate) => line.fates.has(fate)),
    cases: [...line.cases].slice(0, 3),
  };
}

interface Outcome {
  /** The codes of what was refused. */
  refused: readonly string[];
  losses: readonly Loss[];
  /** What was left to send. */
  sent?: CanonicalRequest;
}

/** What is refused is taken out and the rest is sent: one refused image must not hide what becomes of the text. */
function outcomeOf(request: CanonicalRequest, to: Mapping): Outcome {
  const refused: string[] = [];
  let rest = request;
  while (refused.length < 30) {
    try {
      return { refused, losses: send(rest, to), sent: rest };
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const { details, code, type } = error.error;
      refused.push(String(details?.["unsupported"] ?? code ?? type));
      const place = parsePath(String(details?.["at"] ?? ""));
      if (place.length === 0 || at(rest, place) === undefined) break;
      rest = withAt(rest, place, undefined);
    }
  }
  return { refused, losses: [] };
}

function send(request: CanonicalRequest, to: Mapping): Loss[] {
  const capabilities = to.capabilities(request.model, {});
  const target: Target = {
    provider: to.name,
    model: request.model,
    stream: request.stream,
    kind: "request",
    capabilities,
    headers: {},
  };
  const fitted = fit(request, capabilities, { from: request.from.protocol, to: to.protocol });
  const losses = [...fitted.losses];
  collectLosses(() => to.request.encode?.(fitted.request, { target }), losses);
  return losses;
}
