import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventReader } from "../../src/text/reader.ts";
import { createSseReader, formatEvent } from "../../src/text/sse.ts";
import { bytesOf, everyWay } from "./bytes.ts";

type Event = [data: string, name: string | undefined];

function reading(sentinel?: string): (feed: (reader: EventReader) => void) => Event[] {
  return (feed) => {
    const events: Event[] = [];
    const reader = createSseReader(
      (data, name) => events.push([data, name]),
      () => events.push(["too long", undefined]),
      { sentinel },
    );
    feed(reader);
    reader.end();
    return events;
  };
}

/** However the bytes arrive, the events are these. */
function expectEvents(text: string | Uint8Array, events: Event[], sentinel?: string): void {
  const bytes = typeof text === "string" ? bytesOf(text) : text;
  for (const result of everyWay(bytes, reading(sentinel))) expect(result).toEqual(events);
}

const story =
  ': hello\nevent: a\ndata: {"x":"é…𝄞"}\n\ndata:1\ndata: 2\nid: 7\nretry: 10\n\n:\n\ndata: {}\nevent: late\n\n';
const told: Event[] = [
  ['{"x":"é…𝄞"}', "a"],
  ["1\n2", undefined],
  ["{}", "late"],
];

describe("createSseReader", () => {
  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("reads the same events with %s, cut anywhere", (_, end) => {
    expectEvents(story.replaceAll("\n", end), told);
  });

  test("takes line ends in any mixture", () => {
    expectEvents("data: 1\r\ndata: 2\rdata: 3\n\r\ndata: 4\r\r\n", [
      ["1\n2\n3", undefined],
      ["4", undefined],
    ]);
  });

  test("ignores one byte order mark at the start", () => {
    expectEvents(`\uFEFF${story}`, told);
  });

  test("takes one space after the colon away, and no more", () => {
    expectEvents("data:  1\n\ndata:2\n\n", [
      [" 1", undefined],
      ["2", undefined],
    ]);
  });

  test("replaces invalid UTF-8", () => {
    const bytes = Uint8Array.of(...bytesOf("data: a"), 0xff, 0xc3, ...bytesOf("b\n\n"));
    expectEvents(bytes, [["a\uFFFD\uFFFDb", undefined]]);
  });

  test("skips fields that it does not know, lines that are none, and events without data", () => {
    expectEvents('{"error":"this is no event stream"}\nfoo: bar\ndata\n\ndata: 1\n\n', [["1", undefined]]);
  });

  test.each([
    ["JSON that is whole", 'data: {"a":1}', [['{"a":1}', undefined]]],
    ["JSON with its line end", 'event: x\ndata: {"a":1}\r', [['{"a":1}', "x"]]],
    ["the sentinel", "data: [DONE]", [["[DONE]", undefined]]],
    ["JSON that is cut", 'data: {"a":1', []],
    ["other text", "data: hello", []],
    ["a field that is cut", "dat", []],
  ] satisfies [string, string, Event[]][])("at the end, without the empty line: %s", (_, tail, events) => {
    expectEvents(`data: 0\n\n${tail}`, [["0", undefined], ...events], "[DONE]");
  });

  test("says once that an event is too long, and reads no further", () => {
    let tooLong = 0;
    const events: string[] = [];
    const reader = createSseReader(
      (data) => events.push(data),
      () => tooLong++,
      { maxLength: 100 },
    );
    reader.push(bytesOf(`data: 1\n\ndata: ${"x".repeat(60)}`));
    reader.push(bytesOf("x".repeat(60)));
    reader.push(bytesOf("\n\ndata: 2\n\n"));
    reader.end();
    expect({ events, tooLong }).toEqual({ events: ["1"], tooLong: 1 });
  });

  test("reads random events in random pieces", () => {
    const event = fc.record({
      data: fc.string({ unit: "binary", minLength: 1 }).map((text) => text.replace(/[\r\n]/g, "_")),
      name: fc.option(fc.stringMatching(/^[a-z.]{1,9}$/), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat({ max: 500 })), (events, cuts) => {
        const bytes = bytesOf(events.map(({ data, name }) => formatEvent(data, name)).join(""));
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
        const read = reading()((reader) =>
          at.forEach((from, i) => reader.push(bytes.subarray(from, at[i + 1]))),
        );
        expect(read).toEqual(events.map(({ data, name }) => [new TextDecoder().decode(bytesOf(data)), name]));
      }),
    );
  });
});

describe("formatEvent", () => {
  test("ends with an empty line, with and without a name", () => {
    expect(formatEvent('{"a":1}')).toBe('data: {"a":1}\n\n');
    expect(formatEvent('{"a":1}', "x")).toBe('event: x\ndata: {"a":1}\n\n');
  });

  test("frames a line break so that it forges no event", () => {
    expect(formatEvent("a\n\ndata: forged\r\nb\rc")).toBe(
      "data: a\ndata: \ndata: data: forged\ndata: b\ndata: c\n\n",
    );
  });
});
