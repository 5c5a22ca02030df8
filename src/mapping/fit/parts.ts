import type { JsonObject, Part, Turn } from "../canonical.ts";
import { fitCall } from "./calls.ts";
import { change, lose } from "./context.ts";
import type { Context, Pass } from "./context.ts";
import { fitPartExtensions, ownExtensions } from "./extensions.ts";
import { fitMedia } from "./media.ts";
import type { PartRule, Place } from "./place.ts";
import { fitResult } from "./results.ts";
import { fitCompaction, fitRaw, fitServerItem } from "./foreign.ts";
import { fitRefusal, fitText, joinPieces } from "./text.ts";
import { attachTokens, dropLastThoughts, fitThought } from "./thoughts.ts";

const rules: { [Type in Part["type"]]: PartRule<Extract<Part, { type: Type }>> } = {
  text: fitText,
  refusal: fitRefusal,
  media: fitMedia,
  reasoning: fitThought,
  tool_call: fitCall,
  tool_result: fitResult,
  server_call: fitServerItem,
  server_result: fitServerItem,
  compaction: fitCompaction,
  raw: fitRaw,
};

/** Every part of every turn by the rule of its type, and the members of the turns themselves. */
export const fitParts: Pass = (request, context) => {
  const { turns } = request;
  let copy: Turn[] | undefined;
  const place: Place = { turn: 0, part: 0, role: "user", last: false, after: [] };
  for (; place.turn < turns.length; place.turn++) {
    const turn = turns[place.turn] as Turn;
    place.role = turn.role;
    place.last = place.turn === turns.length - 1;
    const fitted = fitTurn(turn, place, context);
    if (fitted !== turn || place.after.length > 0) copy ??= turns.slice(0, place.turn);
    copy?.push(fitted);
    // Nothing may come between calls and their results.
    if (place.after.length === 0 || turns[place.turn + 1]?.role === "tool") continue;
    copy?.push({ role: "user", parts: place.after });
    place.after = [];
  }
  return copy ? { ...request, turns: copy } : request;
};

function fitTurn(turn: Turn, place: Place, context: Context): Turn {
  const isAnswer = turn.role === "assistant";
  const told = isAnswer ? attachTokens(turn.parts, context) : turn.parts;
  const fitted = fitTurnParts(told, place, context);
  const parts = isAnswer ? dropLastThoughts(joinPieces(fitted, context), place, context) : fitted;
  const namable = turn.name === undefined || context.can.names;
  if (!namable) lose(context, { code: "turns.name", at: `turns[${place.turn}].name`, action: "drop" });
  const ext = turn.ext && ownExtensions(turn.ext, `turns[${place.turn}].ext`, context);
  if (parts === turn.parts && namable && ext === turn.ext) return turn;
  return change(turn, { parts, name: namable ? turn.name : undefined, ext: ext as JsonObject | undefined });
}

function fitTurnParts(parts: Part[], place: Place, context: Context): Part[] {
  let copy: Part[] | undefined;
  for (place.part = 0; place.part < parts.length; place.part++) {
    const part = parts[place.part] as Part;
    const rule = rules[part.type] as PartRule<Part> | undefined;
    const own = fitPartExtensions(part, place, context);
    const fitted = rule ? rule(own, place, context) : own;
    if (fitted !== part) copy ??= parts.slice(0, place.part);
    if (!copy || fitted === undefined) continue;
    if (Array.isArray(fitted)) copy.push(...(fitted as readonly Part[]));
    else copy.push(fitted as Part);
  }
  return copy ?? parts;
}
