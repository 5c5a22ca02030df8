import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editJson, editValue } from "../../src/text/json-edit.ts";
import type { Edit } from "../../src/text/json-edit.ts";

const set = (path: string, value: unknown): Edit => ({ path: path.split("."), value });
const absent = (path: string, value: unknown): Edit => ({ path: path.split("."), value, onlyIfAbsent: true });
const remove = (path: string): Edit => ({ path: path.split("."), remove: true });

/** JSON has no -0. */
const printed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("editJson", () => {
  test.each<[string, string, Edit[], string]>([
    [
      "replaces a value",
      '{ "model" : "a" ,\n"x": 1.0 }',
      [set("model", "b")],
      '{ "model" : "b" ,\n"x": 1.0 }',
    ],
    ["adds a member", '{"a":1 }', [set("b", [2])], '{"a":1,"b":[2] }'],
    ["adds to an empty object", " { } ", [set("b", 2)], ' {"b":2 } '],
    ["removes the first", '{ "a": 1, "b": 2 }', [remove("a")], '{ "b": 2 }'],
    ["removes one in the middle", '{"a":1 , "b":2 , "c":3}', [remove("b")], '{"a":1 , "c":3}'],
    ["removes the last", '{"a":1, "b":2 }', [remove("b")], '{"a":1 }'],
    ["removes all and adds", '{"a":1,"b":2}', [remove("a"), remove("b"), set("c", 3)], '{"c":3}'],
    ["removes neighbours", '{"a":1,"b":2,"c":3,"d":4}', [remove("b"), remove("c")], '{"a":1,"d":4}'],
    ["replaces the last of two of one name", '{"a":1,"a":2}', [set("a", 3)], '{"a":1,"a":3}'],
    ["removes both of one name", '{"a":1,"b":0,"a":2}', [remove("a")], '{"b":0}'],
    ["keeps what is there", '{"a":null}', [absent("a", 1), absent("b", 2)], '{"a":null,"b":2}'],
    ["goes inside", '{"a":{"b": [1, 2 ,3]}}', [set("a.b.1", "x"), remove("a.b.0")], '{"a":{"b": ["x" ,3]}}'],
    ["makes what is missing on the way", "{}", [set("a.b.c", 1)], '{"a":{"b":{"c":1}}}'],
    ["appends to a list", '{"a":[1]}', [set("a.1", 2), set("a.5", 9), set("a.x", 9)], '{"a":[1,2]}'],
    ["lets a default stop at what is there", '{"a":5}', [absent("a.b", 1)], '{"a":5}'],
    ["finds a name that is written with escapes", '{"\\u0061\\"":1}', [set('a"', 2)], '{"\\u0061\\"":2}'],
    [
      "is not misled by text",
      '{"t":"\\\\\\"} \\"a\\":1","a":2}',
      [set("a", 3)],
      '{"t":"\\\\\\"} \\"a\\":1","a":3}',
    ],
    ["applies edits of one place in order", '{"a":1}', [remove("a"), absent("a", 2), set("a", 3)], '{"a":3}'],
    ["leaves other values alone", '"text"', [set("a", 1)], '"text"'],
    [
      "keeps numbers as they are written",
      '{"n":1e400,"big":12345678901234567890,"a":1}',
      [set("a", 2)],
      '{"n":1e400,"big":12345678901234567890,"a":2}',
    ],
  ])("%s", (_, text, edits, expected) => {
    expect(editJson(text, edits)).toBe(expected);
  });

  const key = fc.constantFrom("a", "b", "c", "d", "0", "1", 'q"\\', "é", "__proto__");
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 0 }),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("object"),
    ),
    object: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  }));
  const path = fc.array(key, { minLength: 1, maxLength: 3 });
  const edit = fc.oneof(
    fc.record({ path, value: fc.jsonValue({ maxDepth: 1 }).map(printed), onlyIfAbsent: fc.boolean() }),
    fc.record({ path, remove: fc.constant(true as const) }),
  );
  const space = fc.constantFrom(0, 1, "\t", "  ");

  test("gives what parsing, editing and printing would give", () => {
    fc.assert(
      fc.property(json.object, fc.array(edit, { maxLength: 4 }), space, (value, edits, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.parse(editJson(text, edits as Edit[]))).toEqual(
          editValue(JSON.parse(text), edits as Edit[]),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("leaves everything outside the edited member as it was, byte for byte", () => {
    fc.assert(
      fc.property(json.object, json.value, space, (rest, value, indent) => {
        const { mine: _, ...others } = rest as Record<string, unknown>;
        const text = JSON.stringify({ before: others, mine: 0, after: others }, null, indent);
        const at = text.indexOf('"mine":') + '"mine":'.length + (indent === 0 ? 0 : 1);
        const edited = editJson(text, [set("mine", value)]);
        expect(edited).toBe(text.slice(0, at) + JSON.stringify(value) + text.slice(at + 1));
      }),
    );
  });
});
