import { describe, expect, test } from "vitest";
import { compile } from "../../src/jsonata/index.ts";
import type { CompileOptions } from "../../src/jsonata/index.ts";
import { errorOf, problemsOf, run } from "./_run.ts";

const prelude = `(
  $even := function($n) { $n = 0 ? true : $odd($n - 1) };
  $odd := function($n) { $n = 0 ? false : $even($n - 1) };
  $whole := function() { $ };
  $asked := function() { $request.id };
  $named := function() { name };
  $apply := function($f) { $f(1) };
  $names := function($o) { $keys($o) };
  $fail := function() { $error("no") }
)`;

describe("functions of a prelude, shared by expressions", () => {
  const options: CompileOptions = { prelude, functions: {}, variables: ["request"] };

  test("call each other without growing the stack where the call is the last thing", () => {
    expect(run("$even(20000)", {}, options)).toBe(true);
    expect(run("$odd(20000)", {}, options)).toBe(false);
  });

  test("see the input and the variables of the run that calls them", () => {
    expect(run("$whole().a", { a: 1 }, options)).toBe(1);
    expect(run("[{'a': 2}].$whole().a", { a: 1 }, options)).toBe(1);
    expect(run("$named()", { name: "n" }, options)).toBe("n");
    expect(run("$asked()", {}, options, { request: { id: 7 } })).toBe(7);
    expect(run("$asked()", {}, options, { request: { id: 8 } })).toBe(8);
  });

  test("see their own run again after another one in its midst", () => {
    const seen: unknown[] = [];
    const functions = {
      nested: (): undefined => {
        seen.push(
          run("$asked() & $named()", { name: "inner" }, { ...options, functions }, { request: { id: 2 } }),
        );
        return undefined;
      },
    };
    const outer = run(
      "[$nested(), $asked(), $named()]",
      { name: "outer" },
      { ...options, functions },
      { request: { id: 1 } },
    );
    expect(outer).toEqual([1, "outer"]);
    expect(seen).toEqual(["2inner"]);
  });

  test("take functions, and finish what these leave", () => {
    expect(run("$apply(function($n) { $n + 1 })", {}, options)).toBe(2);
    expect(run("$apply($string)", {}, options)).toBe("1");
    expect(run("$names({'a': 1})", {}, options)).toBe("a");
    expect(run("$map([{'a': 1}, {'b': 1}], $names)", {}, options)).toEqual([["a"], ["b"]]);
  });

  test("are the expression's own where a variable hides what they call", () => {
    expect(() => run("$fail()", {}, options)).toThrow("no");
    const hiding = { ...options, variables: ["error"] };
    expect(run("$fail()", {}, hiding, { error: (text: unknown) => `told ${text}` })).toBe("told no");
  });

  test("count against the limits of the run that calls them", () => {
    expect(errorOf("$even(2000)", {}, { ...options, limits: { steps: 100 } })).toMatchObject({
      code: "U1001",
    });
    expect(run("$even(2000)", {}, options)).toBe(true);
  });

  test("are checked only as far as an expression reaches them", () => {
    expect(problemsOf("$asked()", { ...options, variables: [] })).toMatchObject([
      { code: "unknown-variable", in: "prelude" },
    ]);
    expect(problemsOf("$named()", { ...options, variables: [] })).toEqual([]);
  });

  test("written twice: the last one counts", () => {
    const twice = "($f := function() { 1 }; $g := function() { $f() }; $f := function() { 2 })";
    expect(run("$g()", {}, { prelude: twice })).toBe(2);
  });

  test("are listed in uses", () => {
    const compiled = compile("$asked()", options);
    expect(compiled.ok && [...compiled.expression.uses]).toEqual(["request"]);
  });
});

describe("constants of a prelude", () => {
  const prelude = `( $names := ["a", "b"]; $kept := function($o) { $keys($o)[$ in $names] }; $one := ["x"]; $two := {"n": [1, {"m": null}]} )`;

  test("are seen by functions and expressions", () => {
    expect(run("$kept({'a': 1, 'c': 2, 'b': 3})", {}, { prelude })).toEqual(["a", "b"]);
    expect(run("[$names, $one, $two.n.m]", {}, { prelude })).toEqual(["a", "b", "x", null]);
    expect(run("$one", {}, { prelude })).toEqual(["x"]);
    expect(run("$two ~> |$|{'n': 2}|", {}, { prelude })).toEqual({ n: 2 });
  });

  test("are made anew, so that no result shares them", () => {
    const first = run("$two", {}, { prelude }) as { n: unknown[] };
    first.n.push("changed");
    expect(run("$two", {}, { prelude })).toEqual({ n: [1, { m: null }] });
  });
});
