import type { CanonicalRequest, JsonObject } from "../canonical.ts";
import { change, filled, lose, refuse } from "./context.ts";
import type { Context, Pass } from "./context.ts";

type Output = NonNullable<CanonicalRequest["output"]>;
type Format = NonNullable<Output["format"]>;

/** The form of the answer. */
export const fitOutputForm: Pass = (request, context) => {
  if (!request.output) return request;
  const formatted = fitFormat(request, request.output.format, context);
  const output = fitModalities(fitVerbosity(formatted.output ?? {}, context), context);
  return change(formatted, { output: filled(output) });
};

function fitFormat(
  request: CanonicalRequest,
  format: Format | undefined,
  context: Context,
): CanonicalRequest {
  const { json, schema } = context.can.output;
  switch (format?.type) {
    case "json":
      return json ? request : emulate(request, "output.json", undefined, context);
    case "json_schema":
      return schema
        ? fitFormatNames(fitStrict(request, format, context), context)
        : emulate(request, "output.schema", format, context);
    default:
      return request;
  }
}

function fitStrict(request: CanonicalRequest, format: Format, context: Context): CanonicalRequest {
  if (format.strict === undefined || context.can.output.strict) return request;
  if (format.strict) lose(context, { code: "output.strict", at: "output.format.strict", action: "drop" });
  return withFormat(request, change(format, { strict: undefined }));
}

/** A description can stand in the schema as well, unless the schema has one of its own. */
function fitFormatNames(request: CanonicalRequest, context: Context): CanonicalRequest {
  const format = request.output?.format;
  if (!format || context.can.output.named) return request;
  const { name, description, schema } = format;
  const changes: Partial<Format> = { name: undefined, description: undefined };
  if (name !== undefined) lose(context, { code: "output.name", at: "output.format.name", action: "drop" });
  if (description !== undefined && schema && schema["description"] === undefined)
    changes.schema = { description, ...schema };
  else if (description !== undefined && description !== schema?.["description"])
    lose(context, { code: "output.name", at: "output.format.description", action: "drop" });
  const changed = change(format, changes);
  return changed === format ? request : withFormat(request, changed);
}

/** Asks in the instructions for what no setting can ask for; JSON without a schema is better than nothing. */
function emulate(
  request: CanonicalRequest,
  code: "output.json" | "output.schema",
  format: Format | undefined,
  context: Context,
): CanonicalRequest {
  lose(context, { code, at: "output.format", action: "emulate" });
  const text = instruction(format?.schema, format?.description);
  const told: CanonicalRequest = { ...request, system: [...request.system, { type: "text", text }] };
  return withFormat(told, code === "output.schema" && context.can.output.json ? { type: "json" } : undefined);
}

function instruction(schema: JsonObject | undefined, description: string | undefined): string {
  const only = "Answer with one JSON value and nothing else: no other text, no code fence.";
  if (!schema) return only;
  const about = description ? `\n${description}` : "";
  return `${only} It must match this JSON Schema:${about}\n${JSON.stringify(schema)}`;
}

function withFormat(request: CanonicalRequest, format: Format | undefined): CanonicalRequest {
  return { ...request, output: change(request.output ?? {}, { format }) };
}

function fitVerbosity(output: Output, context: Context): Output {
  if (output.verbosity === undefined || context.can.output.verbosity) return output;
  lose(context, { code: "output.verbosity", at: "output.verbosity", action: "drop" });
  return change(output, { verbosity: undefined });
}

/** Every model writes text; other forms go with their settings, unless nothing else was asked for. */
function fitModalities(output: Output, context: Context): Output {
  const known = context.can.output.modalities;
  const changes: Partial<Output> = {};
  for (const form of ["audio", "image"] as const) {
    if (output[form] === undefined || known.includes(form)) continue;
    changes[form] = undefined;
    lose(context, { code: "output.modalities", at: `output.${form}`, action: "drop" });
  }
  const kept = output.modalities?.filter((form) => known.includes(form));
  if (output.modalities && kept?.length !== output.modalities.length) {
    const lost = output.modalities.filter((form) => form !== "text" && !known.includes(form));
    if (kept?.length === 0 && !output.modalities.includes("text")) {
      refuse(
        "output.modalities",
        "output.modalities",
        `the upstream model does not answer in ${lost.join(", ")}`,
      );
    }
    if (lost.length > 0)
      lose(context, {
        code: "output.modalities",
        at: "output.modalities",
        action: "drop",
        note: lost.join(", "),
      });
    changes.modalities = kept && kept.length > 0 ? kept : undefined;
  }
  return filled(changes) ? change(output, changes) : output;
}
