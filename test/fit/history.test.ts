import { describe, expect, test } from "vitest";
import type { Part, Turn } from "../../src/mapping/canonical.ts";
import {
  assistant,
  call,
  fitTo,
  losses,
  refusal,
  result,
  shape,
  system,
  text,
  tool,
  user,
} from "./support.ts";

describe("a result that is an object", () => {
  const image: Part = { type: "media", kind: "image", mime: "image/png", src: { data: "AAAA" } };
  const turns: Turn[] = [
    assistant(call("a", "f")),
    tool({ ...result("a"), content: [image], json: { n: 1, m: null } }),
  ];
  const can = { tools: { resultMedia: ["image"] }, media: { image: ["data" as const] } };

  test("stays one beside its media where that can be", () => {
    const { request } = fitTo({ ...can, tools: { ...can.tools, resultJson: true } }, { turns });
    expect(request.turns[1]!.parts[0]).toMatchObject({ content: [image], json: { n: 1, m: null } });
  });

  test("is its JSON before its media elsewhere", () => {
    const { request } = fitTo(can, { turns });
    const [part] = request.turns[1]!.parts;
    expect(part).toMatchObject({ content: [{ type: "text", text: '{"n":1,"m":null}' }, image] });
    expect(part).not.toHaveProperty("json");
  });
});

describe("results follow their calls", () => {
  test.each<[string, Turn[], string[]]>([
    ["as they are", [assistant(call("a", "f")), tool(result("a"))], ["a:call a", "t:result a"]],
    [
      "in call order",
      [assistant(call("a", "f"), call("b", "f")), tool(result("b"), result("a"))],
      ["a:call a+call b", "t:result a+result b"],
    ],
    [
      "from two turns",
      [assistant(call("a", "f"), call("b", "f")), tool(result("a")), tool(result("b"))],
      ["a:call a+call b", "t:result a+result b"],
    ],
    [
      "of an answer in several turns",
      [assistant(call("a", "f")), assistant(call("b", "f")), assistant("x"), tool(result("a"), result("b"))],
      ["a:call a+call b+x", "t:result a+result b"],
    ],
    [
      "before the text",
      [assistant(call("a", "f")), user("x"), tool(result("a"))],
      ["a:call a", "t:result a", "u:x"],
    ],
    [
      "around an instruction",
      [assistant(call("a", "f")), system("s"), tool(result("a"))],
      ["a:call a", "t:result a", "s:s"],
    ],
    [
      "with text in the middle",
      [assistant(call("a", "f")), tool(result("a")), { ...user("x"), joined: true }],
      ["a:call a", "t:result a", "u:x"],
    ],
    [
      "an id that is used again",
      [assistant(call("a", "f")), tool(result("a")), assistant(call("a", "g")), tool(result("a"))],
      ["a:call a", "t:result a", "a:call a", "t:result a"],
    ],
    [
      "in a user turn",
      [assistant(call("a", "f")), user("x", result("a"))],
      ["a:call a", "t:result a", "u:x"],
    ],
  ])("%s", (_, turns, becomes) => {
    const { request } = fitTo({ midSystem: "native" }, { turns: [user("hi"), ...turns] });
    expect(shape(request.turns).slice(1)).toEqual(becomes);
  });

  test("know the name of the tool", () => {
    const turns = [user("hi"), assistant(call("a", "f"), call("b", "g")), tool(result("b"), result("a"))];
    expect(fitTo({}, { turns }).request.turns[2]?.parts).toMatchObject([{ name: "f" }, { name: "g" }]);
  });

  test("keep their own order where that does not matter", () => {
    const turns = [user("hi"), assistant(call("a", "f"), call("b", "g")), tool(result("b"), result("a"))];
    const { request } = fitTo({ tools: { resultOrder: false } }, { turns });
    expect(request.turns[2]?.parts).toMatchObject([
      { callId: "b", name: "g" },
      { callId: "a", name: "f" },
    ]);
  });

  test("without ids match by name and order", () => {
    const turns = [
      user("hi"),
      assistant(call("", "f"), call("", "g"), call("", "f")),
      tool(result("", "1", { name: "f" }), result("", "2", { name: "f" }), result("", "3", { name: "g" })),
    ];
    const { request } = fitTo({}, { turns });
    const ids = request.turns[1]!.parts.map((part) => part.type === "tool_call" && part.id);
    expect(new Set(ids).size).toBe(3);
    expect(request.turns[2]?.parts).toMatchObject([
      { content: [text("1")] },
      { content: [text("3")] },
      { content: [text("2")] },
    ]);
  });

  test.each<[string, Turn[], string]>([
    [
      "a call without a result",
      [assistant(call("a", "f"), call("b", "g")), tool(result("a"))],
      'results.missing: the call "b" of tool "g" has no result',
    ],
    ["calls at the end", [assistant(call("a", "f"))], 'results.missing: the call "a"'],
    ["a result before its call", [tool(result("a")), assistant(call("a", "f"))], "results.missing"],
    [
      "a result without a call",
      [tool(result("zz"))],
      'results.orphan: the tool result "zz" answers no call before it (turns[1].parts[0])',
    ],
    [
      "a second result",
      [assistant(call("a", "f")), tool(result("a"), result("a"))],
      "answers a call that has a result already",
    ],
  ])("%s is refused", (_, turns, message) => {
    expect(refusal(() => fitTo({ prefill: true }, { turns: [user("hi"), ...turns] }))).toContain(message);
  });

  test("a result may stand alone where the target holds the call", () => {
    const { request } = fitTo(
      { state: { previousId: true } },
      { turns: [tool(result("a")), user("x")], state: { previousId: "r" } },
    );
    expect(shape(request.turns)).toEqual(["t:result a", "u:x"]);
  });
});

describe("content of results", () => {
  const image: Part = { type: "media", kind: "image", mime: "image/png", src: { data: "AA==" } };
  const turns = [
    user("hi"),
    assistant(call("a", "f"), call("b", "f")),
    tool(result("a", [text("see"), image]), result("b", "r")),
    { ...user("x"), joined: true },
  ];

  test("an image stays where it may", () => {
    const { request } = fitTo({ tools: { resultMedia: ["image"] }, media: { image: ["data"] } }, { turns });
    expect(request.turns[2]?.parts[0]).toMatchObject({ content: [text("see"), image] });
  });

  test("else it comes after the whole batch", () => {
    const fitted = fitTo({ media: { image: ["data"] } }, { turns });
    expect(shape(fitted.request.turns)).toEqual([
      "u:hi",
      "a:call a+call b",
      "t:result a+result b",
      "u:[image from the tool result above]+media",
      "u:x",
    ]);
    expect(fitted.request.turns[2]?.parts[0]).toMatchObject({
      content: [text("see"), text("[image: in the next user message]")],
    });
    expect(losses(fitted)).toEqual(["results.media emulate turns[2].parts[0].content[1]"]);
  });

  test("and a model that sees none is told so", () => {
    const fitted = fitTo({}, { turns });
    expect(shape(fitted.request.turns)).toHaveLength(4);
    expect(losses(fitted)).toEqual(["results.media drop turns[2].parts[0].content[1]"]);
  });

  test("failure is a mark where there is one", () => {
    const failed = [user("hi"), assistant(call("a", "f")), tool(result("a", "boom", { isError: true }))];
    expect(
      fitTo({ tools: { resultError: true } }, { turns: failed }).request.turns[2]?.parts[0],
    ).toMatchObject({ isError: true });
    const fitted = fitTo({}, { turns: failed });
    expect(fitted.request.turns[2]?.parts[0]).not.toHaveProperty("isError");
    expect(losses(fitted)).toEqual(["results.error drop turns[2].parts[0].isError"]);
  });

  test("an unknown part is JSON text", () => {
    const found: Part = { type: "raw", protocol: "client", value: { type: "search_result", title: "t" } };
    const fitted = fitTo({}, { turns: [user("hi"), assistant(call("a", "f")), tool(result("a", [found]))] });
    expect(fitted.request.turns[2]?.parts[0]).toMatchObject({
      content: [text('{"type":"search_result","title":"t"}')],
    });
    expect(losses(fitted)).toEqual(["results.raw emulate turns[2].parts[0].content[0]"]);
  });
});
