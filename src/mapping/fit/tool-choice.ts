import type { CanonicalRequest, Tool, ToolChoice } from "../canonical.ts";
import { change, filled, lose } from "./context.ts";
import type { Context, Pass } from "./context.ts";

/** Which tools may be called, must be called, and how many at a time. Runs after the tools are fitted. */
export const fitToolChoice: Pass = (request, context) => {
  const asked = request.toolChoice;
  if (!asked) return request;
  if (!request.tools) {
    if (asked.mode === "required") lose(context, { code: "toolChoice", at: "toolChoice", action: "drop" });
    return change(request, { toolChoice: undefined });
  }
  const named = nameUpstream(asked, request.tools, context);
  const narrowed = narrow({ ...request, toolChoice: named }, named, context);
  const choice = filled(fitParallel(fitForced(narrowed.toolChoice ?? {}, context), context));
  if (choice === asked && narrowed.tools === request.tools) return request;
  return change(narrowed, { toolChoice: choice });
};

function nameUpstream(choice: ToolChoice, tools: readonly Tool[], context: Context): ToolChoice {
  if (!choice.names || choice.kind === "server") return choice;
  const names = choice.names.map((name) => upstreamName(name, tools, context));
  const kind = choice.kind === "custom" && !context.can.tools.custom ? "function" : choice.kind;
  const same = kind === choice.kind && names.every((name, i) => name === choice.names?.[i]);
  return same ? choice : { ...choice, names, ...(kind && { kind }) };
}

/** A choice names a tool without its namespace. */
function upstreamName(name: string, tools: readonly Tool[], context: Context): string {
  const isTool = (upstream: string): boolean => tools.some((tool) => tool.name === upstream);
  const renamed = context.names.restore().names;
  if (isTool(name) && !renamed.has(name)) return name;
  for (const [key, client] of renamed) {
    const upstream = key.slice(key.indexOf("\n") + 1);
    if (client.name === name && isTool(upstream)) return upstream;
  }
  return context.names.upstream(name);
}

/** Without a way to allow some tools only, the others are not sent: but for those that the history has called. */
function narrow(request: CanonicalRequest, choice: ToolChoice, context: Context): CanonicalRequest {
  const { names, mode } = choice;
  const isOne = mode === "required" && names?.length === 1;
  if (!names || isOne || mode === "none" || context.can.tools.allowed) return request;
  const called = new Set(names);
  for (const turn of request.turns) {
    for (const part of turn.parts) {
      if (part.type === "tool_call") called.add(context.names.upstream(part.name, part.namespace));
    }
  }
  const tools = request.tools?.filter((tool) =>
    called.has(tool.name ?? (tool as { tool?: string }).tool ?? ""),
  );
  if (!tools?.length) return request;
  lose(context, { code: "toolChoice.allowed", at: "toolChoice.names", action: "emulate" });
  for (const [i, tool] of request.tools?.entries() ?? [])
    if (!tools.includes(tool))
      lose(context, {
        code: "toolChoice.allowed",
        at: `tools[${context.toolPlaces[i] ?? i}]`,
        action: "emulate",
      });
  return { ...request, tools, toolChoice: change(choice, { names: undefined, kind: undefined }) };
}

function fitForced(choice: ToolChoice, context: Context): ToolChoice {
  if (choice.mode !== "required" || context.can.tools.forced !== false) return choice;
  lose(context, { code: "toolChoice.required", at: "toolChoice.mode", action: "approximate" });
  return change(choice, { mode: "auto", names: undefined, kind: undefined });
}

/** Calls in parallel are the default everywhere, so only their absence can be lost. */
function fitParallel(choice: ToolChoice, context: Context): ToolChoice {
  if (choice.parallel === undefined || context.can.tools.parallel) return choice;
  if (!choice.parallel)
    lose(context, { code: "toolChoice.parallel", at: "toolChoice.parallel", action: "drop" });
  return change(choice, { parallel: undefined });
}
