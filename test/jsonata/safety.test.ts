import { describe, expect, test } from "vitest";
import { compile } from "../../src/jsonata/index.ts";
import { errorOf, problemsOf, run } from "./_run.ts";

/** Forty objects, each of which holds the one before it twice. */
const doubled = "($f := function($o, $n) { $n = 0 ? $o : $f({'a': $o, 'b': $o}, $n - 1) }; $f({}, 40))";

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
    [
      "a comparator that never ends",
      "$sort([1..10], function($a, $b) { ($f := function() { $f() }; $f()) })",
    ],
    ["a comparator without any order", "$sort([1..1000000], function($a, $b) { $random() > 0.5 })"],
    ["looking through a long list", "($a := [1..1000000]; [1..1000000].(-1 in $a))"],
    ["comparing long lists", "($a := [1..1000000]; $b := [1..1000000]; [1..1000][$a = $b])"],
    ["a built-in over a long list", "($a := [1..1000000]; [1..100000].$zip($a, $a))"],
    ["splitting", "$split($pad('x', 90000000), 'x')"],
    ["$eval of itself", "($s := '$eval($s)'; $eval($s))"],
    ["a small value that is long when printed", `$string(${doubled})`],
    ["a small value that is long when copied", `${doubled} ~> |$|{}|`],
    ["two small values that are long when compared", `${doubled} = ${doubled}`],
  ])("%s ends", (_name, source) => {
    const started = performance.now();
    expect(errorOf(source)).toMatchObject({ name: "JsonataError", code: "U1001" });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("what a caller's function makes counts, too", () => {
    const functions = { long: () => "x".repeat(1_000_000) };
    expect(errorOf("[1..10000].$long()", {}, { functions })).toMatchObject({ code: "U1001" });
  });

  test("time, where steps are allowed without end", () => {
    const source = "($f := function($n) { $f($n) }; $f(1))";
    const error = errorOf(source, {}, { limits: { steps: 1e12, ms: 20 } });
    expect(error).toMatchObject({
      code: "U1001",
      message: "The expression took more than 20 ms",
      position: expect.any(Number),
    });
  });

  test("a limit has the place of what was going on", () => {
    expect(errorOf("[1..100000].([1..100000].($ + 1))").position).toBeGreaterThan(11);
    expect(errorOf("$map([1..2000], function($i) { [1..2000][$ > $i] })").position).toBeGreaterThan(30);
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

describe("regular expressions that backtrack", () => {
  const many = (count: number): string => `$pad("", ${count}, "a")`;
  test.each([
    ["nested repetition", `$contains(${many(40)} & "b", /^(a+)+$/)`],
    ["ignoring case", `$contains(${many(40)} & "b", /^(A+)+$/i)`],
    ["with a reference back", `$contains(${many(40)} & "b", /^(a+)+\\1$/)`],
    ["with a look ahead", `$contains(${many(40)} & "b", /^(?=(a+)+$)/)`],
    ["alternatives that overlap", `$contains(${many(60)} & "b", /^(a|aa)+$/)`],
    ["one repetition over a long text", `$contains(${many(1_000_000)}, /a+b/)`],
    ["several in a row", `$match(${many(5000)}, /a*a*a*b/)`],
    ["in a loop", `[1..1000].$contains(${many(27)} & "b", /^(a|aa)+$/)`],
    ["called as a function", `/^(a+)+$/(${many(40)} & "b")`],
    ["splitting", `$split(${many(40)} & "b", /(a+)+c/)`],
    ["replacing", `$replace(${many(40)} & "b", /(a+)+c/, "")`],
  ])("%s", (_name, source) => {
    const error = errorOf(source, {}, { limits: { ms: 50 } });
    expect(error).toMatchObject({ code: "U1001", message: "The expression took more than 50 ms" });
    expect(error.position).toBeGreaterThanOrEqual(0);
  });

  test("those that end have their results", () => {
    expect(run(`$length($replace($pad("", 200000, "a "), /\\s+/, "--"))`)).toBe(300_000);
    expect(run(`$count($match($pad("", 20000, "ab"), /[a-z]b+/))`)).toBe(10_000);
    expect(run(`$count($split($pad("", 20000, "a, "), /,\\s*/))`)).toBe(6668);
    expect(run(`$match($pad("", 8000, "ab"), /(a+)(b+)/, 2).groups`)).toEqual(["a", "b", "a", "b"]);
    expect(errorOf(`$match($pad("", 8000, "a"), /b*/)`)).toMatchObject({ code: "D1004" });
    expect(run(`$replace($pad("", 8000, "ab"), /a+b?/, function($m) { $m.next().match }, 2)`)).toMatch(
      /^abab/,
    );
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
