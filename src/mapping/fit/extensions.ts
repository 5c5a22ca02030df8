import type { Extension, JsonObject, Part } from "../canonical.ts";
import { change, filled, lose, takes } from "./context.ts";
import type { Context, Pass } from "./context.ts";
import { pathOf } from "./place.ts";
import type { Place } from "./place.ts";

/**
 * The members of an `ext` that the target knows; nothing if none is left. An `ext` is keyed by protocol, and each field
 * of another protocol is a loss of its own.
 */
export function ownExtensions(ext: JsonObject, at: string, context: Context): JsonObject | undefined {
  const protocols = Object.keys(ext);
  if (protocols.every((protocol) => takes(context, protocol))) return filled(ext);
  const own: JsonObject = {};
  for (const [protocol, fields] of Object.entries(ext)) {
    if (takes(context, protocol)) own[protocol] = fields;
    else loseFields(fields, `${at}.${protocol}`, context);
  }
  return filled(own);
}

/** The part with what the target knows of its `ext`. */
export function fitPartExtensions(part: Part, place: Place, context: Context): Part {
  const { ext } = part as { ext?: Extension };
  if (!ext) return part;
  const own = ownExtensions(ext, pathOf(place, "ext"), context);
  return change<{ ext?: JsonObject }>(part as { ext?: JsonObject }, { ext: own }) as Part;
}

/** Each field of one protocol's extension is a loss of its own. `at`: where the extension stands. */
export function loseFields(fields: unknown, at: string, context: Context): void {
  if (typeof fields !== "object" || fields === null) return;
  for (const field of Object.keys(fields))
    lose(context, { code: `ext.${field}`, at: `${at}.${field}`, action: "drop" });
}

/** What only another protocol has, at the top of the request. */
export const fitExtensions: Pass = (request, context) => {
  if (!request.ext) return request;
  const ext = ownExtensions(request.ext, "ext", context);
  if (ext === request.ext) return request;
  const { ext: _, ...others } = request;
  return ext ? { ...others, ext: ext as typeof request.ext } : others;
};
