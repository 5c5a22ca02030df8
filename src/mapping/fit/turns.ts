import type { CanonicalRequest, Part, Turn } from "../canonical.ts";
import { change, lose, refuse, takes } from "./context.ts";
import type { Context, Pass } from "./context.ts";

/** The shape of the conversation as a whole. Runs when the parts are fitted. */
export const fitTurns: Pass = (request, context) => {
  const full = dropEmptyTurns(letUserSpeak(request, context));
  const turns = context.can.alternate ? alternate(full.turns, context) : full.turns;
  checkPrefill(turns, context);
  return turns === full.turns ? full : { ...full, turns };
};

/** Some vendors answer instructions alone. Where a user must begin, the last of them is what the user says. */
function letUserSpeak(request: CanonicalRequest, context: Context): CanonicalRequest {
  const said = request.system.at(-1);
  if (!said?.text || !context.can.alternate || request.turns.some(saysSomething)) return request;
  lose(context, { code: "turns.none", at: `system[${request.system.length - 1}]`, action: "emulate" });
  const { text, cache } = said;
  const parts: Part[] = [{ type: "text", text, ...(cache && { cache }) }];
  return change(request, { system: request.system.slice(0, -1), turns: [{ role: "user", parts }] });
}

/** An empty message is refused by most; a conversation of nothing but empty turns is left for the upstream to judge. */
function dropEmptyTurns(request: CanonicalRequest): CanonicalRequest {
  if (request.turns.every(saysSomething)) return request;
  const turns = request.turns.filter(saysSomething);
  return turns.length > 0 ? { ...request, turns } : request;
}

/** The target's own extensions, which are all that is left of them here, may be what a turn without parts is for. */
function saysSomething(turn: Turn): boolean {
  return turn.parts.length > 0 || turn.ext !== undefined;
}

/** Two neighbouring turns of one role as one. */
export function joinTurns(before: Turn, after: Turn): Turn {
  const joined: Turn = { ...before, parts: [...before.parts, ...after.parts] };
  if (after.ext) joined.ext = { ...before.ext, ...after.ext };
  return joined;
}

const opening: Part = { type: "text", text: "(The conversation begins with the assistant's message.)" };

function alternate(turns: Turn[], context: Context): Turn[] {
  const merged: Turn[] = [];
  let changed = false;
  if (turns[0]?.role === "assistant" && turns.length > 1) {
    lose(context, { code: "turns.first", at: "turns[0]", action: "emulate" });
    merged.push({ role: "user", parts: [opening] });
    changed = true;
  }
  for (const turn of turns) {
    const before = merged.at(-1);
    if (before?.role !== turn.role) merged.push(turn);
    else merged[merged.length - 1] = joinTurns(before, turn);
  }
  return changed || merged.length < turns.length ? merged : turns;
}

/** To the formats that know no prefill, a last assistant turn means nothing special: between them it passes. */
function checkPrefill(turns: readonly Turn[], context: Context): void {
  const last = turns.at(-1);
  if (last?.role !== "assistant" || context.counts || context.can.prefill || takes(context, context.from))
    return;
  refuse(
    "turns.prefill",
    `turns[${turns.length - 1}]`,
    "the conversation ends with an assistant turn, which the upstream model would not continue; end it with a user turn",
  );
}
