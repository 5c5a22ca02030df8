import { answerFrames, answerOf } from "./gemini.answer.ts";
import { checkHistory } from "./history.ts";
import { seal } from "./script.ts";
import type { Heard, Offered } from "./script.ts";
import { upstreamKey } from "./server.ts";
import { checkHeaders, shapeOf, unread } from "./vendor.ts";
import type { Rules, Vendor } from "./vendor.ts";

interface Part {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  functionCall?: { id?: string; name: string; args?: object };
  functionResponse?: { id?: string; name: string; response: object };
}

interface Content {
  role: "user" | "model";
  parts: Part[];
}

interface Body {
  contents: Content[];
  tools?: { functionDeclarations?: { name: string }[] }[];
  toolConfig?: {
    functionCallingConfig?: { mode?: string; allowedFunctionNames?: string[] };
    includeServerSideToolInvocations?: boolean;
  };
  generationConfig?: {
    temperature?: number;
    thinkingConfig?: { includeThoughts?: boolean; thinkingBudget?: number };
  };
}

const shape = shapeOf("gemini.schema.json");
const action = /^\/models\/([^/:]+):(generateContent|streamGenerateContent\?alt=sse)$/;

/** What stands where a signature was never given: https://ai.google.dev/gemini-api/docs/thought-signatures */
const sentinels = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

/** Gemini, a model of the third generation: https://ai.google.dev/api/generate-content */
export const gemini: Vendor = {
  name: "gemini",
  base: "/v1beta",
  mapping: "gemini",
  model: "gemini-3-pro-preview",
  prefix: "",
  paths: action,
  count: { paths: /^\/models\/[^/:]+:countTokens$/, answer: { totalTokens: 1234 } },
  read({ path, headers, body }, rules) {
    const problems = [...checkHeaders(headers, { "x-goog-api-key": upstreamKey }), ...shape(body, rules)];
    if (problems.length > 0) return unread(problems);
    const given = body as Body;
    const asked = { ...given, contents: rules.isOwn ? merged(given.contents) : given.contents };
    const [, model = "", method = ""] = action.exec(path) ?? [];
    const offered = (asked.tools ?? []).flatMap(({ functionDeclarations = [] }) =>
      functionDeclarations.map(({ name }): Offered => ({ name, kind: "function" })),
    );
    problems.push(...checkOptions(asked, offered), ...checkTurns(asked.contents, rules));
    if (offered.length > 0) {
      problems.push(...checkHistory(rules.script, { heard: listen(asked.contents), offered }));
      problems.push(...checkSignatures(asked.contents, rules));
    }
    return {
      problems,
      turn: asked.contents.filter(({ role }) => role === "model").length,
      model,
      offered,
      streams: method !== "generateContent",
      thinks: true,
      shows: asked.generationConfig?.thinkingConfig?.includeThoughts === true,
    };
  },
  whole: answerOf,
  frames: answerFrames,
  refuse: (problems) => ({ error: { code: 400, message: problems.join("; "), status: "INVALID_ARGUMENT" } }),
};

function checkOptions({ tools, toolConfig, generationConfig }: Body, offered: readonly Offered[]): string[] {
  const problems: string[] = [];
  const names = offered.map(({ name }) => name);
  if (toolConfig?.functionCallingConfig && offered.length === 0)
    problems.push("Function calling config is set without function_declarations");
  const serves = tools?.some((tool) => Object.keys(tool).some((name) => name !== "functionDeclarations"));
  if (serves && offered.length > 0 && toolConfig?.includeServerSideToolInvocations !== true)
    problems.push("Please enable tool_config.include_server_side_tool_invocations");
  if (new Set(names).size < names.length) problems.push("Duplicate function declaration found");
  const { mode, allowedFunctionNames } = toolConfig?.functionCallingConfig ?? {};
  if (allowedFunctionNames && mode !== "ANY" && mode !== "VALIDATED")
    problems.push("allowed_function_names should only be set when the mode is ANY or VALIDATED");
  if (generationConfig?.thinkingConfig?.thinkingBudget === 0)
    problems.push("Budget 0 is invalid. This model only works in thinking mode.");
  return problems;
}

/** The vendor's own SDK sends an answer back chunk by chunk; its server takes them together. */
function merged(contents: readonly Content[]): Content[] {
  const all: Content[] = [];
  for (const { role, parts } of contents) {
    if (role === "model" && all.at(-1)?.role === role) all.at(-1)!.parts.push(...parts);
    else all.push({ role, parts: [...parts] });
  }
  for (const content of all)
    content.parts = content.parts.filter(
      ({ text, thoughtSignature }) => text !== "" || thoughtSignature !== undefined,
    );
  return all;
}

/**
 * Calls follow a user or responses; as many responses follow at once, by the names of the calls. Some models go on with a
 * text that stands beside them, so nothing does.
 */
function checkTurns(contents: readonly Content[], { isOwn = false }: Rules): string[] {
  const problems: string[] = [];
  if (contents[0]!.role !== "user" || contents[0]!.parts.some(({ functionResponse }) => functionResponse))
    problems.push("the first content must be a user's words");
  if (contents.at(-1)!.role !== "user")
    problems.push("the last content must be a user's or function responses");
  contents.forEach(({ role, parts }, i) => {
    const at = `contents[${i}]`;
    const before = contents[i - 1];
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
    const responses = parts.flatMap(({ functionResponse }) => functionResponse ?? []);
    if (role === "user" ? calls.length > 0 : responses.length > 0)
      problems.push(`${at}: calls are the model's, responses the user's`);
    if (calls.length > 0 && before?.role !== "user")
      problems.push(
        `${at}: ensure that function call turn comes immediately after a user turn or after a function response turn`,
      );
    if (!isOwn && responses.length > 0 && responses.length < parts.length)
      problems.push(`${at}: function responses stand alone`);
    if (parts.every(({ text, thoughtSignature }) => text === "" && !thoughtSignature))
      problems.push(`${at}: must include at least one parts field`);
    const open = before?.parts.flatMap(({ functionCall }) => functionCall ?? []) ?? [];
    if (open.length !== responses.length)
      problems.push(
        `${at}: the number of function response parts (${responses.length}) must equal the number of function call parts (${open.length}) of the function call turn`,
      );
    responses.forEach(({ name, id }, n) => {
      if (open[n] && (open[n].name !== name || open[n].id !== id))
        problems.push(
          `${at}: response ${n} is ${name} ${id ?? ""}, the call was ${open[n].name} ${open[n].id ?? ""}`,
        );
    });
  });
  return problems;
}

function listen(contents: readonly Content[]): Heard[] {
  return contents.flatMap(({ role, parts }, i): Heard[] => {
    if (role === "user") return [];
    return [
      {
        text: parts.map(({ text = "", thought }) => (thought ? "" : text)).join(""),
        calls: parts.flatMap(({ functionCall }) =>
          functionCall ? { name: functionCall.name, args: functionCall.args ?? {} } : [],
        ),
        results: (contents[i + 1]?.parts ?? []).flatMap(({ functionResponse }) =>
          functionResponse ? { text: Object.values(functionResponse.response).map(asText).join("") } : [],
        ),
      },
    ];
  });
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A signature comes back on the very part that it was given on: the first call, or the empty end of a text. */
function checkSignatures(contents: readonly Content[], { script, keepsTokens }: Rules): string[] {
  return contents
    .filter(({ role }) => role === "model")
    .flatMap(({ parts }, turn) => {
      const at = `answer ${turn + 1}`;
      const said = script[turn]!;
      const token = said.thinking === undefined ? undefined : seal("gemini", turn, said);
      const signed = parts.findIndex(({ functionCall }) => functionCall);
      const place = signed === -1 ? parts.length - 1 : signed;
      return parts.flatMap((part, i) => {
        const given = part.thoughtSignature;
        if (i !== place)
          return given === undefined ? [] : [`${at}: part ${i} has a signature that it was not given`];
        if (given === undefined && signed !== -1)
          return [`${at}: Function call \`${part.functionCall!.name}\` is missing a \`thought_signature\``];
        if (given === undefined)
          return token !== undefined && keepsTokens ? [`${at}: the signature of its text was lost`] : [];
        if (given === token) return [];
        const mayBeUnknown = token === undefined || !keepsTokens;
        return sentinels.includes(given) && mayBeUnknown
          ? []
          : [`${at}: Thought signature is not valid: ${given.slice(0, 60)}`];
      });
    });
}
