// What mappings/openai-chat/request.decode.jsonata does, by hand, without its rarest branches (legacy functions, documents,
// spoken answers, what single vendors add): what a person would write who needs this pair.
const knownFields = new Set(
  (
    "model messages stream stream_options tools functions tool_choice function_call parallel_tool_calls max_tokens " +
    "max_completion_tokens temperature top_p top_k presence_penalty frequency_penalty seed random_seed stop logit_bias n " +
    "logprobs top_logprobs reasoning_effort reasoning thinking enable_thinking thinking_budget response_format verbosity " +
    "modalities audio prompt_cache_key prompt_cache_retention prompt_cache_options cache_control store service_tier user " +
    "safety_identifier metadata web_search_options"
  ).split(" "),
);
const knownOfMessage = new Set(
  (
    "role content name refusal audio images annotations tool_calls function_call tool_call_id reasoning_content reasoning " +
    "reasoning_details cache_control prompt_cache_breakpoint"
  ).split(" "),
);

/** Members that the format does not have. */
function ownOf(object, known) {
  let own;
  for (const name in object) if (!known.has(name)) (own ??= {})[name] = object[name];
  return own;
}

/** The members that are there; nothing where none is. */
function present(members) {
  let some;
  for (const name in members) if (members[name] !== undefined) (some ??= {})[name] = members[name];
  return some;
}

const put = (out, name, value) => {
  if (value !== undefined) out[name] = value;
};

const cacheOf = ({ prompt_cache_breakpoint: mark, cache_control: other }) =>
  mark || other ? present({ ttl: (mark ?? other).ttl }) : undefined;

function image(url, detail) {
  const data = /^data:([^;,]*);base64,(.*)$/s.exec(url);
  const src = data ? { data: data[2] } : { url };
  const part = { type: "media", kind: "image" };
  put(part, "mime", data?.[1]);
  part.src = src;
  put(part, "detail", detail);
  return part;
}

function partOf(part) {
  let out;
  if (part.type === "text") out = { type: "text", text: part.text };
  else if (part.type === "image_url")
    out = image(part.image_url.url ?? part.image_url, part.image_url.detail);
  else if (part.type === "refusal") return { type: "refusal", text: part.refusal };
  else return { type: "raw", protocol: "openai-chat", value: part };
  put(out, "cache", cacheOf(part));
  return out;
}

function contentOf(message) {
  const { content } = message;
  if (typeof content !== "string") return content ? content.map(partOf) : [];
  if (content === "") return [];
  const part = { type: "text", text: content };
  put(part, "cache", cacheOf(message));
  return [part];
}

const argsText = (args) =>
  typeof args === "string" ? (args === "" ? "{}" : args) : (JSON.stringify(args) ?? "{}");

function callOf({ id, custom, function: called, ...other }) {
  if (custom) return { type: "tool_call", id, name: custom.name, kind: "custom", input: custom.input };
  const part = { type: "tool_call", id, name: called.name, argsText: argsText(called.arguments) };
  put(part, "cache", cacheOf(other));
  return part;
}

function spoken(message) {
  const parts = [];
  const thought = message.reasoning_content ?? message.reasoning;
  if (thought) parts.push({ type: "reasoning", text: thought });
  for (const part of contentOf(message)) parts.push(part);
  if (message.refusal) parts.push({ type: "refusal", text: message.refusal });
  if (message.tool_calls) for (const call of message.tool_calls) parts.push(callOf(call));
  return parts;
}

function resultOf(message, customs) {
  const part = { type: "tool_result", callId: message.tool_call_id };
  put(part, "name", message.name);
  if (customs.has(message.tool_call_id)) part.kind = "custom";
  const content = contentOf(message);
  if (content.length > 0) part.content = content;
  if (typeof message.content !== "string") put(part, "cache", cacheOf(message));
  return part;
}

function turnOf(message) {
  const { role, name } = message;
  const turn = {
    role: role === "developer" ? "system" : role,
    parts: role === "assistant" ? spoken(message) : contentOf(message),
  };
  put(turn, "name", name);
  const own = ownOf(message, knownOfMessage);
  if (own) turn.ext = { "openai-chat": own };
  return turn;
}

function customsOf(messages) {
  const customs = new Set();
  for (const { tool_calls: calls } of messages)
    if (calls) for (const { type, id } of calls) if (type === "custom") customs.add(id);
  return customs;
}

function turnsOf(messages, from) {
  const customs = customsOf(messages);
  const turns = [];
  let batch;
  for (let i = from; i < messages.length; i++) {
    const message = messages[i];
    if (message.role === "tool") {
      if (!batch) turns.push({ role: "tool", parts: (batch = []) });
      batch.push(resultOf(message, customs));
    } else {
      batch = undefined;
      turns.push(turnOf(message));
    }
  }
  return turns;
}

function toolOf(tool) {
  if (tool.type !== "function") return { kind: "server", raw: { protocol: "openai-chat", value: tool } };
  const { name, description, parameters, strict } = tool.function;
  const out = { kind: "function", name };
  put(out, "description", description);
  put(out, "schema", parameters);
  put(out, "strict", strict);
  put(out, "cache", cacheOf(tool) ?? cacheOf(tool.function));
  return out;
}

function choiceOf(choice, parallel) {
  if (choice === undefined) return present({ parallel });
  if (typeof choice === "string") return present({ mode: choice === "any" ? "required" : choice, parallel });
  return present({ mode: "required", names: [choice.function.name], kind: "function", parallel });
}

const formatOf = ({ type, json_schema: schema }) =>
  type === "json_schema"
    ? present({ type, name: schema.name, schema: schema.schema, strict: schema.strict })
    : { type: type === "json_object" ? "json" : type };

const leads = ({ role, name }) => (role === "system" || role === "developer") && name === undefined;

function instructionsOf(message) {
  return contentOf(message).map((part, i) => ({
    ...part,
    origin: message.role,
    ...(i > 0 && { joined: true }),
  }));
}

export function decodeOpenai(body) {
  const { messages } = body;
  let lead = 0;
  while (lead < messages.length && leads(messages[lead])) lead++;
  const system = [];
  for (let i = 0; i < lead; i++) system.push(...instructionsOf(messages[i]));
  const out = {
    v: 1,
    from: { protocol: "openai-chat" },
    model: body.model,
    stream: body.stream === true,
    system,
    turns: turnsOf(messages, lead),
  };
  if (body.tools?.length > 0) out.tools = body.tools.map(toolOf);
  put(out, "toolChoice", choiceOf(body.tool_choice, body.parallel_tool_calls));
  put(out, "limits", present({ maxOutputTokens: body.max_completion_tokens ?? body.max_tokens }));
  const { stop } = body;
  const sampling = {
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    presencePenalty: body.presence_penalty,
    frequencyPenalty: body.frequency_penalty,
    seed: body.seed ?? body.random_seed,
    stop: stop === undefined ? undefined : [stop].flat(),
    logitBias: body.logit_bias,
  };
  put(out, "sampling", present(sampling));
  put(out, "candidates", body.n);
  if (body.logprobs) out.logprobs = present({ top: body.top_logprobs }) ?? {};
  put(out, "reasoning", present({ effort: body.reasoning_effort ?? body.reasoning?.effort }));
  const format = body.response_format && formatOf(body.response_format);
  put(out, "output", present({ format, verbosity: body.verbosity, modalities: body.modalities }));
  put(out, "cache", present({ key: body.prompt_cache_key, ttl: body.prompt_cache_retention }));
  put(out, "state", present({ store: body.store }));
  put(out, "serviceTier", body.service_tier);
  put(out, "user", present({ id: body.user, safetyId: body.safety_identifier }));
  put(out, "metadata", body.metadata);
  put(out, "streamOptions", body.stream_options && present({ usage: body.stream_options.include_usage }));
  const own = ownOf(body, knownFields);
  if (own) out.ext = { "openai-chat": own };
  return out;
}
