import { describe, expect, test } from "vitest";
import { bundleSchema } from "../../src/text/schema-bundle.ts";
import { compileProblems, withoutPaths } from "../../src/text/schema.ts";

type Schema = Record<string, unknown>;

/** `at what code message (cure)`, one for each problem. */
function told(schema: Schema, value: unknown): string[] {
  return compileProblems(schema)(value).map(({ code, path, what, message, cure }) => {
    return `${path.join(".")} ${what === "key" ? "(key) " : ""}${code} ${message}${cure ? ` | ${cure}` : ""}`;
  });
}

const object = (properties: Schema, more: Schema = {}): Schema => ({
  type: "object",
  additionalProperties: false,
  properties,
  ...more,
});
const text = { type: "string" };

describe("compileProblems", () => {
  test("nothing is wrong with a sound value", () => {
    expect(told(object({ a: text }), { a: "x" })).toEqual([]);
  });

  test("a mistyped required key is one mistake", () => {
    const schema = object({ name: text, size: { type: "integer" } }, { required: ["name", "size"] });
    expect(told(schema, { nmae: "x", foo: 1 })).toEqual([
      ' (key) LB203 missing key "size" | add size',
      'nmae (key) LB201 unknown key "nmae" | did you mean "name"?',
      'foo (key) LB201 unknown key "foo" | one of name, size',
    ]);
  });

  test("values are told from what they must be", () => {
    const schema = object({
      flag: { type: "boolean" },
      count: { type: "integer", minimum: 1 },
      kind: { enum: ["alpha", "beta", 3] },
      fixed: { const: "x" },
      list: { type: "array", minItems: 1, items: text },
      form: { type: "string", pattern: "^x" },
      titled: { type: "string", pattern: "^x", title: "an x", examples: ["x1"] },
    });
    expect(
      told(schema, { flag: "true", count: 0, kind: "alpa", fixed: "y", list: [], form: "a", titled: "a" }),
    ).toEqual([
      'flag LB202 flag must be true or false, not "true" | write true without quotes',
      "count LB202 count must be at least 1",
      'kind LB202 kind must be alpha, beta or 3, not "alpa" | did you mean "alpha"?',
      'fixed LB202 fixed must be x, not "y"',
      "list LB202 list must not be empty",
      'form LB202 form must be of the form ^x, not "a"',
      'titled LB202 titled must be an x, not "a" | for example x1',
    ]);
    expect(told(schema, { list: [1, null], count: null })).toEqual([
      "count LB202 count must be a whole number, not nothing",
      "list.0 LB202 list[0] must be a text, not 1",
      "list.1 LB202 list[1] must be a text, not nothing",
    ]);
  });

  describe("of alternatives, tells what is wrong with the one that was meant", () => {
    const one = object({ provider: text, model: text }, { required: ["provider"] });
    const schema = {
      anyOf: [
        text,
        { $ref: "#/$defs/one" },
        { type: "array", items: { anyOf: [text, { $ref: "#/$defs/one" }] } },
      ],
      $defs: { one },
    };

    test.each<[unknown, string[]]>([
      [3, [" LB202 the file must be a text, a map or a list, not 3"]],
      [{ provdier: "x" }, ['provdier (key) LB201 unknown key "provdier" | did you mean "provider"?']],
      [
        { provider: 1, modle: "x" },
        [
          "provider LB202 provider must be a text, not 1",
          'modle (key) LB201 unknown key "modle" | did you mean "model"?',
        ],
      ],
      [
        [{ provider: 1 }, 2, "x"],
        ["0.provider LB202 provider must be a text, not 1", "1 LB202 item 1 must be a text or a map, not 2"],
      ],
    ])("%j", (value, expected) => {
      expect(told(schema, value).toSorted()).toEqual(expected.toSorted());
    });

    test("by a member that says which", () => {
      const parts = {
        oneOf: [
          object({ type: { const: "text" }, text }, { required: ["type", "text"] }),
          object({ type: { const: "image" }, url: text }, { required: ["type", "url"] }),
        ],
      };
      expect(told(parts, { type: "image", text: "x" })).toEqual([
        ' (key) LB203 missing key "url" | add url',
        'text (key) LB201 unknown key "text" | there is only url',
      ]);
      expect(told(parts, { type: "imge", url: "x" })).toEqual([
        'type LB202 type must be text or image, not "imge" | did you mean "image"?',
      ]);
    });

    test("through schemas that contain themselves", () => {
      const tree = {
        $ref: "#/$defs/node",
        $defs: {
          node: {
            anyOf: [text, object({ left: { $ref: "#/$defs/node" }, right: { $ref: "#/$defs/node" } })],
          },
        },
      };
      expect(told(tree, { left: { left: "x", right: { left: 3 } }, rigth: "y" }).toSorted()).toEqual([
        "left.right.left LB202 left must be a text or a map, not 3",
        'rigth (key) LB201 unknown key "rigth" | did you mean "right"?',
      ]);
    });
  });

  test("a oneOf that fits twice is said to", () => {
    expect(told({ oneOf: [{ type: "number" }, { type: "integer" }] }, 3)).toEqual([
      " LB202 the file fits more than one of the forms that are allowed here, and must fit one",
    ]);
  });

  test("refuses a schema that is none", () => {
    expect(() => compileProblems({ type: "txet" })).toThrow();
    expect(() => compileProblems({ propertees: {} })).toThrow();
  });
});

test("bundleSchema puts what a schema refers to in other files into it", () => {
  const files: Record<string, object> = {
    "parts/size.json": {
      $id: "https://example.com/size",
      $ref: "#/$defs/inner",
      $defs: { inner: { type: "integer" } },
    },
  };
  const bundled = bundleSchema(
    object({ size: { $ref: "parts/size.json" }, other: { $ref: "#/$defs/own" } }, { $defs: { own: text } }),
    (name) => files[name]!,
  );
  expect(told(bundled as Schema, { size: "x", other: 1 })).toEqual([
    'size LB202 size must be a whole number, not "x"',
    "other LB202 other must be a text, not 1",
  ]);
});

test("withoutPaths leaves what is right", () => {
  const value = { a: { b: 1, c: 2 }, list: [1, 2, 3], d: 4 };
  expect(withoutPaths(value, [["a", "b"], ["list", "1"], ["d"], ["x", "y"], []])).toEqual({
    a: { c: 2 },
    list: [1, "", 3],
  });
  expect(value.a.b).toBe(1);
});
