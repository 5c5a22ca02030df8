import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { CanonicalResponse, FunctionTool, ToolChoice } from "../../src/mapping/canonical.ts";
import { restoreResponse } from "../../src/mapping/fit/restore.ts";
import { assistant, call, fitTo, losses, result, tool, user } from "./support.ts";

function fn(name: string, members: Partial<FunctionTool> = {}): FunctionTool {
  return { kind: "function", name, ...members };
}

describe("names", () => {
  const long = "n".repeat(90);

  test("illegal and long ones are legal upstream, everywhere the same, and restored", () => {
    const tools = [fn("mcp__server.tool/x"), fn(long), fn("plain")];
    const turns = [
      user("a"),
      assistant(call("1", "mcp__server.tool/x"), call("2", long)),
      tool(result("1"), result("2")),
    ];
    const { request, restore } = fitTo(
      {},
      { tools, turns, toolChoice: { mode: "required", names: ["mcp__server.tool/x"] } },
    );
    const [first, second, third] = request.tools!.map((one) => one.name!);
    expect([first, third]).toEqual(["mcp__server_tool_x", "plain"]);
    expect(second).toMatch(/^n{55}_[0-9a-f]{8}$/);
    expect(request.turns[1]?.parts).toMatchObject([{ name: first }, { name: second }]);
    expect(request.turns[2]?.parts).toMatchObject([{ name: first }, { name: second }]);
    expect(request.toolChoice?.names).toEqual([first]);
    expect(restore.names.get(second!)).toEqual({ name: long });
    expect(restore.names.has("plain")).toBe(false);
  });

  test("two that would be the same stay distinct, and the legal one keeps its name", () => {
    const { request, restore } = fitTo({}, { tools: [fn("a.b"), fn("a/b"), fn("a_b")] });
    const upstream = request.tools!.map((one) => one.name!);
    expect(upstream[2]).toBe("a_b");
    expect(new Set(upstream).size).toBe(3);
    expect(upstream.map((name) => restore.names.get(name)?.name ?? name)).toEqual(["a.b", "a/b", "a_b"]);
  });

  test("a first character that may not stand first", () => {
    const rule = { max: 64, chars: "a-z0-9_", first: "a-z_" };
    expect(fitTo({ tools: { name: rule } }, { tools: [fn("9lives")] }).request.tools).toEqual([
      fn("_9lives"),
    ]);
  });

  test("of one name in two namespaces", () => {
    const { request, restore } = fitTo(
      {},
      { tools: [fn("get", { namespace: "a" }), fn("get", { namespace: "b" })] },
    );
    expect(request.tools).toEqual([fn("a__get"), fn("b__get")]);
    expect(restore.names.get("b__get")).toEqual({ name: "get", namespace: "b" });
  });
});

describe("namespaces", () => {
  const exec = fn("exec", { namespace: "functions" });
  const history = (...calls: ReturnType<typeof call>[]) => [
    user("a"),
    assistant(...calls),
    tool(...calls.map(({ id }) => result(id!, "r"))),
  ];

  test("where the target has them, a name is unique within its own", () => {
    const tools = [exec, fn("exec", { namespace: "other" })];
    const turns = history(call("1", "exec"), call("2", "exec", { namespace: "functions" }));
    const { request, restore } = fitTo({ tools: { namespace: true } }, { tools, turns });
    expect(request.tools).toEqual(tools);
    expect(request.turns).toEqual(turns.map((turn) => (turn.role === "tool" ? request.turns[2] : turn)));
    expect(restore.names.size).toBe(0);
  });

  test("an illegal name in one is restored there, and not elsewhere", () => {
    const tools = [fn("a.b", { namespace: "x" }), fn("a_b")];
    const { request, restore } = fitTo({ tools: { namespace: true } }, { tools });
    expect(request.tools).toEqual([fn("a_b", { namespace: "x" }), fn("a_b")]);
    const response = (namespace?: string): CanonicalResponse => ({
      v: 1,
      candidates: [{ index: 0, parts: [call("1", "a_b", namespace === undefined ? {} : { namespace })] }],
    });
    const named = (namespace?: string) =>
      restoreResponse(response(namespace), restore).candidates[0]?.parts[0];
    expect([named("x"), named()]).toMatchObject([{ name: "a.b", namespace: "x" }, { name: "a_b" }]);
  });

  test("where it has none, a bare name means the only tool of that name", () => {
    const asked = { tools: [exec], turns: history(call("1", "exec")) };
    const { request, restore } = fitTo(
      {},
      { ...asked, toolChoice: { mode: "required", names: ["exec"] } as const },
    );
    expect(request.tools).toEqual([fn("functions__exec")]);
    expect(request.turns[1]?.parts).toMatchObject([{ name: "functions__exec" }]);
    expect(request.toolChoice?.names).toEqual(["functions__exec"]);
    expect([...restore.names.keys()]).toEqual(["functions__exec"]);
  });

  test("a bare name that is declared, or that two namespaces have, is itself", () => {
    const turns = history(call("1", "exec"));
    for (const other of [fn("exec"), fn("exec", { namespace: "other" })]) {
      const { request } = fitTo({}, { tools: [exec, other], turns });
      expect(request.turns[1]?.parts).toMatchObject([{ name: "exec" }]);
    }
  });
});

describe("ids", () => {
  test("of call and result change together, and long ones stay distinct", () => {
    const [a, b] = [`${"i".repeat(100)}:a`, `${"i".repeat(100)}:b`];
    const turns = [user("x"), assistant(call(a, "f"), call(b, "f")), tool(result(a, "ra"), result(b, "rb"))];
    const { request } = fitTo({}, { turns });
    const ids = request.turns[1]!.parts.map((part) => (part.type === "tool_call" ? part.id : undefined));
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{64}$/);
    expect(request.turns[2]!.parts).toMatchObject([{ callId: ids[0] }, { callId: ids[1] }]);
  });
});

describe("choice", () => {
  const tools = [fn("a"), fn("b"), fn("c")];
  type Row = [string, CapabilityOverride, ToolChoice, ToolChoice | undefined, string[], string[]?];

  test.each<Row>([
    ["one of them", {}, { mode: "required", names: ["a"] }, { mode: "required", names: ["a"] }, []],
    ["none keeps the tools", {}, { mode: "none" }, { mode: "none" }, []],
    [
      "one at a time",
      {},
      { mode: "auto", parallel: false },
      { mode: "auto" },
      ["toolChoice.parallel drop toolChoice.parallel"],
    ],
    [
      "only one at a time",
      {},
      { parallel: false },
      undefined,
      ["toolChoice.parallel drop toolChoice.parallel"],
    ],
    ["in parallel is the default", {}, { mode: "auto", parallel: true }, { mode: "auto" }, []],
    [
      "one at a time where that can be said",
      { tools: { parallel: true } },
      { parallel: false },
      { parallel: false },
      [],
    ],
    [
      "some of them",
      { tools: { allowed: true } },
      { mode: "auto", names: ["a", "b"] },
      { mode: "auto", names: ["a", "b"] },
      [],
    ],
    [
      "some of them by not sending others",
      {},
      { mode: "auto", names: ["b"] },
      { mode: "auto" },
      ["toolChoice.allowed emulate toolChoice.names", "toolChoice.allowed emulate tools[0]"],
      ["b", "c"],
    ],
    [
      "a call that cannot be forced",
      { tools: { forced: false } },
      { mode: "required" },
      { mode: "auto" },
      ["toolChoice.required approximate toolChoice.mode"],
    ],
  ])("%s", (_, can, choice, becomes, lost, kept = ["a", "b", "c"]) => {
    const turns = [user("x"), assistant(call("1", "c")), tool(result("1", "r"))];
    const fitted = fitTo(can, { tools, toolChoice: choice, turns });
    expect(fitted.request.toolChoice).toEqual(becomes);
    expect(fitted.request.tools?.map((one) => one.name)).toEqual(kept);
    expect(losses(fitted)).toEqual(lost);
  });
});

describe("arguments", () => {
  test.each([
    ["none are an empty object", undefined, "{}", "{}"],
    ["empty text too", "", "{}", "{}"],
    ["text byte for byte", '{"id":12345678901234567890, "p":0.1234567890123456789}', undefined, undefined],
    ["broken text where an object must be", '{"a":', '{"a":', '{"_raw":"{\\"a\\":"}'],
    ["a list where an object must be", "[1]", "[1]", '{"_raw":"[1]"}'],
  ])("%s", (_, argsText, asText = argsText, asObject = argsText) => {
    const turns = [user("x"), assistant(call("1", "f", { argsText })), tool(result("1", "r"))];
    const argsIn = (objectArgs: boolean): unknown => {
      const [part] = fitTo({ tools: { objectArgs } }, { turns }).request.turns[1]!.parts;
      return part?.type === "tool_call" && part.argsText;
    };
    expect([argsIn(false), argsIn(true)]).toEqual([asText, asObject]);
  });
});
