import type { MediaPart, MediaSource, Part, TextPart } from "../canonical.ts";
import type { Capabilities } from "../capabilities.ts";
import type { LossCode } from "./codes.ts";
import { change, filled, lose, refuse, takes } from "./context.ts";
import type { Context } from "./context.ts";
import { pathOf } from "./place.ts";
import type { PartRule, Place } from "./place.ts";
import { fitText, ownTokens } from "./text.ts";

/** Why media cannot be carried. */
export interface Misfit {
  code: LossCode;
  reason: string;
}

type SourceKind = Capabilities["media"]["image"][number];

/** Media that the user sent: carried, said as text where they are text, or refused. */
export const fitMedia: PartRule<MediaPart> = (given, place, context) => {
  const part = withUsualType(given, context);
  if (place.role === "assistant") return fitAnswerMedia(part, place, context);
  const misfit = misfitOf(part, context);
  return misfit ? refuse(misfit.code, pathOf(place), misfit.reason) : carryMedia(part, place, context);
};

/** The media under the name of their type that the target knows. */
export function withUsualType(part: MediaPart, { can }: Context): MediaPart {
  const { aliases } = can.media;
  const name = part.mime?.toLowerCase();
  // A client may write what every object has: `constructor`.
  if (!aliases || name === undefined || !Object.hasOwn(aliases, name)) return part;
  return change(part, { mime: aliases[name] });
}

/** Why the target cannot carry these media; nothing if it can. */
export function misfitOf(part: MediaPart, context: Context): Misfit | undefined {
  const { media, owner } = context.can;
  const code: LossCode = `media.${part.kind}`;
  const kind = sourceKind(part.src);
  if (isInline(part, kind)) return undefined;
  const places = media[part.kind];
  if (places.length === 0) return { code, reason: `the upstream model takes no ${part.kind}` };
  if (part.mime !== undefined && !takesType(part.mime, media.mimes)) {
    return { code: "media.type", reason: `the upstream model takes no ${part.kind} of type ${part.mime}` };
  }
  if (kind === undefined) return { code, reason: `the ${part.kind} has no source` };
  if (!places.includes(kind))
    return {
      code,
      reason: `the upstream model takes no ${part.kind} by ${kind}; send ${places.join(" or ")}`,
    };
  const isOwn = part.src.owner === undefined ? takes(context, context.from) : part.src.owner === owner;
  if (kind === "fileId" && !isOwn)
    return { code, reason: "the file is held by another vendor; send its data" };
  return undefined;
}

/** The part, or parts, that carry the media; only for what is no misfit. */
export function carryMedia(part: MediaPart, place: Place, context: Context): Part | readonly Part[] {
  const { media } = context.can;
  const kind = sourceKind(part.src);
  const text = textOf(part);
  const takesText = media[part.kind].includes("text") && takesType("text/plain", media.mimes);
  const isText = text !== undefined && takesText && !takes(context, context.from);
  const hasType = part.mime === undefined || takesType(part.mime, media.mimes);
  const fits = kind !== undefined && media[part.kind].includes(kind) && hasType;
  // Formats that know text as such take bytes of paper documents only.
  if (fits && !(kind === "data" && isText)) return fitSettings(part, place, context);
  if (text !== undefined && takesText) {
    const mime = hasType && part.mime !== undefined ? part.mime : "text/plain";
    return fitSettings({ ...part, mime, src: { text } }, place, context);
  }
  lose(context, { code: "media.text", at: pathOf(place), action: "emulate" });
  if (text !== undefined) return documentText(part, text);
  return (part.src.parts ?? []).flatMap((inner) => carryInner(inner, place, context));
}

function carryInner(part: Part, place: Place, context: Context): Part | readonly Part[] {
  if (part.type === "media") return fitMedia(part, place, context) ?? [];
  return part.type === "text" ? (fitText(part, place, context) ?? []) : part;
}

/** Media of an earlier answer: never refused, since the user cannot take them back. */
function fitAnswerMedia(part: MediaPart, place: Place, context: Context): Part | readonly Part[] | undefined {
  const misfit = misfitOf(part, context);
  if (!misfit && context.can.media.assistant?.includes(part.kind)) return carryMedia(part, place, context);
  if (part.transcript !== undefined) {
    lose(context, {
      code: `media.${part.kind}`,
      at: pathOf(place),
      action: "approximate",
      note: "its transcript",
    });
    return part.transcript === "" ? undefined : { type: "text", text: part.transcript };
  }
  if (misfit || place.last) {
    lose(context, { code: misfit?.code ?? "media.assistant", at: pathOf(place), action: "drop" });
    return undefined;
  }
  lose(context, { code: "media.assistant", at: pathOf(place), action: "emulate" });
  place.after.push({ type: "text", text: `[${part.kind} from the assistant's message above]` });
  place.after.push(...[carryMedia(part, place, context)].flat());
  return undefined;
}

function sourceKind(src: MediaSource): SourceKind | undefined {
  if (src.data !== undefined) return "data";
  if (src.url !== undefined) return "url";
  if (src.fileId !== undefined) return "fileId";
  if (src.text !== undefined) return "text";
  return src.parts ? "parts" : undefined;
}

/** Documents that can stand in the message itself if need be. */
function isInline(part: MediaPart, kind: SourceKind | undefined): boolean {
  if (part.kind !== "document") return false;
  return kind === "text" || kind === "parts" || (kind === "data" && isTextType(part.mime));
}

function isTextType(mime: string | undefined): boolean {
  return mime !== undefined && /^text\/|^application\/(json|xml|yaml|javascript)\b/.test(mime);
}

function takesType(mime: string, mimes: readonly string[] | undefined): boolean {
  if (!mimes) return true;
  const type = mime.split(";")[0]?.trim().toLowerCase() ?? "";
  return mimes.some((one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1))));
}

function textOf(part: MediaPart): string | undefined {
  if (part.src.text !== undefined) return part.src.text;
  if (part.src.data === undefined || !isTextType(part.mime)) return undefined;
  return Buffer.from(part.src.data, "base64").toString("utf8");
}

function documentText(part: MediaPart, text: string): TextPart {
  const title = part.title ?? part.name;
  const name = part.name === title ? undefined : part.name;
  const attributes = [
    ...(title === undefined ? [] : [` title=${JSON.stringify(title)}`]),
    ...(name === undefined ? [] : [` name=${JSON.stringify(name)}`]),
    ...(part.context === undefined ? [] : [` context=${JSON.stringify(part.context)}`]),
  ];
  const written = `<document${attributes.join("")}>\n${text}\n</document>`;
  return { type: "text", text: written, ...(part.cache && { cache: part.cache }) };
}

/** A title where there are only file names becomes one, and the other way about. */
function fitTitles(part: MediaPart, changes: Partial<MediaPart>, place: Place, context: Context): void {
  const { title, name, kind } = part;
  const { documents } = context.can;
  const takesName = takes(context, context.from) || (documents.name === true && kind === "document");
  if (title !== undefined && !documents.title) {
    changes.title = undefined;
    const isNamed = name === undefined && takesName;
    if (isNamed) changes.name = title;
    lose(context, {
      code: "documents.title",
      at: pathOf(place, "title"),
      action: isNamed ? "approximate" : "drop",
    });
  }
  if (name === undefined || takesName) return;
  changes.name = undefined;
  if (title === undefined && documents.title && kind === "document") changes.title = name;
  else lose(context, { code: "documents.name", at: pathOf(place, "name"), action: "drop" });
}

function fitSettings(part: MediaPart, place: Place, context: Context): MediaPart {
  const { can } = context;
  const changes: Partial<MediaPart> = {};
  if (part.opaque) changes.opaque = ownTokens(part.opaque, place, context);
  if (part.detail !== undefined && !can.media.detail) {
    changes.detail = undefined;
    if (part.detail !== "auto")
      lose(context, { code: "media.detail", at: pathOf(place, "detail"), action: "drop" });
  }
  fitTitles(part, changes, place, context);
  for (const setting of ["context", "citations"] as const) {
    if (part[setting] === undefined || can.documents[setting]) continue;
    changes[setting] = undefined;
    if (part[setting] !== false)
      lose(context, { code: `documents.${setting}`, at: pathOf(place, setting), action: "drop" });
  }
  return filled(changes) ? change(part, changes) : part;
}
