import type {
  CanonicalRequest,
  CustomTool,
  FunctionTool,
  JsonObject,
  ServerTool,
  Tool,
} from "../canonical.ts";
import { change, filled, lose, mapSame, refuse, takes } from "./context.ts";
import type { Context, Pass } from "./context.ts";
import { ownExtensions } from "./extensions.ts";
import { kindOf } from "./foreign.ts";

/** Tools in the kinds, with the names and the settings that the target has. */
export const fitTools: Pass = (request, context) => {
  const declared = request.tools?.length ? request.tools : undefined;
  if (!declared) return declareFromHistory(change(request, { tools: undefined }), context);
  for (const tool of declared) if (tool.kind !== "server") context.names.declare(tool.name, tool.namespace);
  const places = keptPlaces(declared, request.toolChoice, context);
  context.toolPlaces = places;
  const kept = places.length === declared.length ? declared : places.map((place) => declared[place]!);
  context.findsTools = findsTools(kept, context);
  const tools = mapSame(kept, (tool, i) => fitTool(tool, places[i]!, context));
  if (tools.length === 0) return declareFromHistory(change(request, { tools: undefined }), context);
  return tools === declared ? request : { ...request, tools };
};

/** Where the tools stand that are kept. */
function keptPlaces(
  declared: readonly Tool[],
  choice: CanonicalRequest["toolChoice"],
  context: Context,
): number[] {
  const places: number[] = [];
  let chosen: Set<string> | undefined;
  const isMixed = declared.some(({ kind }) => kind !== "server");
  for (let i = 0; i < declared.length; i++) {
    const tool = declared[i]!;
    if (tool.kind === "server") {
      chosen ??= new Set(choice?.mode === "required" ? choice.names : []);
      if (!keepsServerTool(tool, `tools[${i}]`, { chosen, isMixed }, context)) continue;
    }
    places.push(i);
  }
  return places;
}

/** Whether the model finds tools that are not loaded. Who speaks the target's own format may have ways of its own. */
function findsTools(kept: readonly Tool[], context: Context): boolean {
  const isSearch = (tool: Tool): boolean => tool.kind === "server" && tool.tool === "tool_search";
  return context.can.tools.defer && (takes(context, context.from) || kept.some(isSearch));
}

function fitTool(tool: Tool, place: number, context: Context): Tool {
  if (tool.kind === "server") return fitServerTool(tool, `tools[${place}]`, context);
  if (!context.can.tools.function)
    refuse("tools.function", `tools[${place}]`, "the upstream model takes no tools");
  const named = fitName(tool, place, context);
  if (named.kind === "function") return fitFunction(named, place, context);
  if (context.can.tools.custom) return fitDefer(named, place, context);
  return wrapCustom(named, `tools[${place}]`, context);
}

function fitName<T extends FunctionTool | CustomTool>(tool: T, place: number, context: Context): T {
  const name = context.names.upstream(tool.name, tool.namespace);
  const namespace = context.can.tools.namespace ? tool.namespace : undefined;
  if (tool.namespace === namespace && name === tool.name) return tool;
  const at = `tools[${place}]`;
  if (tool.namespace !== namespace) {
    lose(context, { code: "tools.namespace", at: `${at}.namespace`, action: "emulate", note: name });
  } else {
    lose(context, { code: "tools.name", at: `${at}.name`, action: "approximate", note: name });
  }
  return change<FunctionTool | CustomTool>(tool, { name, namespace }) as T;
}

function fitFunction(tool: FunctionTool, place: number, context: Context): FunctionTool {
  const { can } = context;
  const gone: Partial<FunctionTool> = {};
  const at = `tools[${place}]`;
  if (tool.strict !== undefined && !can.tools.strict) {
    gone.strict = undefined;
    if (tool.strict) lose(context, { code: "tools.strict", at: `${at}.strict`, action: "drop" });
  }
  for (const setting of ["examples", "callers", "outputSchema"] as const) {
    if (tool[setting] === undefined || can.tools[setting]) continue;
    gone[setting] = undefined;
    lose(context, { code: `tools.${setting}`, at: `${at}.${setting}`, action: "drop" });
  }
  if (tool.ext) gone.ext = ownExtensions(tool.ext, `${at}.ext`, context);
  return fitDefer(filled(gone) ? change(tool, gone) : tool, place, context);
}

/** A tool that nobody would find is loaded at once. */
function fitDefer<T extends FunctionTool | CustomTool>(tool: T, place: number, context: Context): T {
  if (tool.defer === undefined || context.findsTools) return tool;
  if (tool.defer) lose(context, { code: "tools.defer", at: `tools[${place}].defer`, action: "drop" });
  return change<FunctionTool | CustomTool>(tool, { defer: undefined }) as T;
}

/** The one argument of a function that stands for a free-form tool. */
const wrappedSchema: JsonObject = {
  type: "object",
  properties: { input: { type: "string", description: "The tool's input, as plain text." } },
  required: ["input"],
  additionalProperties: false,
};

function wrapCustom(tool: CustomTool, at: string, context: Context): FunctionTool {
  lose(context, { code: "tools.custom", at, action: "emulate" });
  context.names.wrap(tool.name, tool.namespace);
  const grammar =
    tool.format?.definition &&
    `The input must match this ${tool.format.type} grammar:\n${tool.format.definition}`;
  const description = [tool.description, grammar].filter(Boolean).join("\n\n");
  return {
    kind: "function",
    name: tool.name,
    ...(description && { description }),
    schema: wrappedSchema,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
    ...(tool.cache && { cache: tool.cache }),
  };
}

/** Server tools that only widen what a model can do: a conversation makes sense without them. */
const optional: ReadonlySet<string> = new Set([
  "web_search",
  "web_fetch",
  "code_execution",
  "image_generation",
  "mcp",
  "tool_search",
]);

function keepsServerTool(
  tool: ServerTool,
  at: string,
  { chosen, isMixed }: { chosen: ReadonlySet<string>; isMixed: boolean },
  context: Context,
): boolean {
  const isKnown = isCarried(tool, context);
  const isTaken = !isMixed || context.can.tools.mixed !== false;
  // Who speaks the target's own format knows what the model takes.
  if (isKnown && (isTaken || takes(context, tool.raw?.protocol ?? context.from))) return true;
  const name = tool.tool === "other" && tool.raw ? kindOf(tool.raw.value) : (tool.name ?? tool.tool);
  if (!optional.has(tool.tool) || chosen.has(tool.name ?? name) || chosen.has(tool.tool)) {
    refuse(
      "tools.server",
      at,
      isKnown
        ? `the upstream model takes no server tool beside functions; send the request without ${JSON.stringify(name)}, or without the functions`
        : `the upstream has no server tool ${JSON.stringify(name)}; send the request without it`,
    );
  }
  lose(context, { code: "tools.server", at, action: "drop", note: name });
  return false;
}

function isCarried(tool: ServerTool, context: Context): boolean {
  if (tool.raw && takes(context, tool.raw.protocol)) return true;
  return tool.tool !== "other" && context.can.tools.server.includes(tool.tool);
}

/** A tool that both sides have: what they have in common stands in `config`. */
function fitServerTool(tool: ServerTool, at: string, context: Context): ServerTool {
  const isNative = takes(context, tool.raw?.protocol ?? context.from);
  if (isNative || !(tool.raw || (tool.config && filled(tool.config)))) return tool;
  lose(context, {
    code: "tools.server",
    at,
    action: "approximate",
    note: "only the settings that both sides have",
  });
  return change(tool, { raw: undefined });
}

/** Some targets refuse a history with calls of tools that are not declared. */
function declareFromHistory(request: CanonicalRequest, context: Context): CanonicalRequest {
  if (!context.can.tools.declared) return request;
  const calls = request.turns.flatMap((turn) => turn.parts.filter((part) => part.type === "tool_call"));
  const names = [...new Set(calls.map((call) => context.names.upstream(call.name, call.namespace)))];
  if (names.length === 0) return request;
  lose(context, { code: "tools.declared", at: "tools", action: "emulate" });
  return {
    ...request,
    tools: names.map((name) => ({ kind: "function", name, description: "No longer available." })),
    toolChoice: { mode: "none" },
  };
}
