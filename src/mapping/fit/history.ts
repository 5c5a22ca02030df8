import type { CanonicalRequest, ToolCallPart, ToolResultPart, Turn } from "../canonical.ts";
import { hexOf } from "../hash.ts";
import { change, mapSame, refuse } from "./context.ts";
import type { Context, Pass } from "./context.ts";
import { joinTurns } from "./turns.ts";

/**
 * Every call is followed by one tool turn with its result and those of the calls beside it, in call order. Clients send
 * results late, in another order, in several turns, or before the text of the same message; targets refuse all of that.
 */
export const fitHistory: Pass = (request, context) => {
  const named = nameCalls(request);
  return isAligned(named.turns, context) ? named : { ...named, turns: align(named, context) };
};

/** Results know the name and kind that their call has upstream; runs when the calls are fitted. */
export const fitResultNames: Pass = (request) => {
  const { turns } = request;
  const told = mapSame(turns, (turn, i) =>
    turn.role === "tool" ? tellResults(turn, callsOf(turns[i - 1])) : turn,
  );
  return told === turns ? request : { ...request, turns: told };
};

const noCalls: ToolCallPart[] = [];

function callsOf(turn: Turn | undefined): readonly ToolCallPart[] {
  if (turn?.role !== "assistant") return noCalls;
  let calls: ToolCallPart[] | undefined;
  for (const part of turn.parts) if (part.type === "tool_call") (calls ??= []).push(part);
  return calls ?? noCalls;
}

/** Formats without ids match by name and order; from here on ids do. */
function nameCalls(request: CanonicalRequest): CanonicalRequest {
  if (!hasNameless(request.turns)) return request;
  const waiting = new Map<string, string[]>();
  const turns = request.turns.map((turn, i) => {
    const parts = mapSame(turn.parts, (part, j) => {
      if (!isNameless(part)) return part;
      const queue = waiting.get(part.name ?? "") ?? [];
      waiting.set(part.name ?? "", queue);
      if (part.type === "tool_result") return change(part, { callId: queue.shift() ?? "" });
      const id = `call_${hexOf(`${i} ${j} ${part.name}`, 24)}`;
      queue.push(id);
      return change(part, { id });
    });
    return parts === turn.parts ? turn : { ...turn, parts };
  });
  return { ...request, turns };
}

function hasNameless(turns: readonly Turn[]): boolean {
  for (const { parts } of turns) for (const part of parts) if (isNameless(part)) return true;
  return false;
}

function isNameless(part: Turn["parts"][number]): part is ToolCallPart | ToolResultPart {
  return (part.type === "tool_call" && !part.id) || (part.type === "tool_result" && !part.callId);
}

function isAligned(turns: readonly Turn[], context: Context): boolean {
  for (let i = 0; i < turns.length; i++) {
    const turn = turns[i] as Turn;
    if (turn.role === "tool") return false;
    const calls = callsOf(turn);
    if (calls.length === 0) {
      if (turn.role !== "assistant" && holdsResult(turn.parts)) return false;
      continue;
    }
    const next = turns[++i];
    if (next?.role !== "tool" || !answersAll(next.parts, calls, context)) return false;
  }
  return true;
}

function holdsResult(parts: Turn["parts"]): boolean {
  for (const part of parts) if (part.type === "tool_result") return true;
  return false;
}

/** Whether the parts are results only, one for each call, and in the order of the calls where that matters. */
function answersAll(parts: Turn["parts"], calls: readonly ToolCallPart[], context: Context): boolean {
  if (parts.length !== calls.length) return false;
  let isOrdered = true;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Turn["parts"][number];
    if (part.type !== "tool_result") return false;
    isOrdered &&= part.callId === calls[i]?.id;
  }
  if (isOrdered) return true;
  if (context.can.tools.resultOrder) return false;
  const answered = (parts as readonly ToolResultPart[]).map(({ callId }) => callId);
  return calls.every(({ id }) => answered.filter((callId) => callId === id).length === 1);
}

interface Answer {
  result: ToolResultPart;
  turn: number;
  part: number;
  used: boolean;
}

function align(request: CanonicalRequest, context: Context): Turn[] {
  const answers = answersById(request.turns);
  const turns: Turn[] = [];
  let results: ToolResultPart[] = [];
  for (const [i, turn] of request.turns.entries()) {
    const spoken = withoutResults(turn);
    // Clients keep one answer with several calls as several turns in a row: its results follow the last of them.
    if (results.length > 0 && spoken) turns[turns.length - 1] = joinTurns(turns.at(-1)!, spoken);
    else if (spoken) turns.push(spoken);
    results.push(...callsOf(turn).map((call) => take(call, i, answers)));
    if (results.length > 0 && request.turns[i + 1]?.role === "assistant") continue;
    if (results.length > 0) turns.push({ role: "tool", parts: results });
    else if (holdsHistory(request, context)) turns.push(...leftovers(turn, i, answers));
    results = [];
  }
  refuseOrphans(answers);
  return turns;
}

/** The turn without the results in it; nothing if it holds nothing else. */
function withoutResults(turn: Turn): Turn | undefined {
  const parts = turn.parts.filter((part) => part.type !== "tool_result");
  if (parts.length === turn.parts.length) return turn;
  return parts.length > 0 ? { ...turn, role: turn.role === "tool" ? "user" : turn.role, parts } : undefined;
}

function answersById(turns: readonly Turn[]): Map<string, Answer[]> {
  const answers = new Map<string, Answer[]>();
  for (const [turn, { parts }] of turns.entries()) {
    for (const [part, result] of parts.entries()) {
      if (result.type !== "tool_result") continue;
      const same = answers.get(result.callId);
      const answer = { result, turn, part, used: false };
      if (same) same.push(answer);
      else answers.set(result.callId, [answer]);
    }
  }
  return answers;
}

function take(call: ToolCallPart, turn: number, answers: ReadonlyMap<string, Answer[]>): ToolResultPart {
  const answer = answers.get(call.id ?? "")?.find((one) => !one.used && one.turn > turn);
  if (!answer) {
    return refuse(
      "results.missing",
      `turns[${turn}]`,
      `the call "${call.id}" of tool "${call.name}" has no result; every call needs one`,
    );
  }
  answer.used = true;
  return answer.result;
}

/** Results whose calls the target's server holds. */
function leftovers(turn: Turn, at: number, answers: ReadonlyMap<string, Answer[]>): Turn[] {
  const mine = [...answers.values()].flat().filter((one) => one.turn === at && !one.used);
  if (turn.role === "assistant" || mine.length === 0) return [];
  for (const answer of mine) answer.used = true;
  return [{ role: "tool", parts: mine.map((answer) => answer.result) }];
}

function holdsHistory({ state, cache }: CanonicalRequest, context: Context): boolean {
  const { can } = context;
  const chained = (state?.previousId ?? state?.conversation ?? state?.references) !== undefined;
  return (chained && can.state.previousId) || (cache?.ref !== undefined && can.cache.ref);
}

function refuseOrphans(answers: ReadonlyMap<string, Answer[]>): void {
  for (const [id, list] of answers) {
    const orphan = list.find((one) => !one.used);
    if (!orphan) continue;
    const why = list.some((one) => one.used)
      ? "answers a call that has a result already"
      : "answers no call before it";
    refuse("results.orphan", `turns[${orphan.turn}].parts[${orphan.part}]`, `the tool result "${id}" ${why}`);
  }
}

function tellResults(turn: Turn, calls: readonly ToolCallPart[]): Turn {
  const parts = mapSame(turn.parts, (part, i) => {
    if (part.type !== "tool_result") return part;
    const call = calls[i]?.id === part.callId ? calls[i] : calls.find((one) => one.id === part.callId);
    if (!call) return part;
    const kind = call.kind === "custom" ? "custom" : undefined;
    if (part.kind !== kind) return change(part, { name: call.name, kind });
    return part.name === call.name ? part : { ...part, name: call.name };
  });
  return parts === turn.parts ? turn : { ...turn, parts };
}
