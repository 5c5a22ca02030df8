import type { MediaPart, Part, RawPart, ToolResultPart } from "../canonical.ts";
import { change, filled, lose, takes } from "./context.ts";
import type { Context } from "./context.ts";
import { fitPartExtensions } from "./extensions.ts";
import { kindOf } from "./foreign.ts";
import { carryMedia, misfitOf, withUsualType } from "./media.ts";
import { pathOf } from "./place.ts";
import type { PartRule, Place } from "./place.ts";
import { fitText } from "./text.ts";

/** A result with the id and name of its call upstream, and content that may stand in it. */
export const fitResult: PartRule<ToolResultPart> = (part, place, context) => {
  const { tools } = context.can;
  const changes: Partial<ToolResultPart> = {};
  const callId = context.names.id(part.callId);
  if (callId !== part.callId) changes.callId = callId;
  if (part.kind === "custom" && !tools.custom) changes.kind = undefined;
  const content = part.content && fitContent(part.content, place, context);
  if (content !== part.content) changes.content = content;
  if (part.json !== undefined && tools.resultJson !== true) {
    changes.json = undefined;
    changes.content = [{ type: "text", text: JSON.stringify(part.json) }, ...(content ?? [])];
  }
  if (part.isError !== undefined && !tools.resultError) {
    changes.isError = undefined;
    if (part.isError) lose(context, { code: "results.error", at: pathOf(place, "isError"), action: "drop" });
  }
  return filled(changes) ? change(part, changes) : part;
};

function fitContent(content: Part[], place: Place, context: Context): Part[] {
  let copy: Part[] | undefined;
  const inner: Place = { ...place, content: 0 };
  for (let i = 0; i < content.length; i++) {
    const part = content[i]!;
    inner.content = i;
    const fitted = fitContentPart(part, inner, context);
    if (fitted !== part) copy ??= content.slice(0, i);
    if (copy && fitted) copy.push(...[fitted].flat());
  }
  return copy ?? content;
}

function fitContentPart(given: Part, place: Place, context: Context): Part | readonly Part[] | undefined {
  const part = fitPartExtensions(given, place, context);
  switch (part.type) {
    case "text":
      return fitText(part, place, context);
    case "media":
      return fitResultMedia(part, place, context);
    case "raw":
      return fitResultRaw(part, place, context);
    default:
      return part;
  }
}

/**
 * Media that cannot stand in a result: a word in their place, themselves in a user turn after all results. Media that
 * cannot be sent at all leave the word alone: refusing what a tool found would end an agent's session for good.
 */
function fitResultMedia(given: MediaPart, place: Place, context: Context): Part | readonly Part[] {
  const part = withUsualType(given, context);
  const misfit = misfitOf(part, context);
  if (misfit) {
    lose(context, { code: "results.media", at: pathOf(place), action: "drop", note: misfit.reason });
    return { type: "text", text: `[${part.kind}: left out, ${misfit.reason}]` };
  }
  const carried = [carryMedia(part, place, context)].flat();
  if (carried.every((one) => one.type === "text" || standsInResult(one, context))) {
    return carried.length === 1 ? (carried[0] as Part) : carried;
  }
  lose(context, { code: "results.media", at: pathOf(place), action: "emulate" });
  place.after.push({ type: "text", text: `[${part.kind} from the tool result above]` }, ...carried);
  return { type: "text", text: `[${part.kind}: in the next user message]` };
}

function standsInResult(part: Part, context: Context): boolean {
  return part.type === "media" && context.can.tools.resultMedia.includes(part.kind);
}

/** What a tool found goes to the model in any case: as JSON text where only its own format has a part for it. */
function fitResultRaw(part: RawPart, place: Place, context: Context): Part {
  if (takes(context, part.protocol)) return part;
  lose(context, { code: "results.raw", at: pathOf(place), action: "emulate", note: kindOf(part.value) });
  return { type: "text", text: JSON.stringify(part.value) };
}
