import { describe, expect, test } from "vitest";
import { problemsOf, run } from "./_run.ts";

/** What a problem points at. */
function marked(source: string, variables: string[] = []): string[] {
  return problemsOf(source, { variables }).map(({ position, length }) =>
    source.slice(position, position + length),
  );
}

describe("problems", () => {
  test("name every unknown function and variable, with a cure", () => {
    const problems = problemsOf("$exsts(a) & $requst.b & $zzz", { variables: ["request"] });
    expect(problems).toMatchObject([
      { code: "unknown-function", position: 0, length: 6, in: "source", cure: "did you mean $exists?" },
      { code: "unknown-variable", position: 12, length: 7, cure: "did you mean $request?" },
      { code: "unknown-variable", position: 24, length: 4 },
    ]);
    expect(problems[2]).not.toHaveProperty("cure");
  });

  test("are found where the code would never run", () => {
    expect(marked("false ? $nope : a[$nada]")).toEqual(["$nope", "$nada"]);
    expect(marked("function($x) { $y }")).toEqual(["$y"]);
    expect(marked("$lost ?? 1")).toEqual(["$lost"]);
    expect(marked("a.b#$i.{'x': $j}")).toEqual(["$j"]);
  });

  test("are none where a name is bound", () => {
    expect(marked("($x := 1; $f := function($y) { $x + $y }; $f($x))")).toEqual([]);
    expect(marked("a@$p.b#$i.[$p, $i] ~> $count")).toEqual([]);
    expect(marked("$request.a", ["request"])).toEqual([]);
    expect(problemsOf("$anything")).toEqual([]);
    expect(run("$anything")).toBeUndefined();
  });

  test.each([
    ["a b", "S0201", "b"],
    ["a + ", "S0207", " "],
    ["[1, 2", "S0203", "2"],
    ["a ~ b", "S0204", "~"],
    ['{"a" 1}', "S0202", "1"],
    ["$x := 1 + (2 := 3)", "S0212", "2"],
    ["%", "S0217", "%"],
    ["function(a) { 1 }", "S0208", "a"],
  ])("of syntax: %s", (source, code, text) => {
    const [problem] = problemsOf(source);
    expect(problem?.code).toBe(code);
    expect(problem?.message).not.toBe("");
    expect(problem?.length).toBeGreaterThan(0);
    expect(source.slice(problem?.position, (problem?.position ?? 0) + (problem?.length ?? 0))).toBe(text);
  });

  test("of a source that is nested too deep", () => {
    expect(problemsOf("(".repeat(50_000) + "1" + ")".repeat(50_000))).toMatchObject([{ code: "U1001" }]);
  });
});

describe("the prelude", () => {
  const prelude = `(
    $twice := function($n) { $n * $factor };
    $factor := 2;
    $broken := function($n) { $n + "x" };
    $unused := function() { $undefinedThing }
  )`;

  test("lends what the expression reaches", () => {
    expect(run("$twice(a)", { a: 4 }, { prelude })).toBe(8);
    expect(run("$twice", { a: 4 }, { prelude })).toBeTypeOf("function");
    expect(problemsOf("$twice(1)", { prelude, variables: [] })).toEqual([]);
  });

  test("is hidden by the expression's own names", () => {
    expect(run("($factor := 5; [$factor, $twice(1)])", {}, { prelude })).toEqual([5, 2]);
  });

  test("has its own positions", () => {
    const problem = problemsOf("$unused()", { prelude, variables: [] })[0];
    expect(problem).toMatchObject({ code: "unknown-variable", in: "prelude" });
    expect(prelude.slice(problem?.position, (problem?.position ?? 0) + (problem?.length ?? 0))).toBe(
      "$undefinedThing",
    );
    expect(problemsOf("1", { prelude: "($a := )" })[0]).toMatchObject({ in: "prelude", code: "S0211" });
    expect(problemsOf("1", { prelude: "($a := 1; 5)" })[0]).toMatchObject({
      in: "prelude",
      code: "not-an-assignment",
    });
  });

  test("says at run time that an error is its own", () => {
    expect(() => run("$broken(1)", {}, { prelude })).toThrowError(
      expect.objectContaining({ code: "T2002", in: "prelude", position: prelude.indexOf("+") }),
    );
  });
});
