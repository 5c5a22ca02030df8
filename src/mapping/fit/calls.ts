import type { ToolCallPart } from "../canonical.ts";
import { judgeJson } from "../host/values.ts";
import { change, filled, lose } from "./context.ts";
import type { Context } from "./context.ts";
import { pathOf } from "./place.ts";
import type { PartRule, Place } from "./place.ts";
import { ownTokens } from "./text.ts";

/** A call with the name, id and kind that it has upstream. */
export const fitCall: PartRule<ToolCallPart> = (part, place, context) => {
  const { tools } = context.can;
  const name = context.names.upstream(part.name, part.namespace);
  const changes: Partial<ToolCallPart> = {};
  if (name !== part.name) changes.name = name;
  if (part.namespace !== undefined && !tools.namespace) changes.namespace = undefined;
  const id = part.id === undefined ? undefined : context.names.id(part.id);
  if (id !== part.id) changes.id = id;
  if (part.opaque) changes.opaque = ownTokens(part.opaque, place, context);
  if (part.caller && !tools.callers) {
    changes.caller = undefined;
    lose(context, { code: "tools.callers", at: pathOf(place, "caller"), action: "drop" });
  }
  if (part.kind === "custom") {
    if (!tools.custom) Object.assign(changes, wrapCall({ ...part, name }, context));
  } else {
    const argsText = fitArguments(part.argsText, place, context);
    if (argsText !== part.argsText) changes.argsText = argsText;
  }
  return filled(changes) ? change(part, changes) : part;
};

function wrapCall({ input, name, namespace }: ToolCallPart, context: Context): Partial<ToolCallPart> {
  context.names.wrap(name, namespace);
  return { kind: "function", input: undefined, argsText: JSON.stringify({ input: input ?? "" }) };
}

/** No arguments are `{}`. Broken text cannot stand where an object must, and `{}` in its place would be a lie. */
function fitArguments(text: string | undefined, place: Place, context: Context): string {
  if (text === undefined || text.trim() === "") return "{}";
  if (!context.can.tools.objectArgs || isObjectText(text)) return text;
  lose(context, { code: "history.args", at: pathOf(place, "argsText"), action: "approximate" });
  return JSON.stringify({ _raw: text });
}

function isObjectText(text: string): boolean {
  const value = judgeJson(text);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
