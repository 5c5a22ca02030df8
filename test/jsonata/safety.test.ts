import { describe, expect, test } from "vitest";
import { compile } from "../../src/jsonata/index.ts";
import { errorOf, problemsOf, run } from "./_run.ts";

describe("limits", () => {
  test.each([
    ["endless recursion", "($f := function($n) { 1 + $f($n) }; $f(1))"],
    ["endless tail calls", "($f := function($n) { $f($n) }; $f(1))"],
    ["two that call each other", "($f := function($n) { $g($n) }; $g := function($n) { $f($n) }; $f(1))"],
    ["recursion through a built-in", "($f := function($n) { $map([1, 2], $f) }; $f(1))"],
    ["recursion through $reduce", "($f := function($a, $b) { $reduce([1, 2, 3], $f) }; $f(1, 2))"],
    ["nested ranges", "[1..100000].([1..100000].(1))"],
    ["a long string", "($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f('x', 60))"],
    ["padding", "$pad('x', 1000000000000)"],
    ["joining", "($s := $pad('x', 10000000); $join([1..1000].($s)))"],
    ["many long strings", "[1..1000].$pad('x', 50000000)"],
    ["many copies of a long string", "($s := $pad('x', 10000000); [1..10000].$uppercase($s))"],
    ["many long arrays", "[[1..10000000], [1..10000000], [1..10000000]]"],
    ["an array that grows", "($f := function($a) { $f($append($a, $a)) }; $f([1, 2]))"],
    ["grouping in a loop", "[1..3000].($ { $string($): [1..3000].$string($) })"],
    ["sorting in a loop", "[1..1000].([1..3000]^(>$))"],
    ["$eval of itself", "($s := '$eval($s)'; $eval($s))"],
  ])("%s ends", (_name, source) => {
    const started = performance.now();
    expect(errorOf(source)).toMatchObject({ name: "JsonataError", code: "U1001" });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("depth above what the engine's stack holds", () => {
    const source = "($f := function($n) { 1 + $f($n) }; $f(1))";
    expect(errorOf(source, {}, { limits: { depth: 1e9, steps: 1e9 } })).toMatchObject({ code: "U1001" });
  });

  test("items", () => {
    expect(errorOf("[1..100]", {}, { limits: { items: 50 } })).toMatchObject({ code: "D2015" });
    expect(errorOf("[1..100000000]")).toMatchObject({ code: "D2014" });
  });

  test("a bad comparator", () => {
    expect(run("$count($sort([1..1000], function($a, $b) { true }))")).toBe(1000);
  });

  test("deep recursion that ends", () => {
    expect(run("($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(900))")).toBe(900);
    expect(run("($f := function($n, $s) { $n = 0 ? $s : $f($n - 1, $s + 1) }; $f(100000, 0))")).toBe(100_000);
  });

  test("one run's work does not count for the next", () => {
    const compiled = compile("$sum([1..600])", { limits: { steps: 1000 } });
    for (let i = 0; i < 10; i++) expect(compiled.ok && compiled.expression({})).toBe(180_300);
  });
});

describe("safety", () => {
  test.each([
    "constructor",
    "toString",
    "__proto__",
    "hasOwnProperty",
    "a.constructor.constructor",
    "a.b.length",
    "a.f.name",
  ])("%s is nothing", (source) => {
    expect(run(source, { a: { b: "text" } })).toBeUndefined();
    expect(run(source, { a: [{ b: "text" }] })).toBeUndefined();
  });

  test("properties of functions are out of reach", () => {
    expect(run("$f.constructor", {}, { functions: { f: () => 1 } })).toBeUndefined();
    expect(run("($f := function($x) { $x }; $f.length)")).toBeUndefined();
    expect(run("$lookup($string, 'name')")).toBeUndefined();
  });

  test("own properties with such names are found", () => {
    const input: unknown = JSON.parse('{"constructor": {"__proto__": 5}, "toString": 1}');
    expect(run("constructor.__proto__", input)).toBe(5);
    expect(run("$keys($)", input)).toEqual(["constructor", "toString"]);
    expect(run("*", input)).toHaveLength(2);
  });

  test.each([
    '{"__proto__": {"polluted": true}}',
    '{"a" & "" : 1, "__pro" & "to__": {"polluted": true}}',
    '$merge([{"__proto__": {"polluted": true}}])',
    "$spread($x)[0]",
    '$x.{type: {"polluted": true}}',
    '$x ~> |$|{"__proto__": {"polluted": true}}|',
    '$sift($x, function($v, $k) { $k = "__proto__" })',
  ])("%s sets no prototype", (source) => {
    const x: unknown = JSON.parse('{"__proto__": {"polluted": true}, "type": "__proto__"}');
    const result = run(source, {}, { variables: ["x"] }, { x }) as { polluted?: boolean };
    expect(result.polluted).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(JSON.stringify(result)).toContain("__proto__");
  });

  test("variables are own properties", () => {
    expect(run("$constructor", {}, { variables: ["constructor"] }, {})).toBeUndefined();
    expect(run("$toString")).toBeUndefined();
  });

  test.each([
    '"\\u2028\\u2029`${1}"',
    "`a\"b'c\\d`",
    '{"*/ globalThis.hacked = 1 /*": 1}',
    "`\n`",
    "(`x; globalThis.hacked = 1`)",
    "$contains('a', /*c*/ /[\"'`\\/]/)",
    "($`);globalThis.hacked=1;(` := 1; 1)",
    "function($x\u2028) { 1 }",
    "a.`${globalThis.hacked=1}`.b",
    "a#$`];hacked`.b",
  ])("source text stays text: %s", (source) => {
    const compiled = compile(source);
    if (compiled.ok) {
      try {
        compiled.expression({ a: 1 });
      } catch (error) {
        expect(error).toHaveProperty("code");
      }
    }
    expect((globalThis as { hacked?: unknown }).hacked).toBeUndefined();
  });

  test("globals are not variables", () => {
    for (const name of [
      "process",
      "globalThis",
      "S",
      "runtime",
      "constants",
      "input",
      "vars",
      "unset",
      "k0",
      "t1",
    ]) {
      expect(run(`$${name}`)).toBeUndefined();
      expect(run(name, {})).toBeUndefined();
      expect(problemsOf(`$${name}`, { variables: [] })).toHaveLength(1);
    }
  });
});
