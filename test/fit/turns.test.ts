import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { Part, TextPart, Turn } from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { resolveCapabilities } from "../../src/mapping/resolve-capabilities.ts";
import {
  assistant,
  call,
  fitTo,
  freeze,
  losses,
  names,
  refusal,
  request,
  result,
  shape,
  system,
  text,
  tool,
  user,
} from "./support.ts";

function reminder(value: string): string {
  return `<system-reminder>\n${value}\n</system-reminder>`;
}

describe("instructions in mid-conversation", () => {
  test.each<[string, CapabilityOverride["midSystem"], Turn[], string[]]>([
    ["anywhere", "native", [user("a"), system("s"), user("b")], ["u:a", "s:s", "u:b"]],
    ["as a reminder", "reminder", [user("a"), system("s"), user("b")], ["u:a", `u:${reminder("s")}`, "u:b"]],
    [
      "after a user turn",
      "after-user",
      [user("a"), system("s"), assistant("b"), user("c")],
      ["u:a", "s:s", "a:b", "u:c"],
    ],
    ["at the end", "after-user", [user("a"), system("s")], ["u:a", "s:s"]],
    [
      "before a user turn",
      "after-user",
      [user("a"), system("s"), user("b")],
      ["u:a", `u:${reminder("s")}`, "u:b"],
    ],
    [
      "two of them",
      "after-user",
      [user("a"), system("s"), system("t"), assistant("b"), user("c")],
      ["u:a", "s:s+t", "a:b", "u:c"],
    ],
    [
      "after results",
      "after-user",
      [user("a"), assistant(call("1", "f")), tool(result("1")), system("s")],
      ["u:a", "a:call 1", "t:result 1", "s:s"],
    ],
  ])("%s", (_, midSystem, turns, becomes) => {
    expect(shape(fitTo({ midSystem }, { turns }).request.turns)).toEqual(becomes);
  });

  test("white space alone is nothing to a target that refuses it", () => {
    const blank = { type: "text" as const, text: " \n" };
    const asked = {
      system: [blank, { type: "text" as const, text: "a" }],
      turns: [
        system("\t"),
        user("b", "\n\n"),
        assistant("\n\n", call("1", "f")),
        tool(result("1")),
        user(" "),
      ],
    };
    const { request: fitted } = fitTo({ blankText: false }, asked);
    expect(fitted.system.map((part) => part.text)).toEqual(["a"]);
    expect(shape(fitted.turns)).toEqual(["u:b", "a:call 1", "t:result 1"]);
    expect(shape(fitTo({}, asked).request.turns)).toContain("a:\n\n+call 1");
  });

  test("leading ones are instructions", () => {
    const { request } = fitTo({}, { system: [{ type: "text", text: "a" }], turns: [system("b"), user("c")] });
    expect(request.system.map((part) => part.text)).toEqual(["a", "b"]);
    expect(shape(request.turns)).toEqual(["u:c"]);
  });

  test("leading ones of a named participant are examples", () => {
    const turns = [system("b"), { ...system("Guten Tag"), name: "example_user" }, user("c")];
    const { request } = fitTo({ names: true, midSystem: "after-user" }, { turns });
    expect(request.system.map((part) => part.text)).toEqual(["b"]);
    expect(request.turns[0]?.name).toBe("example_user");
  });

  test("without parts, for what the target's own extension says", () => {
    const setting = { ...assistant(), role: "system" as const, ext: { target: { effort: "max" } } };
    const turns = [user("a"), setting];
    expect(fitTo({ midSystem: "after-user" }, { turns }).request.turns).toEqual(turns);
    const fitted = fitTo({}, { turns });
    expect(shape(fitted.request.turns)).toEqual(["u:a"]);
    expect(losses(fitted)).toContain("ext.effort drop turns[1].ext.target.effort");
  });
});

describe("the conversation as a whole", () => {
  test("neighbours of one role stay parts of one turn", () => {
    const turns = [user("a"), user("b"), assistant("c"), assistant("d"), user("e")];
    expect(shape(fitTo({ alternate: true }, { turns }).request.turns)).toEqual(["u:a+b", "a:c+d", "u:e"]);
    expect(fitTo({ alternate: false }, { turns }).request.turns).toBe(turns);
  });

  test("empty turns go, and their neighbours meet", () => {
    const turns = [user("a"), assistant(""), user("b")];
    expect(shape(fitTo({ alternate: true }, { turns }).request.turns)).toEqual(["u:a+b"]);
  });

  test("a user begins", () => {
    const fitted = fitTo({ alternate: true }, { turns: [assistant("hi"), user("a")] });
    expect(fitted.request.turns.map((turn) => turn.role)).toEqual(["user", "assistant", "user"]);
    expect(losses(fitted)).toEqual(["turns.first emulate turns[0]"]);
  });

  test("instructions alone are what the user says, where a user must begin", () => {
    const said = { type: "text" as const, text: "Write a haiku." };
    const asked = { system: [{ type: "text" as const, text: "Be brief." }, said], turns: [] };
    const fitted = fitTo({ alternate: true }, asked);
    expect(fitted.request).toMatchObject({
      system: [{ text: "Be brief." }],
      turns: [{ role: "user", parts: [said] }],
    });
    expect(losses(fitted)).toEqual(["turns.none emulate system[1]"]);
    expect(fitTo({ alternate: true }, { ...asked, turns: [user("")] }).request.turns).toHaveLength(1);
    expect(fitTo({}, asked).request.turns).toEqual([]);
  });

  test("a last assistant turn is continued, or refused", () => {
    const turns = [user("a"), assistant("The answer is")];
    expect(fitTo({ prefill: true }, { turns }).request.turns).toBe(turns);
    expect(fitTo({ raw: ["client"] }, { turns }).request.turns).toBe(turns);
    expect(refusal(() => fitTo({}, { turns }))).toMatch(/^400 turns.prefill/);
    const counted = fit(freeze(request({ turns })), resolveCapabilities([{}])("m", {}), {
      ...names,
      counts: true,
    });
    expect(counted.request.turns).toEqual(turns);
  });

  test("names, phases, citations", () => {
    const annotations = [{ kind: "url" as const, url: "https://x" }];
    const turns: Turn[] = [
      { ...user("a"), name: "Ann", ext: { client: { weight: 0 }, target: { x: 1 } } },
      assistant({ type: "text", text: "b", annotations, phase: "commentary" }),
      user({ type: "text", text: "c", annotations }),
    ];
    const fitted = fitTo({}, { turns });
    expect(fitted.request.turns).toEqual([
      { ...user("a"), ext: { target: { x: 1 } } },
      assistant("b"),
      user("c"),
    ]);
    expect(losses(fitted)).toEqual([
      "turns.name drop turns[0].name",
      "ext.weight drop turns[0].ext.client.weight",
      "turns.annotations drop turns[1].parts[0].annotations",
      "turns.phase drop turns[1].parts[0].phase",
      "turns.annotations drop turns[2].parts[0].annotations",
    ]);
    const kept = fitTo(
      { names: true, phase: true, annotations: true, raw: ["client"] },
      { turns: turns.slice(0, 2).concat(user("c")) },
    );
    expect(kept.losses).toEqual([]);
  });

  test("citations of some kinds, without what only their vendor can say", () => {
    const url = { kind: "url" as const, url: "https://x" };
    const token = { issuer: "v", kind: "signature", data: "s" };
    const file = { kind: "file" as const, source: { filename: "f" } };
    const annotations = [url, { ...url, opaque: [token] }, file];
    const turns = [user("a"), assistant({ type: "text", text: "b", annotations }), user("c")];
    const fitted = fitTo({ annotations: ["url"] }, { turns });
    expect(fitted.request.turns[1]?.parts).toMatchObject([{ annotations: [url, url] }]);
    expect(losses(fitted)).toEqual([
      "turns.annotations approximate turns[1].parts[0].annotations[1]",
      "turns.annotations drop turns[1].parts[0].annotations[2]",
    ]);
    expect(fitTo({ annotations: [], raw: ["client"] }, { turns }).request.turns).toBe(turns);
  });
});

describe("pieces of a text", () => {
  const piece = (said: string, members: Partial<TextPart> = {}): TextPart => ({
    type: "text",
    text: said,
    continues: true,
    ...members,
  });
  const token = { issuer: "v", kind: "signature", data: "s" };
  const said = (parts: Part[], can: CapabilityOverride = {}): unknown[] => {
    const turns = [user("x"), assistant(...parts), user("y")];
    const [, answer] = fitTo(can, { turns }).request.turns;
    return answer!.parts.map((part) => (part.type === "text" ? part.text : part.type));
  };

  test("are one text, whoever signed them", () => {
    expect(said([text("I wil"), piece("l loo"), piece("k.", { opaque: [token] })])).toEqual(["I will look."]);
    expect(said([text("I will"), piece(""), piece(" look.")])).toEqual(["I will look."]);
  });

  test("stay pieces where the target takes them so, or one carries its own token", () => {
    expect(said([text("I wil"), piece("l look.")], { pieces: true })).toEqual(["I wil", "l look."]);
    expect(said([text("a"), piece("b", { opaque: [token] }), piece("c")], { issuer: "v" })).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  test("several texts stay several", () => {
    expect(said([text("One."), text("Two.")])).toEqual(["One.", "Two."]);
    const image: Part = { type: "media", kind: "image", mime: "image/png", src: { data: "AA==" } };
    const can = { media: { image: ["data" as const], assistant: ["image"] } };
    expect(said([text("One."), image, piece("Two.")], can)).toEqual(["One.", "media", "Two."]);
  });
});
