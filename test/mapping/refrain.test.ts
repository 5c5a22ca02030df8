/** Events that come again and again are told, and drawn, from what the first of them taught; nothing else changes. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { builtInMappings, loadMappings } from "../../src/bridge/mappings.ts";
import { encodeStream } from "../../src/golden/streams.ts";
import type { StreamEvent } from "../../src/mapping/canonical.ts";
import type { Mapping } from "../../src/mapping/types.ts";

const { mappings } = loadMappings();
const of = (name: string): Mapping => mappings.get(name)!;
afterEach(() => vi.restoreAllMocks());

/** Decodes events one by one; says of each whether it was parsed whole. */
function decode(name: string, events: readonly (readonly [data: string, name?: string])[]) {
  const decoder = of(name).stream.decode!({});
  const out: StreamEvent[] = [];
  const parsed: string[] = [];
  const parse = JSON.parse;
  vi.spyOn(JSON, "parse").mockImplementation((text: string) => {
    parsed.push(text);
    return parse(text) as unknown;
  });
  const isParsed = events.map(([data, event]) => {
    parsed.length = 0;
    decoder.push(data, event, out);
    return parsed.includes(data);
  });
  vi.restoreAllMocks();
  return { isParsed, deltas: out.flatMap((one) => (one.type === "block.delta" ? [one.v] : [])), out };
}

const token = (delta: object, more: object = {}): [string] => [
  JSON.stringify({
    id: "1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta }],
    ...more,
  }),
];
const block = (text: string): [string, string] => [
  JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
  "content_block_delta",
];

describe("decoding", () => {
  test("the third token on is not parsed", () => {
    const words = ["a", "b", "c", "d", "e"];
    const { isParsed, deltas } = decode("anthropic", words.map(block));
    expect(deltas).toEqual(words);
    expect(isParsed).toEqual([true, true, false, false, false]);
  });

  test("whatever the text", () => {
    const words = ["a", "b", 'say "no"', "\n\\", "\u2028 \ud83d\ude00 \ud800.", "", "ü", "}", "null"];
    const { deltas } = decode("anthropic", words.map(block));
    expect(deltas).toEqual(words.filter((word) => word !== "").map((word) => word.toWellFormed()));
  });

  test("numbers and texts that no row looks at may differ", () => {
    const chunks = ["a", "b", "c", "d"].map((content, i) =>
      token({ content }, { obfuscation: "x".repeat(i), created: 1 + i * 1.5 }),
    );
    const { isParsed, deltas } = decode("openai-chat", chunks);
    expect(deltas).toEqual(["a", "b", "c", "d"]);
    expect(isParsed).toEqual([true, true, false, false]);
  });

  test.each<[string, [string, string?]]>([
    ["another event name", [block("x")[0], "other"]],
    ["a text that is not closed", [block("x")[0].replace('x"', "x"), "content_block_delta"]],
    ["a raw control character", [block("x")[0].replace("x", "\t"), "content_block_delta"]],
    ["an escape that is none", [block("x")[0].replace("x", "\\x"), "content_block_delta"]],
    ["a member more", [block("x")[0].replace("}", ',"z":1}'), "content_block_delta"]],
    ["something behind it", [`${block("x")[0]} x`, "content_block_delta"]],
    ["another block", [block("x")[0].replace('"index":0', '"index":1'), "content_block_delta"]],
  ])("%s is looked at", (_, event) => {
    const { isParsed, out } = decode("anthropic", [block("a"), block("b"), block("c"), event]);
    expect(isParsed).toEqual([true, true, false, true]);
    const plain = decode("anthropic", [block("abc"), event]);
    expect(out.at(-1)).toEqual(plain.out.at(-1));
  });

  test("a value that a row looks at is never taken for one that it does not", () => {
    const calls = ["a", "b", "c", "d"].map((id) =>
      token({ tool_calls: [{ index: 0, id, function: { name: "f", arguments: "{}" } }] }),
    );
    const { isParsed } = decode("openai-chat", calls);
    expect(isParsed).toEqual([true, true, true, true]);
  });

  test("an empty text is not one that a row found there", () => {
    const { isParsed } = decode(
      "openai-chat",
      ["a", "b", "c", "d", "", "e"].map((content) => token({ content })),
    );
    expect(isParsed).toEqual([true, true, false, false, true, true]);
  });

  test("what was learned is forgotten when the state may have changed", () => {
    const chunk = (content: string): [string] => token({ content });
    const events = [
      chunk("a"),
      chunk("b"),
      chunk("c"),
      chunk("d"),
      token({ tool_calls: [{ index: 0, id: "x", function: { name: "f", arguments: "" } }] }),
      chunk("e"),
    ];
    expect(decode("openai-chat", events).isParsed).toEqual([true, true, false, false, true, true]);
  });
});

/** The canonical streams of all golden cases. */
const streams = readdirSync(builtInMappings).flatMap((folder) => {
  const cases = join(builtInMappings, folder, "cases");
  return (existsSync(cases) ? readdirSync(cases) : []).flatMap((name) => {
    const file = join(cases, name, "stream.canonical.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return [{ name: `${folder}/${name}`, events: lines.map((line) => JSON.parse(line) as StreamEvent) }];
  });
});

/** Every delta of text cut into letters, so that there are runs of them. */
const spelled = (events: readonly StreamEvent[]): StreamEvent[] =>
  events.flatMap((event) =>
    event.type === "block.delta" && typeof event.v === "string" && event.v !== ""
      ? [...event.v].map((v) => ({ ...event, v }))
      : [event],
  );
/** The same events, none of which can be taken for more of the one before it: candidate 0 may be said or not. */
const apart = (events: readonly StreamEvent[]): StreamEvent[] =>
  events.map(
    (event, i) =>
      (event.type === "block.delta" && !event.c
        ? { ...event, c: i % 2 === 0 ? 0 : undefined }
        : event) as StreamEvent,
  );

describe.each([...mappings.values()].filter(({ stream }) => stream.encode).map(({ name }) => name))(
  "%s draws",
  (name) => {
    test("runs of deltas as it draws each of them alone", () => {
      expect(streams.length).toBeGreaterThan(50);
      for (const { name: from, events } of streams) {
        const run = spelled(events);
        expect(encodeStream(of(name), run), from).toBe(encodeStream(of(name), apart(run)));
      }
    });
  },
);
