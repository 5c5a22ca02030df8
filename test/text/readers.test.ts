import { describe, expect, test } from "vitest";
import { createArrayReader } from "../../src/text/json-array.ts";
import { createLineReader } from "../../src/text/lines.ts";
import type { EventReader, OnEvent, ReaderOptions } from "../../src/text/reader.ts";
import { bytesOf, everyWay } from "./bytes.ts";

type Create = (onEvent: OnEvent, onTooLong: () => void, options?: ReaderOptions) => EventReader;

function expectEvents(create: Create, text: string, events: string[]): void {
  const results = everyWay(bytesOf(text), (feed) => {
    const read: string[] = [];
    const reader = create(
      (data) => read.push(data),
      () => read.push("too long"),
      { sentinel: "[DONE]" },
    );
    feed(reader);
    reader.end();
    return read;
  });
  for (const result of results) expect(result).toEqual(events);
}

function expectBound(create: Create, pieces: string[], events: string[]): void {
  let tooLong = 0;
  const read: string[] = [];
  const reader = create(
    (data) => read.push(data),
    () => tooLong++,
    { maxLength: 20 },
  );
  for (const piece of pieces) reader.push(bytesOf(piece));
  reader.end();
  expect({ read, tooLong }).toEqual({ read: events, tooLong: 1 });
}

describe("createLineReader", () => {
  test("reads a value a line, whatever ends it, and skips empty lines", () => {
    expectEvents(createLineReader, '\uFEFF{"a":"é𝄞"}\n\n  {"b":2}\r\n\r\n[DONE]\n', [
      '{"a":"é𝄞"}',
      '{"b":2}',
      "[DONE]",
    ]);
  });

  test("takes a last line without its end if it is whole", () => {
    expectEvents(createLineReader, "1\n[2]", ["1", "[2]"]);
    expectEvents(createLineReader, "1\n[DONE]", ["1", "[DONE]"]);
    expectEvents(createLineReader, "1\n[2", ["1"]);
  });

  test("stops at a line that is too long", () => {
    expectBound(createLineReader, ["1\n", '"xxxxxxxxxxxx', "xxxxxxxxxxxx", '"\n2\n'], ["1"]);
  });
});

describe("createArrayReader", () => {
  test("reads the objects of an array, with strings that look like more", () => {
    const items = ['{"a":"é𝄞 ]}, \\" {["}', '{"b":[1,{"c":{}}]}', "{}"];
    expectEvents(createArrayReader, `[${items.join("\r\n,\r\n")}\n]`, items);
    expectEvents(createArrayReader, ` \n[ ${items.join(",")} ] `, items);
    expectEvents(createArrayReader, "[]", []);
  });

  test("takes an object that stands alone, as errors do", () => {
    expectEvents(createArrayReader, '{"error":{"code":[1]}}', ['{"error":{"code":[1]}}']);
  });

  test("drops an object that is cut short", () => {
    expectEvents(createArrayReader, '[{"a":1},{"b":2', ['{"a":1}']);
  });

  test("stops at an object that is too long", () => {
    expectBound(createArrayReader, ['[{"a":1},', '{"xxxxxxxxxxxx', "xxxxxxxxxxxx", '":1},{}]'], ['{"a":1}']);
  });
});
