import type { CanonicalRequest, Part, Turn } from "../canonical.ts";
import { lose } from "./context.ts";
import type { Context, Pass } from "./context.ts";
import { loseFields } from "./extensions.ts";
import { saysNothing } from "./text.ts";
import { joinTurns } from "./turns.ts";

/** Instructions: leading ones go to `system`, later ones stay where they are, as what the target knows. */
export const fitSystem: Pass = (request, context) => {
  const filled = dropEmpty(request, context);
  if (context.can.midSystem === "native") return filled;
  const hoisted = hoist(filled, context);
  const turns = joinSystem(hoisted.turns, context);
  if (!turns.some((turn) => turn.role === "system")) return hoisted;
  const told = turns.map((turn, i) => {
    if (turn.role !== "system") return turn;
    if (context.can.midSystem === "after-user" && isPlaced(turns, i)) return turn;
    lose(context, { code: "turns.system", at: `turns[${i}]`, action: "emulate" });
    return remind(turn, `turns[${i}]`, context);
  });
  return { ...hoisted, turns: told };
};

function dropEmpty(request: CanonicalRequest, context: Context): CanonicalRequest {
  const system = request.system.filter((part) => !saysNothing(part.text, context));
  return system.length === request.system.length ? request : { ...request, system };
}

/** No user turn is passed, so nothing changes but the place. What a named participant says is an example: it stays. */
function hoist(request: CanonicalRequest, context: Context): CanonicalRequest {
  let leading = 0;
  while (isTextOnly(request.turns[leading])) leading++;
  if (leading === 0) return request;
  const parts = request.turns.slice(0, leading).flatMap((turn) => turn.parts);
  const texts = parts.flatMap((part) =>
    part.type === "text" && !saysNothing(part.text, context) ? [part] : [],
  );
  const system = texts.map(({ text = "", cache }) => ({
    type: "text" as const,
    text,
    ...(cache && { cache }),
  }));
  return { ...request, system: [...request.system, ...system], turns: request.turns.slice(leading) };
}

function isTextOnly(turn: Turn | undefined): boolean {
  return (
    turn?.role === "system" &&
    turn.name === undefined &&
    turn.ext === undefined &&
    turn.parts.every((part) => part.type === "text")
  );
}

/** Where instructions may not follow one another, neighbours are one. */
function joinSystem(turns: Turn[], context: Context): Turn[] {
  if (context.can.midSystem !== "after-user") return turns;
  const joined: Turn[] = [];
  for (const turn of turns) {
    const before = joined.at(-1);
    if (turn.role !== "system" || before?.role !== "system") joined.push(turn);
    else joined[joined.length - 1] = joinTurns(before, turn);
  }
  return joined.length === turns.length ? turns : joined;
}

function isPlaced(turns: readonly Turn[], at: number): boolean {
  const before = turns[at - 1]?.role;
  const after = turns[at + 1]?.role;
  return (before === "user" || before === "tool") && (after === undefined || after === "assistant");
}

/**
 * In place, so that what was sent before stays the same; models are used to the tag from agents' prompts. What only an
 * instruction of this format can have goes.
 */
function remind({ ext, ...turn }: Turn, at: string, context: Context): Turn {
  for (const [protocol, fields] of Object.entries(ext ?? {}))
    loseFields(fields, `${at}.ext.${protocol}`, context);
  const parts = turn.parts.map((part): Part => {
    if (part.type !== "text") return part;
    return { ...part, text: `<system-reminder>\n${part.text ?? ""}\n</system-reminder>` };
  });
  return { ...turn, role: "user", parts };
}
