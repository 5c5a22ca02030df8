import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { Opaque, Part, ReasoningPart, Turn } from "../../src/mapping/canonical.ts";
import { assistant, call, fitTo, losses, result, text, tool, user } from "./support.ts";

const own: Opaque = { issuer: "v", kind: "signature", data: "own" };
const foreign: Opaque = { issuer: "w", kind: "signature", data: "foreign" };
const thought = (members: Partial<ReasoningPart> = {}): ReasoningPart => ({
  type: "reasoning",
  text: "hm",
  ...members,
});
const signed = (history: "signed" | "plain" | "none"): CapabilityOverride => ({
  issuer: "v",
  reasoning: { by: "effort", history },
});

describe("thoughts of earlier turns", () => {
  test.each<[string, CapabilityOverride, Part, Part | undefined]>([
    ["signed by the target", signed("signed"), thought({ opaque: [own] }), thought({ opaque: [own] })],
    [
      "signed, with no text left",
      signed("signed"),
      thought({ text: "", opaque: [own] }),
      thought({ text: "", opaque: [own] }),
    ],
    ["signed by both", signed("signed"), thought({ opaque: [own, foreign] }), thought({ opaque: [own] })],
    [
      "named after what a server holds, to one that holds nothing",
      signed("signed"),
      thought({ opaque: [{ ...own, kind: "reference" }] }),
      undefined,
    ],
    ["signed by another", signed("signed"), thought({ opaque: [foreign] }), undefined],
    ["unsigned", signed("signed"), thought(), undefined],
    ["plain", signed("plain"), thought({ opaque: [foreign] }), thought()],
    [
      "a summary",
      signed("plain"),
      thought({ text: undefined, summary: ["s"] }),
      thought({ text: undefined, summary: ["s"] }),
    ],
    [
      "redacted by another",
      signed("plain"),
      { type: "reasoning", redacted: true, opaque: [foreign] },
      undefined,
    ],
    ["not at all", signed("none"), thought({ opaque: [own] }), undefined],
  ])("%s", (_, can, part, becomes) => {
    const fitted = fitTo(can, { turns: [user("a"), assistant(part, "b"), user("c")] });
    expect(fitted.request.turns[1]?.parts).toEqual([...(becomes ? [becomes] : []), text("b")]);
    if (!becomes) expect(losses(fitted)).toEqual(["history.reasoning drop turns[1].parts[0]"]);
  });

  test("a foreign token on another part goes, the part stays", () => {
    const fitted = fitTo(
      { issuer: "v" },
      { turns: [user("a"), assistant({ type: "text", text: "b", opaque: [foreign] }), user("c")] },
    );
    expect(fitted.request.turns[1]).toEqual(assistant("b"));
    expect(losses(fitted)).toEqual(["history.opaque drop turns[1].parts[0].opaque"]);
  });
});

describe("a thought that nothing follows", () => {
  const turnsOf = (...parts: (string | Part)[]): Turn[] => [user("a"), assistant(...parts), user("b")];

  test("goes, and is told", () => {
    const fitted = fitTo(signed("signed"), { turns: turnsOf("x", thought({ opaque: [own] })) });
    expect(fitted.request.turns[1]).toEqual(assistant("x"));
    expect(losses(fitted)).toEqual(["history.reasoning drop turns[1].parts[1]"]);
  });

  test("goes with its turn, where it is all of it", () => {
    const turns = turnsOf(thought({ opaque: [own] }), thought({ opaque: [own] }));
    expect(fitTo(signed("signed"), { turns }).request.turns).toEqual([user("a"), user("b")]);
  });

  test("goes where what followed it cannot be sent", () => {
    const search: Part = { type: "server_call", id: "s", tool: "web_search" };
    const fitted = fitTo(signed("signed"), { turns: turnsOf("x", thought({ opaque: [own] }), search) });
    expect(fitted.request.turns[1]).toEqual(assistant("x"));
  });
});

describe("thought signatures that came through another format", () => {
  const token: Opaque = { issuer: "v", kind: "thoughtSignature", data: "sig" };
  const carrier: Part = { type: "reasoning", text: "", opaque: [token] };

  test.each<[string, Part[], Part[]]>([
    [
      "go back to the call",
      [carrier, call("1", "f"), call("2", "f")],
      [call("1", "f", { opaque: [token] }), call("2", "f")],
    ],
    [
      "go back to the call over a text that the client put behind its thoughts",
      [carrier, text("a"), call("1", "f")],
      [text("a"), call("1", "f", { opaque: [token] })],
    ],
    [
      "go back to the call from a thought with words that the client made of two",
      [thought({ text: "t", opaque: [token] }), text("a"), call("1", "f")],
      [text("a"), call("1", "f", { opaque: [token] })],
    ],
    [
      "stay with the thought where the call has its own",
      [thought({ text: "t", opaque: [token] }), call("1", "f", { opaque: [{ ...token, data: "own" }] })],
      [thought({ text: "t", opaque: [token] }), call("1", "f", { opaque: [{ ...token, data: "own" }] })],
    ],
    ["over a thought", [carrier, thought(), call("1", "f")], [call("1", "f", { opaque: [token] })]],
    [
      "to the text",
      [text("a"), carrier, text("b")],
      [text("a"), { type: "text", text: "b", opaque: [token] }],
    ],
  ])("%s", (_, parts, becomes) => {
    const calls = parts.filter((part) => part.type === "tool_call");
    const results = calls.map((one) => result(one.id!, "r"));
    const turns = [
      user("a"),
      assistant(...parts),
      ...(results.length > 0 ? [tool(...results)] : [user("z")]),
    ];
    expect(fitTo(signed("signed"), { turns }).request.turns[1]?.parts).toEqual(becomes);
  });

  test("to an empty text of their own at the end", () => {
    const turns = [user("a"), assistant("b", carrier), user("c")];
    expect(fitTo(signed("signed"), { turns }).request.turns[1]?.parts).toEqual([
      text("b"),
      { type: "text", text: "", opaque: [token] },
    ]);
  });

  test("and stay thoughts for a client of the same format", () => {
    const turns = [user("a"), assistant(carrier, "b"), user("c")];
    expect(fitTo({ ...signed("signed"), raw: ["client"] }, { turns }).request.turns).toBe(turns);
  });
});

describe("placeholders", () => {
  const placeholder = { kind: "thoughtSignature", data: "skip" };
  const can: CapabilityOverride = { issuer: "v", reasoning: { by: "level", history: "signed", placeholder } };

  test("stand on the first call of each step that has lost its token", () => {
    const lost = call("1", "f", { opaque: [foreign] });
    const kept = call("3", "f", { opaque: [{ ...own, kind: "thoughtSignature" }] });
    const turns = [
      user("a"),
      assistant(lost, call("2", "f")),
      tool(result("1"), result("2")),
      assistant(kept),
      tool(result("3")),
    ];
    const fitted = fitTo(can, { turns });
    expect(fitted.request.turns[1]?.parts).toEqual([
      call("1", "f", { opaque: [{ issuer: "v", ...placeholder }] }),
      call("2", "f"),
    ]);
    expect(fitted.request.turns[3]).toEqual(assistant(kept));
    expect(losses(fitted)).toEqual([
      "history.opaque drop turns[1].parts[0].opaque",
      "reasoning.placeholder emulate turns[1].parts[0]",
    ]);
  });
});

function loop(...parts: Part[]): Turn[] {
  return [user("a"), assistant(...parts, call("1", "f")), tool(result("1"))];
}

describe("a thought must stand before the last calls", () => {
  const can: CapabilityOverride = {
    issuer: "v",
    reasoning: { by: "budget", off: true, history: "signed", beforeTools: true },
  };

  test.each<[string, Turn[], unknown]>([
    ["and does", loop(thought({ opaque: [own] })), { mode: "on", budget: 5000 }],
    ["and is lost", loop(thought({ opaque: [foreign] })), { mode: "off" }],
    ["but the loop is over", [...loop(), assistant("b"), user("c")], { mode: "on", budget: 5000 }],
  ])("%s", (_, turns, becomes) => {
    expect(fitTo(can, { turns, reasoning: { budget: 5000 } }).request.reasoning).toEqual(becomes);
  });
});
