import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { CanonicalRequest, FunctionTool, Tool, ToolChoice } from "../../src/mapping/canonical.ts";
import { assistant, call, fitTo, losses, refusal, result, tool, user } from "./support.ts";

function fn(name: string, members: Partial<FunctionTool> = {}): FunctionTool {
  return { kind: "function", name, ...members };
}

const all: CapabilityOverride = {
  tools: {
    custom: true,
    strict: true,
    allowed: true,
    parallel: true,
    examples: true,
    defer: true,
    namespace: true,
    callers: true,
    outputSchema: true,
    server: ["web_search"],
  },
};

describe("tools that are not loaded", () => {
  const search: Tool = { kind: "server", tool: "tool_search" };
  const tools = [search, fn("f", { defer: true }), fn("g")];
  const withSearch: CapabilityOverride = { tools: { ...all.tools, server: ["tool_search"] } };

  test("stay so where the target has the search that finds them", () => {
    const fitted = fitTo(withSearch, { tools });
    expect(fitted.request.tools).toEqual(tools);
    expect(losses(fitted)).toEqual([]);
  });

  test("are loaded where it has not", () => {
    const fitted = fitTo(all, { tools });
    expect(fitted.request.tools).toEqual([fn("f"), fn("g")]);
    expect(losses(fitted)).toEqual(["tools.server drop tools[0]", "tools.defer drop tools[1].defer"]);
  });

  test("stay so for clients of its own format, which may find them in their own ways", () => {
    const fitted = fitTo({ ...all, raw: ["client"] }, { tools: tools.slice(1) });
    expect(fitted.request.tools).toEqual(tools.slice(1));
    expect(losses(fitted)).toEqual([]);
  });
});

describe("declared tools", () => {
  test.each<[string, CapabilityOverride, Tool, Tool | undefined, string[]]>([
    ["strictness", {}, fn("f", { strict: true }), fn("f"), ["tools.strict drop tools[0].strict"]],
    ["no strictness is no loss", {}, fn("f", { strict: false }), fn("f"), []],
    [
      "examples, callers, results",
      {},
      fn("f", { examples: [1], callers: ["x"], outputSchema: {}, defer: true }),
      fn("f"),
      [
        "tools.examples drop tools[0].examples",
        "tools.callers drop tools[0].callers",
        "tools.outputSchema drop tools[0].outputSchema",
        "tools.defer drop tools[0].defer",
      ],
    ],
    [
      "all of it",
      all,
      fn("f", { strict: true, examples: [1], callers: ["x"], outputSchema: {} }),
      undefined,
      [],
    ],
    [
      "a tool that nobody would find",
      all,
      fn("f", { defer: true }),
      fn("f"),
      ["tools.defer drop tools[0].defer"],
    ],
    [
      "a namespace",
      {},
      fn("f", { namespace: "crm" }),
      fn("crm__f"),
      ["tools.namespace emulate tools[0].namespace"],
    ],
    [
      "a namespace that parts itself",
      {},
      fn("f", { namespace: "mcp__x__" }),
      fn("mcp__x__f"),
      ["tools.namespace emulate tools[0].namespace"],
    ],
    [
      "fields of its protocol",
      {},
      fn("f", { ext: { client: { eager: true } } }),
      fn("f"),
      ["ext.eager drop tools[0].ext.client.eager"],
    ],
    ["a server tool that both have", all, { kind: "server", tool: "web_search" }, undefined, []],
    [
      "settings that only its own vendor reads",
      all,
      { kind: "server", tool: "web_search", config: { maxUses: 2 }, raw: { protocol: "client", value: {} } },
      { kind: "server", tool: "web_search", config: { maxUses: 2 } },
      ["tools.server approximate tools[0]"],
    ],
    [
      "settings that not everybody has",
      all,
      { kind: "server", tool: "web_search", config: { maxUses: 2 } },
      undefined,
      ["tools.server approximate tools[0]"],
    ],
    [
      "its own vendor's",
      {},
      { kind: "server", tool: "other", raw: { protocol: "target", value: {} } },
      undefined,
      [],
    ],
  ])("%s", (_, can, declared, becomes, lost) => {
    const fitted = fitTo(can, { tools: [declared] });
    expect(fitted.request.tools).toEqual([becomes ?? declared]);
    expect(losses(fitted)).toEqual(lost);
  });

  test("a server tool that only widens what the model can do is left out", () => {
    const fitted = fitTo({}, { tools: [fn("f"), { kind: "server", tool: "web_search" }] });
    expect(fitted.request.tools).toEqual([fn("f")]);
    expect(losses(fitted)).toEqual(["tools.server drop tools[1]"]);
  });

  test("one cannot stand beside functions everywhere", () => {
    const search: Tool = { kind: "server", tool: "web_search" };
    const apart: CapabilityOverride = { tools: { server: ["web_search"], mixed: false } };
    const fitted = fitTo(apart, { tools: [search, fn("f")] });
    expect(fitted.request.tools).toEqual([fn("f")]);
    expect(losses(fitted)).toEqual(["tools.server drop tools[0]"]);
    expect(fitTo(apart, { tools: [search] }).request.tools).toEqual([search]);
    const toolChoice: ToolChoice = { mode: "required", names: ["web_search"] };
    expect(refusal(() => fitTo(apart, { tools: [search, fn("f")], toolChoice }))).toMatch(/beside functions/);
  });

  test.each<[string, Partial<CanonicalRequest>, CapabilityOverride]>([
    ["one that the client relies on", { tools: [{ kind: "server", tool: "computer" }] }, {}],
    [
      "an unknown one",
      { tools: [{ kind: "server", tool: "other", name: "memory" }] },
      { tools: { server: ["other"] } },
    ],
    [
      "one that is chosen",
      {
        tools: [{ kind: "server", tool: "web_search" }],
        toolChoice: { mode: "required", names: ["web_search"] },
      },
      {},
    ],
  ])("a server tool is refused: %s", (_, asked, can) => {
    expect(refusal(() => fitTo(can, asked))).toMatch(/^400 tools.server: the upstream has no server tool/);
  });

  test("functions are refused where a model takes none", () => {
    expect(refusal(() => fitTo({ tools: { function: false } }, { tools: [fn("f")] }))).toContain(
      "400 tools.function",
    );
  });

  test("an empty list is no list, and takes the choice with it", () => {
    const { request } = fitTo({}, { tools: [], toolChoice: { mode: "auto", parallel: false } });
    expect(request).not.toHaveProperty("tools");
    expect(request).not.toHaveProperty("toolChoice");
  });

  test("a history with calls gets declared tools where they must be", () => {
    const turns = [user("a"), assistant(call("1", "f")), tool(result("1", "r"))];
    const fitted = fitTo({ tools: { declared: true } }, { turns });
    expect(fitted.request.tools).toMatchObject([{ kind: "function", name: "f" }]);
    expect(fitted.request.toolChoice).toEqual({ mode: "none" });
  });
});

describe("custom tools", () => {
  const custom: Tool = {
    kind: "custom",
    name: "sql",
    description: "Runs SQL.",
    format: { type: "lark", definition: "start: x" },
  };
  const turns = [
    user("a"),
    assistant({ type: "tool_call", id: "1", name: "sql", kind: "custom", input: 'select "x"' }),
    tool(result("1", "r", { kind: "custom" })),
  ];

  test("become functions of one text, in the history and the choice too", () => {
    const fitted = fitTo(
      {},
      { tools: [custom], turns, toolChoice: { mode: "required", names: ["sql"], kind: "custom" } },
    );
    const [wrapped] = fitted.request.tools as [FunctionTool];
    expect(wrapped).toMatchObject({ kind: "function", name: "sql", schema: { required: ["input"] } });
    expect(wrapped.description).toBe("Runs SQL.\n\nThe input must match this lark grammar:\nstart: x");
    expect(fitted.request.turns[1]?.parts).toEqual([
      call("1", "sql", { kind: "function", argsText: '{"input":"select \\"x\\""}' }),
    ]);
    expect(fitted.request.turns[2]?.parts).toEqual([result("1", "r", { name: "sql" })]);
    expect(fitted.request.toolChoice).toEqual({ mode: "required", names: ["sql"], kind: "function" });
    expect([...fitted.restore.custom]).toEqual(["sql"]);
    expect(losses(fitted)).toEqual(["tools.custom emulate tools[0]"]);
  });

  test("stay where they are known", () => {
    const fitted = fitTo(all, { tools: [custom], turns });
    expect(fitted.request.tools).toEqual([custom]);
    expect(fitted.request.turns[1]).toBe(turns[1]);
    expect(fitted.restore.custom.size).toBe(0);
  });
});
