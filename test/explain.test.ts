import { execFileSync } from "node:child_process";
import { relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadMappings } from "../src/bridge/mappings.ts";
import { explain } from "../src/commands/explain.ts";
import type { Explanation } from "../src/commands/explain.ts";
import { sourcesOf } from "../src/commands/explain-sources.ts";
import type { Mapping } from "../src/mapping/types.ts";
import { translate } from "../src/pipeline/offline.ts";

const { mappings } = loadMappings();
const root = resolve(import.meta.dirname, "..");

function explained(input: unknown, from: string, to: string, model: string): Explanation {
  const [client, upstream] = [mappings.get(from)!, mappings.get(to)!];
  const draw = (mapping: Mapping): unknown => translate("request", client, mapping, input, { model }).output;
  return explain(
    input,
    {
      translate: (changed) => translate("request", client, upstream, changed, { model }),
      decode: (changed) => translate("request", client, "canonical", changed, { model }).output,
    },
    sourcesOf([], { mapping: upstream, document: "request.encode", draw }),
  );
}

const agent = {
  model: "claude-opus-4-8",
  max_tokens: 500,
  system: "You are terse.",
  top_k: 5,
  messages: [
    { role: "user", content: "Read a.txt" },
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "toolu_1", name: "read", input: { path: "a.txt" } }],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "hello" }] },
  ],
  tools: [
    {
      name: "read",
      input_schema: { type: "object", properties: { path: { type: "string" } } },
      cache_control: { type: "ephemeral" },
    },
  ],
};

describe("every field of an agent's request", () => {
  const told = explained(agent, "anthropic", "openai-chat", "gpt-4.1");
  const origin = (path: string): readonly string[] | undefined =>
    told.fields.find((one) => one.path === path)?.from;

  test.each([
    ["messages[0].content", ["system"]],
    ["messages[1].content", ["messages[0].content"]],
    ["messages[2].tool_calls[0].function.arguments", ["messages[1].content[0].input.path"]],
    ["messages[3].content", ["messages[2].content[0].content"]],
    ["max_completion_tokens", ["max_tokens"]],
  ])("%s came from %j", (path, from) => expect(origin(path)).toEqual(from));

  test("ids and names that stand at several places are followed together", () => {
    expect(origin("messages[3].tool_call_id")).toEqual([
      "messages[1].content[0].id",
      "messages[2].content[0].tool_use_id",
    ]);
  });

  test("what no field of the input says, the mapping or the target does", () => {
    expect(origin("model")).toEqual([]);
    expect(origin("tools[0].type")).toEqual([]);
  });

  test("the line that put it there names it", () => {
    const text = told.fields.map((one) => one.by && `${relative(root, one.by.file)}:${one.by.line}`);
    expect(text.filter((one) => one === undefined).length).toBeLessThan(3);
    expect(text[0]).toMatch(/^mappings\/openai-chat\/request\.encode\.jsonata:\d+$/);
  });

  test("every field of the input is accounted for", () => {
    expect(told.lost.map(({ path, codes }) => `${path} ${codes.join()}`)).toContain("top_k sampling.topK");
    expect(told.unread).toEqual([]);
    expect(told.losses.map(({ code }) => code)).toContain("sampling.topK");
  });
});

test("what nothing reads is found", () => {
  const place = { type: "approximate", approximate: { city: "Rome" } };
  const body = {
    model: "m",
    messages: [{ role: "user", content: "Hi" }],
    web_search_options: { user_location: place },
  };
  const { unread } = explained(body, "openai-chat", "openai-responses", "gpt-5.2");
  expect(unread.map(({ path }) => path)).toEqual(["web_search_options.user_location.type"]);
});

test("on the command line, as text and for tools", () => {
  const run = (...more: string[]): string =>
    execFileSync(
      process.execPath,
      [
        resolve(root, "bin/llmbridge.mjs"),
        "translate",
        "--from",
        "openai-chat",
        "--to",
        "anthropic",
        "--explain",
        ...more,
        "-",
      ],
      {
        input: JSON.stringify({
          model: "claude-opus-4-8",
          messages: [{ role: "user", content: "Hi" }],
          seed: 3,
        }),
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1" },
      },
    );
  const text = run();
  expect(text).toMatch(
    /^messages\[0\]\.content +"Hi" +← messages\[0\]\.content +mappings\/anthropic\/\S+:\d+$/m,
  );
  expect(text).toMatch(/^max_tokens +32000 +said by the mapping or its target/m);
  expect(text).toMatch(/^lost\n {2}seed {2}3 {2}sampling\.seed$/m);
  const { fields, losses } = JSON.parse(run("--format", "json")) as Explanation;
  expect(fields.find(({ path }) => path === "messages[0].content")).toMatchObject({
    from: ["messages[0].content"],
  });
  expect(losses).toMatchObject([{ code: "sampling.seed" }]);
});
