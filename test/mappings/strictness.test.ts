import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { translate } from "../../src/pipeline/offline.ts";

/** What each format does is in its golden cases; here is what the client is told. */
const { mappings } = loadMappings();

const map = { type: "object", additionalProperties: { type: "string" } };
const anything = { type: "object", properties: { any: { description: "Anything" } }, required: ["any"] };

function lossesOf(to: string, model: string, schema: object): string[] {
  const body = {
    model,
    messages: [{ role: "user", content: "A person" }],
    tools: [{ type: "function", function: { name: "save", parameters: schema, strict: true } }],
    response_format: { type: "json_schema", json_schema: { name: "person", schema, strict: true } },
  };
  const { losses } = translate("request", mappings.get("openai-chat")!, mappings.get(to)!, body, { model });
  return losses
    .map(({ code, action }) => `${code} ${action}`)
    .filter((one) => !one.startsWith("output.name"));
}

describe("a schema that cannot be strict", () => {
  test.each([
    ["anthropic", "claude-opus-4-8", anything, ["output.schema emulate", "tools.strict drop"]],
    ["openai-responses", "gpt-5", map, ["tools.strict drop", "output.strict drop"]],
    ["codex", "gpt-5", map, ["tools.strict drop", "output.strict drop"]],
  ])("is told to clients of %s", (to, model, schema, losses) => {
    expect(lossesOf(to, model, schema)).toEqual(losses);
  });
});
