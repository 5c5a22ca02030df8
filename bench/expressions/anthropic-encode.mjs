// What mappings/anthropic/request.encode.jsonata does, by hand, without its rarest branches (citations, documents, server
// tools, the tokens of other vendors' thoughts).
const put = (out, name, value) => {
  if (value !== undefined) out[name] = value;
};

const markOf = (cache) =>
  cache && (cache.ttl === undefined ? { type: "ephemeral" } : { type: "ephemeral", ttl: cache.ttl });

function inputOf({ kind, input, argsText }) {
  if (kind === "custom") return { input: input ?? "" };
  try {
    const value = JSON.parse(argsText);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Not JSON: it travels as text.
  }
  return argsText === undefined || argsText.trim() === "" ? {} : { _raw: argsText };
}

function textBlock(part) {
  if (part.text === "") return undefined;
  const block = { type: "text", text: part.text };
  put(block, "cache_control", markOf(part.cache));
  return part.ext?.anthropic ? { ...block, ...part.ext.anthropic } : block;
}

function sourceOf({ src, mime }) {
  if (src.fileId !== undefined) return { type: "file", file_id: src.fileId };
  if (src.url !== undefined) return { type: "url", url: src.url };
  return { type: "base64", media_type: mime, data: src.data };
}

function blockOf(part) {
  let block;
  switch (part.type) {
    case "text":
    case "refusal":
      return textBlock(part);
    case "tool_call":
      block = { type: "tool_use", id: part.id, name: part.name, input: inputOf(part) };
      put(block, "caller", part.caller);
      break;
    case "tool_result": {
      block = { type: "tool_result", tool_use_id: part.callId };
      const said =
        part.json === undefined ? contentOf(blocksOf(part.content ?? [])) : JSON.stringify(part.json);
      if (said.length > 0) block.content = said;
      put(block, "is_error", part.isError);
      break;
    }
    case "media":
      block = { type: part.kind, source: sourceOf(part) };
      break;
    case "reasoning":
      return thinkingBlock(part);
    default:
      return part.protocol === "anthropic" ? part.value : undefined;
  }
  put(block, "cache_control", markOf(part.cache));
  return part.ext?.anthropic ? { ...block, ...part.ext.anthropic } : block;
}

function thinkingBlock({ text = "", opaque, redacted }) {
  const signature = opaque?.find(({ issuer }) => issuer === "anthropic")?.data ?? "";
  if (redacted && signature !== "") return { type: "redacted_thinking", data: signature };
  return text !== "" || signature !== "" ? { type: "thinking", thinking: text, signature } : undefined;
}

function blocksOf(parts) {
  const blocks = [];
  for (const part of parts) {
    const block = blockOf(part);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

/** One plain text says it all. */
function contentOf(blocks) {
  const [first] = blocks;
  return blocks.length === 1 && first.type === "text" && Object.keys(first).length === 2
    ? first.text
    : blocks;
}

const follows = (turn, before) =>
  turn.joined === true && turn.role !== "assistant" && (before?.role === "user" || before?.role === "tool");

function messagesOf(turns) {
  const messages = [];
  for (let i = 0; i < turns.length; i++) {
    const turn = turns[i];
    if (follows(turn, turns[i - 1])) continue;
    const next = turns[i + 1];
    const parts = next && follows(next, turn) ? [...turn.parts, ...next.parts] : turn.parts;
    const blocks = blocksOf(parts);
    if (blocks.length === 0 && !turn.ext?.anthropic) continue;
    const message = { role: turn.role === "tool" ? "user" : turn.role, content: contentOf(blocks) };
    messages.push(turn.ext?.anthropic ? { ...message, ...turn.ext.anthropic } : message);
  }
  return messages;
}

function toolOf(tool) {
  if (tool.ext?.anthropic?.tool) return tool.ext.anthropic.tool;
  const { name, description, schema } = tool;
  const out = { name };
  put(out, "description", description);
  out.input_schema = schema?.type === "object" ? schema : { type: "object", properties: {}, ...schema };
  put(out, "cache_control", markOf(tool.cache));
  put(out, "defer_loading", tool.defer);
  put(out, "allowed_callers", tool.callers);
  put(out, "input_examples", tool.examples);
  return tool.ext?.anthropic ? { ...out, ...tool.ext.anthropic } : out;
}

function choiceOf({ mode, names, parallel }) {
  const asked = mode ?? (parallel === false ? "auto" : undefined);
  if (asked === undefined) return undefined;
  const isOne = asked === "required" && names?.length === 1;
  const out = { type: isOne ? "tool" : asked === "required" ? "any" : asked };
  if (isOne) out.name = names[0];
  if (parallel === false && asked !== "none") out.disable_parallel_tool_use = true;
  return out;
}

function thinkingOf(reasoning, by, own) {
  if (own?.thinking) return own.thinking;
  if (reasoning?.mode === "off") return { type: "disabled" };
  if (by === "adaptive" && reasoning?.mode !== undefined) return { type: "adaptive" };
  if (by === "budget" && reasoning?.budget !== undefined)
    return { type: "enabled", budget_tokens: reasoning.budget };
  return undefined;
}

export function encodeAnthropic(request, target) {
  const own = request.ext?.anthropic;
  const { sampling, user, tools, toolChoice, reasoning, cache, system } = request;
  const by = target.capabilities.reasoning?.by;
  const out = { model: target.model };
  put(out, "max_tokens", request.limits?.maxOutputTokens);
  if (target.stream) out.stream = true;
  const instructions = blocksOf(system ?? []);
  if (instructions.length > 0) out.system = contentOf(instructions);
  out.messages = messagesOf(request.turns);
  if (tools?.length > 0) out.tools = tools.map(toolOf);
  if (tools && toolChoice) put(out, "tool_choice", choiceOf(toolChoice));
  put(out, "thinking", thinkingOf(reasoning, by, own));
  if ((by === "adaptive" || by === "effort") && reasoning?.effort)
    out.output_config = { effort: reasoning.effort };
  put(out, "stop_sequences", sampling?.stop);
  put(out, "temperature", sampling?.temperature);
  put(out, "top_p", sampling?.topP);
  put(out, "top_k", sampling?.topK);
  const userId = user?.id ?? user?.safetyId;
  if (userId !== undefined) out.metadata = { user_id: userId };
  put(out, "service_tier", request.serviceTier);
  put(out, "speed", request.speed);
  if (cache?.auto === true) out.cache_control = markOf(cache);
  if (own) Object.assign(out, own);
  return out;
}
