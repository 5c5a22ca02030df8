import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Loss } from "../../src/mapping/canonical.ts";
import { hostFunctions } from "../../src/mapping/host/functions.ts";
import { collectLosses } from "../../src/mapping/losses.ts";
import { Rejection } from "../../src/mapping/rejection.ts";

const functions = hostFunctions({
  templates: { "instructions.md": "Be kind." },
  lookups: {
    reason: { end_turn: "stop", silly: null, else: "other" },
    same: { a: "b", else: "=" },
    none: { a: 1, else: null },
  },
});

function run(name: string, ...args: unknown[]): unknown {
  return functions[name]!(...args);
}

const sigma = { issuer: "a.b", kind: "thoughtSignature", data: "sig✓" };

test.each<[string, unknown[], unknown]>([
  ["jsonText", [{ a: [1, 0.1234567890123456, null], b: undefined }], '{"a":[1,0.1234567890123456,null]}'],
  ["jsonText", ["é"], '"é"'],
  ["jsonText", [undefined], undefined],
  ["jsonText", [() => 1], undefined],
  ["parseJson", ['{"a":$sum([1,2])}'], undefined],
  ["parseJson", ['{"a":1}'], { a: 1 }],
  ["parseJson", ["null"], null],
  ["parseJson", [7], undefined],
  ["template", ["instructions.md"], "Be kind."],
  ["template", ["toString"], undefined],
  ["rest", [{ a: 1, b: null, c: 3 }, ["a"]], { b: null, c: 3 }],
  ["rest", [{ a: 1 }, "a"], undefined],
  ["rest", [[1], ["a"]], undefined],
  ["some", [undefined], undefined],
  ["some", [[]], undefined],
  ["some", [0], [0]],
  ["some", [[1, 2]], [1, 2]],
  [
    "native",
    [[sigma, { issuer: "x", kind: "k", data: "1" }, { issuer: "x", kind: "k", data: "2" }], "x"],
    "2",
  ],
  ["native", [sigma, "a.b"], "sig✓"],
  ["native", [undefined, "a.b"], undefined],
  ["foreign", [[sigma], "x"], sigma],
  ["foreign", [[sigma], "a.b"], undefined],
  ["openEnvelope", ["plain", "v", "signature"], { issuer: "v", kind: "signature", data: "plain" }],
  ["openEnvelope", ["", "v", "signature"], undefined],
  ["openEnvelope", ["llmb1.broken", "v", "signature"], undefined],
  ["openEnvelope", ["llmb1.v.signature.@@@", "v", "signature"], undefined],
  ["openEnvelope", ["llmb1.v.signature.QUFBllmb1.v.signature.QUJC", "v", "signature"], undefined],
  ["openEnvelope", ["llmb1.v.k.QUFBllmb1.v.k.QUFB", "v", "s"], { issuer: "v", kind: "k", data: "AAA" }],
  ["openEnvelope", ["llmb1.none.plain.llmb1.v.k.QUFB", "v", "s"], { issuer: "v", kind: "k", data: "AAA" }],
  ["emptyEnvelope", [], "llmb1.none.plain."],
  ["openEnvelope", ["llmb1.none.plain.", "v", "signature"], undefined],
  ["openEnvelope", [Buffer.from("llmb1.none.plain.").toString("base64"), "v", "signature"], undefined],
  ["budget", ["medium"], 8192],
  ["budget", ["toString"], undefined],
  ["dataUrl", ["image/png", "AA=="], "data:image/png;base64,AA=="],
  ["seconds", ["34.4s"], 34.4],
  ["seconds", ["6m0s"], 360],
  ["seconds", ["1500ms"], 1.5],
  ["seconds", ["1h30m"], 5400],
  ["seconds", ["20"], 20],
  ["seconds", ["soon"], undefined],
  ["timestamp", ["2026-01-01T00:00:00.900Z"], 1_767_225_600],
  ["timestamp", ["then"], undefined],
  ["rfc3339", [1_767_225_600], "2026-01-01T00:00:00Z"],
  ["rfc3339", [1e99], undefined],
  ["reason", ["end_turn"], "stop"],
  ["reason", ["silly"], undefined],
  ["reason", ["toString"], "other"],
  ["reason", ["else"], "other"],
  ["reason", [undefined], undefined],
  ["same", ["a"], "b"],
  ["same", [7], 7],
  ["none", ["x"], undefined],
  ["none", [{ toString: false }], undefined],
  ["same", [{ toString: false }], { toString: false }],
])("$%s(%j) is %j", (name, args, value) => {
  expect(run(name, ...args)).toEqual(value);
});

test.each([
  [-1, "auto"],
  [0, "none"],
  [1, "minimal"],
  [512, "minimal"],
  [1024, "low"],
  [8192, "medium"],
  [10_000, "high"],
  [24_576, "high"],
  [24_577, "xhigh"],
  [1e9, "xhigh"],
])("$effort(%d) is %s", (budget, effort) => {
  expect(run("effort", budget)).toBe(effort);
});

describe("$id", () => {
  test("is the same for the same seeds", () => {
    expect(run("id", "call_", "r", 1)).toBe(run("id", "call_", "r", 1));
    expect(run("id", "call_", "r", 1)).not.toBe(run("id", "call_", "r", 2));
    expect(run("id", "call_", "r", 1)).toMatch(/^call_[0-9a-f]{24}$/);
  });
});

describe("$envelope", () => {
  const token = fc.record({
    issuer: fc.string({ minLength: 1 }),
    kind: fc.string({ minLength: 1 }),
    data: fc.string({ unit: "grapheme" }),
  });

  test("goes and comes back, encoded once more or not", () => {
    fc.assert(
      fc.property(token, (one) => {
        const text = run("envelope", one) as string;
        expect(text).toMatch(/^llmb1\.[^.]+\.[^.]+\.[\w-]*$/);
        expect(run("openEnvelope", text, "v", "k")).toEqual(one);
        expect(run("openEnvelope", Buffer.from(text).toString("base64"), "v", "k")).toEqual(one);
      }),
    );
  });
});

describe("$parseDataUrl", () => {
  test.each<[string, unknown]>([
    ["data:image/png;base64,AA==", { mime: "image/png", data: "AA==" }],
    ["DATA:Image/PNG;BASE64,AA==", { mime: "image/png", data: "AA==" }],
    ["data:text/plain,hi%20there", { mime: "text/plain", text: "hi there" }],
    ["data:,hi", { mime: "text/plain", text: "hi" }],
    ["data:text/plain;charset=iso-8859-1,%E9", { mime: "text/plain", text: "é" }],
    ["data:text/plain;charset=klingon,%C3%A9", { mime: "text/plain", text: "é" }],
    ["data:image/svg+xml,%3Csvg/%3E", { mime: "image/svg+xml", data: "PHN2Zy8+" }],
    ["data:image/png;base64,_-8", { mime: "image/png", data: "/+8=" }],
    ["data:image/png;base64,AA%3D%3D", { mime: "image/png", data: "AA==" }],
    ["data:image/png;base64,A A\n==", { mime: "image/png", data: "AA==" }],
    ["https://x/y.png", undefined],
    ["data:image/png", undefined],
  ])("%s", (url, value) => {
    expect(run("parseDataUrl", url)).toEqual(value);
  });
});

describe("$utf16 and $utf8", () => {
  test("count the same characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, at) => {
        const units = [...text].slice(0, at).join("").length;
        const bytes = Buffer.byteLength(text.slice(0, units));
        expect(run("utf16", text, bytes)).toBe(units);
        expect(run("utf8", text, units)).toBe(bytes);
      }),
    );
  });

  test("give the start of a character that they would split, and the end for what is past it", () => {
    expect([run("utf16", "é€", 1), run("utf16", "é€", 3), run("utf16", "é€", 99)]).toEqual([0, 1, 2]);
    expect([run("utf8", "a😀b", 2), run("utf8", "a😀b", 3)]).toEqual([1, 5]);
  });
});

describe("$loss and $reject", () => {
  test("a loss goes to the collector that is at work, and nowhere without one", () => {
    const outer: Loss[] = [];
    const inner: Loss[] = [];
    expect(run("loss", { code: "lost" })).toBeUndefined();
    collectLosses(() => {
      run("loss", { code: "a", at: "x", action: "clamp", note: "n" });
      collectLosses(() => run("loss", { code: "b", action: "odd" }), inner);
      run("loss", { no: "code" });
    }, outer);
    expect(outer).toEqual([{ code: "a", at: "x", action: "clamp", note: "n" }]);
    expect(inner).toEqual([{ code: "b", action: "drop" }]);
  });

  test("the collector is put back when something throws", () => {
    const losses: Loss[] = [];
    expect(() => collectLosses(() => run("reject", { message: "no" }), losses)).toThrow("no");
    run("loss", { code: "late" });
    expect(losses).toEqual([]);
  });

  test.each<[unknown, object]>([
    [{ message: "no" }, { type: "invalid_request", status: 400, message: "no" }],
    [
      { type: "too_large", message: "no", code: "c", param: "p", details: { a: 1 } },
      { type: "too_large", status: 413, code: "c", param: "p", details: { a: 1 } },
    ],
    [
      { type: "odd", message: 7 },
      { type: "invalid_request", status: 400 },
    ],
    [undefined, { type: "invalid_request" }],
  ])("a refusal of %j", (value, error) => {
    try {
      run("reject", value);
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(Rejection);
      expect((thrown as Rejection).error).toMatchObject(error);
    }
  });
});

test("odd input gives nothing, never an error", () => {
  const odd = fc.oneof(fc.anything(), fc.constant(undefined), fc.string(), fc.double());
  const names = fc.constantFrom(...Object.keys(functions).filter((name) => name !== "reject"));
  fc.assert(
    fc.property(names, fc.array(odd, { maxLength: 4 }), (name, args) => {
      run(name, ...args);
    }),
    { numRuns: 2000 },
  );
});
