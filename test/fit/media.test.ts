import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { MediaPart, Part } from "../../src/mapping/canonical.ts";
import { assistant, call, fitTo, losses, refusal, result, text, tool, user } from "./support.ts";

const base64 = (value: string): string => Buffer.from(value).toString("base64");
const media = (
  kind: MediaPart["kind"],
  src: MediaPart["src"],
  members: Partial<MediaPart> = {},
): MediaPart => ({ type: "media", kind, src, ...members });
const png = media("image", { data: "AA==" }, { mime: "image/png" });
const can = (members: NonNullable<CapabilityOverride["media"]>): CapabilityOverride => ({ media: members });

describe("types", () => {
  test.each([
    ["image/jpg", "image/jpeg"],
    ["image/PJPEG", "image/jpeg"],
    ["image/heic", "image/heic"],
    ["constructor", "constructor"],
  ])("%s is sent as %s", (written, sent) => {
    const turns = [user(media("image", { data: "AA==" }, { mime: written }))];
    const fitted = fitTo(can({ image: ["data"] }), { turns });
    expect(fitted.request.turns[0]?.parts).toMatchObject([{ mime: sent }]);
    expect(fitted.losses).toEqual([]);
  });

  test("a target may have names of its own", () => {
    const turns = [user(media("image", { data: "AA==" }, { mime: "image/jpeg" }))];
    const own = can({ image: ["data"], mimes: ["image/jpg"], aliases: { "image/jpeg": "image/jpg" } });
    expect(fitTo(own, { turns }).request.turns[0]?.parts).toMatchObject([{ mime: "image/jpg" }]);
  });
});

describe("media of the user", () => {
  test.each<[string, CapabilityOverride, MediaPart]>([
    ["an image", can({ image: ["data"] }), png],
    ["a type among those taken", can({ image: ["data"], mimes: ["image/*"] }), png],
    [
      "a file of the target's own",
      { ...can({ image: ["fileId"] }), owner: "v" },
      media("image", { fileId: "f", owner: "v" }),
    ],
    ["a document by URL", can({ document: ["url"] }), media("document", { url: "https://x/a.pdf" })],
    ["text as a document", can({ document: ["text"] }), media("document", { text: "t" })],
  ])("%s is carried", (_, override, part) => {
    const fitted = fitTo(override, { turns: [user(part)] });
    expect(fitted.request.turns[0]?.parts).toEqual([part]);
    expect(fitted.losses).toEqual([]);
  });

  test.each<[string, CapabilityOverride, MediaPart, string]>([
    ["no images", {}, png, "media.image: the upstream model takes no image"],
    ["no audio", can({ image: ["data"] }), media("audio", { data: "AA==" }), "media.audio"],
    ["no video", {}, media("video", { url: "https://x" }), "media.video"],
    [
      "no URLs",
      can({ document: ["data"] }),
      media("document", { url: "https://x/a.pdf" }),
      "media.document: the upstream model takes no document by url; send data",
    ],
    [
      "a file that another holds",
      { ...can({ image: ["fileId"] }), owner: "v" },
      media("image", { fileId: "f", owner: "w" }),
      "held by another vendor",
    ],
    [
      "a type that is not taken",
      can({ image: ["data"], mimes: ["image/jpeg"] }),
      png,
      "media.type: the upstream model takes no image of type image/png",
    ],
  ])("%s: refused", (_, override, part, message) => {
    expect(refusal(() => fitTo(override, { turns: [user("see", part)] }))).toContain(`${message}`);
  });

  test.each<[string, CapabilityOverride, MediaPart, Part[], string[]]>([
    [
      "text in the message",
      {},
      media("document", { text: "body" }, { title: "A" }),
      [text('<document title="A">\nbody\n</document>')],
      ["media.text emulate turns[0].parts[0]"],
    ],
    [
      "text that came as data",
      can({ document: ["data"], mimes: ["application/pdf"] }),
      media("document", { data: base64("a,b") }, { mime: "text/csv", name: "t.csv" }),
      [text('<document title="t.csv">\na,b\n</document>')],
      ["media.text emulate turns[0].parts[0]"],
    ],
    [
      "text that came as data, as text",
      can({ document: ["text"] }),
      media("document", { data: base64("a") }, { mime: "text/plain" }),
      [media("document", { text: "a" }, { mime: "text/plain" })],
      [],
    ],
    [
      "a document of parts",
      can({ image: ["data"] }),
      media("document", { parts: [text("a"), png] }),
      [text("a"), png],
      ["media.text emulate turns[0].parts[0]"],
    ],
    [
      "settings",
      can({ image: ["data"] }),
      media("image", { data: "AA==" }, { detail: "high", title: "t", context: "c", citations: true }),
      [media("image", { data: "AA==" })],
      [
        "media.detail drop turns[0].parts[0].detail",
        "documents.title drop turns[0].parts[0].title",
        "documents.context drop turns[0].parts[0].context",
        "documents.citations drop turns[0].parts[0].citations",
      ],
    ],
    [
      "a title where there are file names only",
      { ...can({ document: ["data"] }), documents: { name: true } },
      media("document", { data: "AA==" }, { title: "t" }),
      [media("document", { data: "AA==" }, { name: "t" })],
      ["documents.title approximate turns[0].parts[0].title"],
    ],
    [
      "a file name where there are titles only",
      { ...can({ document: ["data"] }), documents: { title: true } },
      media("document", { data: "AA==" }, { name: "t.pdf" }),
      [media("document", { data: "AA==" }, { title: "t.pdf" })],
      [],
    ],
    [
      "a file name beside a title",
      { ...can({ document: ["data"] }), documents: { title: true } },
      media("document", { data: "AA==" }, { name: "t.pdf", title: "t" }),
      [media("document", { data: "AA==" }, { title: "t" })],
      ["documents.name drop turns[0].parts[0].name"],
    ],
    [
      "a text that came as bytes is text where text is taken",
      can({ document: ["data", "text"] }),
      media("document", { data: base64("größer") }, { mime: "text/markdown" }),
      [media("document", { text: "größer" }, { mime: "text/markdown" })],
      [],
    ],
  ])("%s", (_, override, part, becomes, lost) => {
    const fitted = fitTo(override, { turns: [user(part)] });
    expect(fitted.request.turns[0]?.parts).toEqual(becomes);
    expect(losses(fitted)).toEqual(lost);
  });
});

describe("media of an earlier answer", () => {
  test("stay where they may", () => {
    const turns = [user("a"), assistant(png), user("b")];
    expect(fitTo(can({ image: ["data"], assistant: ["image"] }), { turns }).request.turns).toBe(turns);
  });

  test("else come in a user turn after it", () => {
    const fitted = fitTo(can({ image: ["data"] }), { turns: [user("a"), assistant("b", png), user("c")] });
    expect(fitted.request.turns).toEqual([
      user("a"),
      assistant("b"),
      user("[image from the assistant's message above]", png),
      user("c"),
    ]);
    expect(losses(fitted)).toEqual(["media.assistant emulate turns[1].parts[1]"]);
  });

  test("are never refused", () => {
    const spoken = media("audio", { fileId: "audio_1", owner: "w" }, { transcript: "hello" });
    const fitted = fitTo({}, { turns: [user("a"), assistant(spoken, png), user("c")] });
    expect(fitted.request.turns[1]).toEqual(assistant("hello"));
    expect(losses(fitted)).toEqual([
      "media.audio approximate turns[1].parts[0]",
      "media.image drop turns[1].parts[1]",
    ]);
  });
});

describe("cache marks", () => {
  const mark = { ttl: "1h" };
  const marked = (value: string): Part => ({ type: "text", text: value, cache: mark });
  const asked = {
    tools: [{ kind: "function" as const, name: "f", cache: mark }],
    system: [{ type: "text" as const, text: "s", cache: mark }],
    turns: [user(marked("a"), marked("b")), assistant("x"), user(marked("c"))],
  };
  test("four of five: tools, instructions, and the latest", () => {
    const fitted = fitTo({ cache: { marks: { max: 4 }, ttls: ["5m", "1h"] } }, asked);
    const { tools, system, turns } = fitted.request;
    expect([tools?.[0]?.cache, system[0]?.cache]).toEqual([mark, mark]);
    expect(turns[0]?.parts).toEqual([text("a"), marked("b")]);
    expect(turns[2]?.parts).toEqual([marked("c")]);
    expect(losses(fitted)).toEqual(["cache.marks clamp turns[0].parts[0].cache"]);
  });

  test("inside results and documents count as well", () => {
    const turns = [
      user(media("document", { parts: [marked("a")] })),
      assistant(call("1", "f")),
      tool(result("1", [marked("b")])),
    ];
    const can = { media: { image: [], document: ["parts"], audio: [], video: [], detail: false } } as const;
    const fitted = fitTo(can, { turns });
    expect(JSON.stringify(fitted.request)).not.toContain("cache");
    expect(losses(fitted)).toEqual([
      "cache.marks drop turns[0].parts[0].src.parts[0].cache",
      "cache.marks drop turns[2].parts[0].content[0].cache",
    ]);
  });

  test("none where there are none", () => {
    const fitted = fitTo({}, asked);
    expect(JSON.stringify(fitted.request)).not.toContain("cache");
    expect(losses(fitted)).toEqual([
      "cache.marks drop tools[0].cache",
      "cache.marks drop system[0].cache",
      "cache.marks drop turns[0].parts[0].cache",
      "cache.marks drop turns[0].parts[1].cache",
      "cache.marks drop turns[2].parts[0].cache",
    ]);
  });

  test.each([
    ["a time that the target has", { marks: true, ttls: ["5m"] }, { ttl: "5m" }],
    ["no time at all", { marks: true }, {}],
  ])("%s", (_, cache, becomes) => {
    expect(fitTo({ cache }, asked).request.system[0]?.cache).toEqual(becomes);
  });
});
