import type { CompactionPart, Json, RawPart, ServerCallPart, ServerResultPart } from "../canonical.ts";
import { lose, refuse, takes } from "./context.ts";
import type { Context } from "./context.ts";
import { pathOf } from "./place.ts";
import type { PartRule } from "./place.ts";
import { ownTokens } from "./text.ts";

/**
 * A part that only its own format knows. What the user wrote is refused, since an answer without it would be an answer
 * to something else; what an earlier answer held is left out.
 */
export const fitRaw: PartRule<RawPart> = (part, place, context) => {
  if (takes(context, part.protocol)) return part;
  if (place.role === "assistant") {
    lose(context, {
      code: "history.raw",
      at: pathOf(place),
      action: "drop",
      note: `${part.protocol} ${kindOf(part.value)}`,
    });
    return undefined;
  }
  return refuse(
    "turns.raw",
    pathOf(place),
    `unsupported content part ${part.protocol} "${kindOf(part.value)}"`,
  );
};

/** What a raw value calls itself. */
export function kindOf(value: Json): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return typeof value;
  return typeof value["type"] === "string" ? value["type"] : (Object.keys(value)[0] ?? "object");
}

/** Calls of another vendor's server tools, and their results; the text and citations beside them remain. */
export const fitServerItem: PartRule<ServerCallPart | ServerResultPart> = (part, place, context) => {
  const carried = part.raw ? takes(context, part.raw.protocol) : context.can.tools.server.includes(part.tool);
  if (carried) return part;
  lose(context, { code: "history.server", at: pathOf(place), action: "drop", note: part.tool });
  return undefined;
};

function isOwn({ opaque }: CompactionPart, { can }: Context): boolean {
  return opaque?.some((token) => token.issuer === can.issuer) === true;
}

/** A compacted history stands for the turns before it, so it must not get lost. */
export const fitCompaction: PartRule<CompactionPart> = (part, place, context) => {
  if (takes(context, context.from) || (context.can.compaction && isOwn(part, context))) {
    const opaque = ownTokens(part.opaque, place, context);
    if (opaque === part.opaque) return part;
    if (opaque || part.text !== undefined)
      return { type: "compaction", text: part.text, ...(opaque && { opaque }) };
  }
  if (!part.text)
    refuse("history.compaction", pathOf(place), "only the issuer of this compacted history can read it");
  lose(context, { code: "history.compaction", at: pathOf(place), action: "approximate" });
  return { type: "text", text: part.text };
};
