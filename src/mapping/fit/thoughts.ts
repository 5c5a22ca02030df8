import type { Opaque, Part, ReasoningPart, ToolCallPart, Turn } from "../canonical.ts";
import { lose, mapSame, takes, change } from "./context.ts";
import type { Context, Pass } from "./context.ts";
import { pathOf } from "./place.ts";
import type { PartRule, Place } from "./place.ts";

/** A thought of an earlier turn stays if the target takes it back; foreign tokens on it never do. */
export const fitThought: PartRule<ReasoningPart> = (part, place, context) => {
  const { issuer, reasoning } = context.can;
  const own = part.opaque?.filter((token) => token.issuer === issuer && isUsable(token, context)) ?? [];
  const isHeld = part.itemId !== undefined && context.holdsItems;
  const isPlain = reasoning.history === "plain" && hasWords(part);
  const stays = reasoning.history !== "none" && (own.length > 0 || isPlain || isHeld);
  if (!stays) {
    lose(context, { code: "history.reasoning", at: pathOf(place), action: "drop" });
    return undefined;
  }
  if (own.length === (part.opaque?.length ?? 0)) return part;
  lose(context, { code: "history.opaque", at: pathOf(place, "opaque"), action: "drop" });
  return change(part, { opaque: own.length > 0 ? own : undefined });
};

/**
 * A thought that nothing of its answer follows, since the limit cut it or what followed could not be sent, goes: vendors that take
 * thoughts back refuse one alone, and so every request that comes after it.
 */
export function dropLastThoughts(parts: Part[], place: Place, context: Context): Part[] {
  const kept = parts.findLastIndex((part) => part.type !== "reasoning") + 1;
  if (kept === parts.length) return parts;
  lose(context, { code: "history.reasoning", at: `turns[${place.turn}].parts[${kept}]`, action: "drop" });
  return parts.slice(0, kept);
}

/** The name of a thought that a server holds says nothing to one that holds none. */
function isUsable({ kind }: Opaque, { holdsItems }: Context): boolean {
  return kind !== "reference" || holdsItems;
}

/**
 * A client whose format has no place for a token on a call or a text got it on a thought before that part. Coming back to its
 * issuer, it goes to the part that it was on: the first call, which is what issuers sign, wherever clients have put their
 * thoughts; where nothing is called, the next part that is no thought, or an empty text of its own at the end.
 */
export function attachTokens(parts: Part[], context: Context): Part[] {
  if (takes(context, context.from) || !parts.some((part) => signatureOn(part, context))) return parts;
  return signText(signCall(parts, context), context);
}

/** The first call with the last token before it, unless it has one. */
function signCall(parts: Part[], context: Context): Part[] {
  const first = parts.findIndex((part) => part.type === "tool_call");
  const call = parts[first];
  if (call?.type !== "tool_call" || hasToken(call, context)) return parts;
  const lender = parts.findLastIndex((part, i) => i < first && signatureOn(part, context) !== undefined);
  if (lender < 0) return parts;
  const thought = parts[lender] as ReasoningPart;
  const signed = parts.with(first, withTokens(call, thought.opaque!));
  return hasWords(thought)
    ? signed.with(lender, change(thought, { opaque: undefined }))
    : signed.toSpliced(lender, 1);
}

/** What else has a thought without words before it: such a thought is nothing but a token. */
function signText(parts: Part[], context: Context): Part[] {
  const attached: Part[] = [];
  let carried: Opaque[] | undefined;
  for (const part of parts) {
    const tokens = signatureOn(part, context);
    if (tokens && !hasWords(part as ReasoningPart)) carried = tokens;
    else if (!carried || part.type === "reasoning") attached.push(part);
    else {
      attached.push(withTokens(part, carried));
      carried = undefined;
    }
  }
  if (carried) attached.push({ type: "text", text: "", opaque: carried });
  return attached;
}

/** The tokens of a thought with a signature of the target's. */
function signatureOn(part: Part, context: Context): Opaque[] | undefined {
  if (part.type !== "reasoning" || part.redacted) return undefined;
  const { issuer } = context.can;
  return part.opaque?.some((one) => one.kind === "thoughtSignature" && one.issuer === issuer)
    ? part.opaque
    : undefined;
}

function hasWords(thought: ReasoningPart): boolean {
  return Boolean(thought.text) || thought.summary?.some((text) => text !== "") === true;
}

function hasToken(part: ToolCallPart, context: Context): boolean {
  return part.opaque?.some(({ issuer }) => issuer === context.can.issuer) === true;
}

function withTokens(part: Part, tokens: Opaque[]): Part {
  return { ...part, opaque: [...("opaque" in part ? (part.opaque ?? []) : []), ...tokens] } as Part;
}

/**
 * The first call of every step carries the issuer's token, or the placeholder that stands for a lost one. Issuers check
 * the current turn only, but what is sent of a turn must not change when the conversation goes on.
 */
export const fitPlaceholders: Pass = (request, context) => {
  const { placeholder } = context.can.reasoning;
  const { issuer } = context.can;
  if (!placeholder || issuer === undefined) return request;
  const token: Opaque = { issuer, ...placeholder };
  let at: string | undefined;
  const turns = mapSame(request.turns, (turn, i) => {
    const first = turn.role === "assistant" ? turn.parts.findIndex((part) => part.type === "tool_call") : -1;
    const call = turn.parts[first] as ToolCallPart | undefined;
    if (!call || call.opaque?.some((one) => one.issuer === issuer)) return turn;
    at ??= `turns[${i}].parts[${first}]`;
    return withPart(turn, first, { ...call, opaque: [token] });
  });
  // Said once: what each call has lost is told where it was lost.
  if (at !== undefined) lose(context, { code: "reasoning.placeholder", at, action: "emulate" });
  return turns === request.turns ? request : { ...request, turns };
};

function withPart(turn: Turn, at: number, part: Part): Turn {
  return { ...turn, parts: turn.parts.with(at, part) };
}
