// The same as anthropic-to-openai.jsonata, by hand.
const text = (content) =>
  typeof content === "string"
    ? content
    : content
        .filter(({ type }) => type === "text")
        .map((block) => block.text)
        .join("\n");

function part(block) {
  if (block.type === "text") return { type: "text", text: block.text };
  if (block.type !== "image") return undefined;
  const { source } = block;
  const url = source.type === "url" ? source.url : `data:${source.media_type};base64,${source.data}`;
  return { type: "image_url", image_url: { url } };
}

function assistant({ content }) {
  const message = { role: "assistant", content: text(content) };
  if (typeof content === "string") return message;
  const calls = [];
  for (const { type, id, name, input } of content)
    if (type === "tool_use")
      calls.push({ id, type: "function", function: { name, arguments: JSON.stringify(input) } });
  if (calls.length > 0) message.tool_calls = calls;
  return message;
}

function user({ content }, messages) {
  if (typeof content === "string") return void messages.push({ role: "user", content });
  const parts = [];
  for (const block of content) {
    if (block.type === "tool_result")
      messages.push({ role: "tool", tool_call_id: block.tool_use_id, content: text(block.content) });
    else {
      const one = part(block);
      if (one) parts.push(one);
    }
  }
  if (parts.length > 0) messages.push({ role: "user", content: parts });
}

const choice = ({ type, name }) =>
  type === "any" ? "required" : type === "tool" ? { type: "function", function: { name } } : type;

export function anthropicToOpenai(body) {
  const messages = [];
  if (body.system !== undefined) messages.push({ role: "system", content: text(body.system) });
  for (const message of body.messages) {
    if (message.role === "assistant") messages.push(assistant(message));
    else user(message, messages);
  }
  const out = {};
  const put = (name, value) => {
    if (value !== undefined) out[name] = value;
  };
  put("model", body.model);
  put("max_completion_tokens", body.max_tokens);
  put("temperature", body.temperature);
  put("top_p", body.top_p);
  put("stop", body.stop_sequences);
  put("stream", body.stream);
  if (body.stream) out.stream_options = { include_usage: true };
  out.messages = messages;
  if (body.tools)
    out.tools = body.tools.map(({ name, description, input_schema: parameters }) => ({
      type: "function",
      function: { name, description, parameters },
    }));
  if (body.tool_choice) out.tool_choice = choice(body.tool_choice);
  if (body.tool_choice?.disable_parallel_tool_use) out.parallel_tool_calls = false;
  put("user", body.metadata?.user_id);
  return out;
}
