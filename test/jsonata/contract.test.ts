import { describe, expect, test } from "vitest";
import { compile } from "../../src/jsonata/index.ts";
import { errorOf, run } from "./_run.ts";

describe("host functions and variables", () => {
  test("are called with JSONata values", () => {
    const seen: unknown[][] = [];
    const see = (...args: unknown[]): string => {
      seen.push(args);
      return "seen";
    };
    const result = run("$see(a, missing, [b], null)", { a: 1, b: 2 }, { functions: { see } });
    expect(result).toBe("seen");
    expect(seen).toEqual([[1, undefined, [2], null]]);
  });

  test("get functions that they may call", () => {
    const twice = (f: unknown): unknown => (f as (n: unknown) => unknown)((f as (n: unknown) => unknown)(1));
    expect(
      run("$twice(function($n) { $inc($n) })", {}, { functions: { twice, inc: (n) => (n as number) + 1 } }),
    ).toBe(3);
    expect(run("$twice(function($n) { $sum([$n, 1]) })", {}, { functions: { twice } })).toBe(3);
    expect(run("$map([1, 2], $inc)", {}, { functions: { inc: (n) => (n as number) + 1 } })).toEqual([2, 3]);
  });

  test("hide built-ins; variables hide host functions", () => {
    expect(run("$count(1)", {}, { functions: { count: () => "host" } })).toBe("host");
    expect(
      run("$f(1)", {}, { functions: { f: () => "host" }, variables: ["f"] }, { f: () => "caller" }),
    ).toBe("caller");
  });

  test("pass what they throw", () => {
    const fail = (): never => {
      throw new TypeError("the host's own");
    };
    expect(() => run("$fail()", {}, { functions: { fail } })).toThrow(new TypeError("the host's own"));
  });

  test("may run other expressions", () => {
    const inner = compile("[1..3].($ * 2)");
    const nested = (): unknown => (inner.ok ? inner.expression({}) : undefined);
    expect(run("[$nested(), a[]]", { a: 1 }, { functions: { nested } })).toEqual([2, 4, 6, 1]);
  });

  test("are listed in uses", () => {
    const compiled = compile("$f($x) & $string($y) & $g", {
      functions: { f: () => 1, g: () => 2, h: () => 3 },
      variables: ["x", "y", "z"],
    });
    expect(compiled.ok && [...compiled.expression.uses].toSorted()).toEqual(["f", "g", "x", "y"]);
    expect(compiled.ok && compiled.expression.source).toContain("$f($x)");
  });

  test("a text for $eval may refer to whatever is bound", () => {
    const compiled = compile('$eval("$x")', { variables: ["x", "y"] });
    expect(compiled.ok && [...compiled.expression.uses]).toEqual(["x", "y"]);
  });
});

describe("results", () => {
  test("are plain", () => {
    const result = run('{"a": a[], "b": a.b, "c": [a.b], "d": $keys($)}', { a: [{ b: 1 }, { b: 2 }] });
    expect(result).toStrictEqual({ a: [{ b: 1 }, { b: 2 }], b: [1, 2], c: [1, 2], d: "a" });
    expect(Object.keys((result as { b: object }).b)).toEqual(["0", "1"]);
    expect(Object.getOwnPropertySymbols((result as { b: object }).b)).toEqual([]);
  });

  test("do not depend on earlier evaluations", () => {
    const compiled = compile("a[]");
    const kept = compiled.ok ? compiled.expression({ a: 1 }) : undefined;
    expect(kept).toEqual([1]);
    expect(run("a.b", { a: { b: kept } })).toEqual([1]);
  });

  test("of arrays as input", () => {
    expect(run("$", [1])).toEqual([1]);
    expect(run("$[0]", [5, 6])).toBe(5);
    expect(run("a", [{ a: 1 }, { a: 2 }])).toEqual([1, 2]);
    expect(run("$count($)", [[1, 2]])).toBe(1);
  });
});

describe("errors", () => {
  test.each([
    ["a + 'x'", "T2002", "+", 2],
    ["1 & $sqrt(-1)", "D3060", "sqrt", 4],
    ["$sum('x')", "T0412", "sum", 0],
    ["$length(1)", "T0410", "length", 0],
    ["a.b.$uppercase()", "T0411", "uppercase", 4],
    ["nothing()", "T1006", "nothing", 0],
    ["sum(a)", "T1005", "sum", 0],
    ["-'x'", "D1002", "-", 0],
    ["a < 'x'", "T2009", "<", 2],
    ["a < true", "T2010", "<", 2],
    ["{1: 2}", "T1003", undefined, 0],
    ["[1, 'a']^($)", "T2007", undefined, 8],
    ["$error('mine')", "D3137", "error", 0],
  ])("%s", (source, code, token, position) => {
    const error = errorOf(source, { a: 1, b: 2, ...(source.includes("a.b") ? { a: { b: 1 } } : {}) });
    expect(error).toMatchObject({ name: "JsonataError", code, position, in: "source" });
    expect(error.token).toBe(token);
    expect(error).toBeInstanceOf(Error);
  });

  test("have the reference's messages", () => {
    expect(errorOf("1 + 'x'").message).toBe('The right side of the "+" operator must evaluate to a number');
    expect(errorOf("$error('mine')").message).toBe("mine");
    expect(errorOf("$number('x')").message).toBe('Unable to cast value to a number: "x"');
  });
});
