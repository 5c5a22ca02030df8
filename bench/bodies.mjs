// Requests as clients send them: one short question, a conversation of some length, and an agent's with its tools.
const words =
  "parse the configuration file and report each mistake with its line and column so that a person can mend it ";
const text = (length, seed) =>
  (words.slice(seed % 40) + words.repeat(Math.ceil(length / words.length))).slice(0, length);

const tool = (i) => ({
  type: "function",
  function: {
    name: `tool_${i}`,
    description: text(900, i),
    parameters: {
      type: "object",
      properties: Object.fromEntries(
        ["path", "content", "offset", "limit"].map((name, k) => [
          name,
          { type: k < 2 ? "string" : "integer", description: text(120, i + k) },
        ]),
      ),
      required: ["path"],
    },
  },
});

function conversation(turns, length) {
  const messages = [{ role: "system", content: text(length * 2, 7) }];
  for (let i = 0; i < turns; i++) {
    messages.push({ role: "user", content: text(length, i) });
    messages.push({
      role: "assistant",
      content: text(length / 2, i),
      tool_calls: [
        {
          id: `call_${i}`,
          type: "function",
          function: {
            name: "tool_1",
            arguments: JSON.stringify({ path: `src/${i}.ts`, content: text(200, i) }),
          },
        },
      ],
    });
    messages.push({ role: "tool", tool_call_id: `call_${i}`, content: text(length, i + 3) });
  }
  return [...messages, { role: "user", content: "And now?" }];
}

export const bodies = {
  small: {
    model: "small",
    messages: [{ role: "user", content: "Say hello in one short sentence, please." }],
    max_tokens: 200,
  },
  medium: { model: "small", messages: conversation(12, 1320), max_tokens: 2000 },
  large: {
    model: "small",
    messages: conversation(30, 1235),
    tools: Array.from({ length: 20 }, (_, i) => tool(i)),
    max_tokens: 4000,
  },
};
