import type { Citation, Opaque, Part, RefusalPart, TextPart } from "../canonical.ts";
import { change, lose, takes } from "./context.ts";
import type { Context } from "./context.ts";
import { pathOf } from "./place.ts";
import type { PartRule, Place } from "./place.ts";

/** Text keeps what the target has a place for; empty text goes, unless something of the target's own stands on it. */
export const fitText: PartRule<TextPart> = (part, place, context) => {
  const opaque = ownTokens(part.opaque, place, context);
  if (saysNothing(part.text, context) && !opaque && !part.ext) return undefined;
  const annotations = part.annotations && ownAnnotations(part.annotations, place, context);
  const phase = fitPhase(part.phase, place, context);
  if (opaque === part.opaque && annotations === part.annotations && phase === part.phase) return part;
  return change(part, { opaque, annotations, phase });
};

/** Whether a text is none to the target: an empty one, or to some one of white space alone. */
export function saysNothing(text: string | undefined, { can }: Context): boolean {
  return text === undefined || (can.blankText === false ? text.trim() === "" : text === "");
}

/** Pieces of one text as one, for those to whom several texts are several: some put a line break between them. */
export function joinPieces(parts: Part[], { can }: Context): Part[] {
  if (can.pieces === true || !parts.some(goesOn)) return parts;
  const joined: Part[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (goesOn(part) && isPlain(part) && before?.type === "text" && isPlain(before))
      joined[joined.length - 1] = { ...before, text: (before.text ?? "") + (part.text ?? "") };
    else joined.push(part);
  }
  return joined;
}

function goesOn(part: Part): part is TextPart {
  return part.type === "text" && part.continues === true;
}

/** Nothing stands on it that belongs to this piece alone. */
function isPlain({ opaque, annotations, cache, ext }: TextPart): boolean {
  return (opaque ?? annotations ?? cache ?? ext) === undefined;
}

/** A refusal of an earlier answer, as text where the target knows no refusals. */
export const fitRefusal: PartRule<RefusalPart> = (part, place, context) => {
  const phase = fitPhase(part.phase, place, context);
  if (context.can.refusals) return phase === part.phase ? part : change(part, { phase });
  lose(context, { code: "history.refusal", at: pathOf(place), action: "approximate" });
  return part.text ? { type: "text", text: part.text, ...(phase !== undefined && { phase }) } : undefined;
};

/** The tokens that the target issued itself; nothing if there are none. */
export function ownTokens(
  opaque: Opaque[] | undefined,
  place: Place,
  context: Context,
): Opaque[] | undefined {
  if (!opaque) return undefined;
  const { issuer } = context.can;
  if (opaque.length > 0 && opaque.every((token) => token.issuer === issuer)) return opaque;
  const own = opaque.filter((token) => token.issuer === issuer);
  if (opaque.length > own.length)
    lose(context, { code: "history.opaque", at: pathOf(place, "opaque"), action: "drop" });
  return own.length > 0 ? own : undefined;
}

/** Citations belong to answers; on anything else no format takes them. Of other formats' some kinds only. */
function ownAnnotations(annotations: Citation[], place: Place, context: Context): Citation[] | undefined {
  if (annotations.length === 0) return undefined;
  const known = context.can.annotations;
  if (known === false || place.role !== "assistant") {
    lose(context, { code: "turns.annotations", at: pathOf(place, "annotations"), action: "drop" });
    return undefined;
  }
  if (known === true || takes(context, context.from)) return annotations;
  const own = annotations.flatMap((one, k) => {
    const isKnown = known.includes(one.kind);
    const isWhole = one.quote === undefined && one.opaque === undefined && one.source === undefined;
    if (!isKnown || !isWhole) {
      const action = isKnown ? "approximate" : "drop";
      lose(context, { code: "turns.annotations", at: pathOf(place, `annotations[${k}]`), action });
    }
    return isKnown ? [change(one, { opaque: undefined, ext: undefined })] : [];
  });
  return own.length > 0 ? own : undefined;
}

function fitPhase(phase: string | undefined, place: Place, context: Context): string | undefined {
  if (phase === undefined || context.can.phase) return phase;
  lose(context, { code: "turns.phase", at: pathOf(place, "phase"), action: "drop" });
  return undefined;
}
