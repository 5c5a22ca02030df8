import { describe, expect, test, vi } from "vitest";
import { compile, compileSteps } from "../../src/jsonata/index.ts";
import type { CompileOptions, HostFunction, Memory, Step } from "../../src/jsonata/index.ts";

/** A memory that keeps text, as a file would. */
function createMemory(): Memory & { size: () => number } {
  const entries = new Map<string, string>();
  return {
    recall: (key) => (entries.has(key) ? (JSON.parse(entries.get(key)!) as unknown) : undefined),
    note: (key, value) => void entries.set(key, JSON.stringify(value)),
    size: () => entries.size,
  };
}

/** Fresh objects every time, as after a restart. */
function options(memory: Memory, host: HostFunction = (x) => `host ${String(x)}`): CompileOptions {
  return {
    memory,
    functions: { host },
    variables: ["v"],
    prelude: `(
      $even := function($n) { $n = 0 ? true : $odd($n - 1) };
      $odd := function($n) { $n = 0 ? false : $even($n - 1) };
      $list := ["a", "b"];
      $signed := function($s)<s-:s> { $uppercase($s) };
      $host2 := function($x) { $host($x) & $v };
      $now2 := $string($v)
    )`,
  };
}

const expressions = [
  "a.b[c = 1].d",
  "$even(11)",
  "$list[1] & $signed('x') & $signed('y')",
  "$host2(3)",
  "$now2 & '!'",
  "$replace(s, /(b)+/i, 'x') & $match(s, /B/)[0].match & $string(/b/i('abc').start)",
  "$map([1, 2], function($x)<n:n> { $x + 1 })",
  "$sort([3, 1, 2], function($l, $r) { $l > $r })",
  "$sum(?)([1, 2])",
  "$eval('1 + a.b[0].c')",
  "$distinct([1, 1])",
  "a.b ~> |$|{'e': 1}|",
  "`x\u2028y` ?? 'ü\u2029'",
  "$lookup({'k': 'v'}, 'k') & $keys({'z': 1})",
];
const input = {
  a: {
    b: [
      { c: 1, d: 2 },
      { c: 3, d: 4 },
    ],
  },
  s: "abbc",
};

describe("a memory", () => {
  test.each(expressions)("gives %s as if it had been compiled now", (source) => {
    const memory = createMemory();
    const results = [undefined, memory, memory].map((one) => {
      const compiled = compile(source, options(one as Memory));
      if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
      return { value: compiled.expression(input, { v: "V" }), uses: [...compiled.expression.uses] };
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  test("is asked, and nothing is found out twice", () => {
    const memory = createMemory();
    for (const source of expressions) {
      const first = compile(source, options(memory));
      if (first.ok) first.expression(input, { v: "V" });
      const size = memory.size();
      const note = vi.spyOn(memory, "note");
      const again = compile(source, options(memory));
      if (again.ok) again.expression(input, { v: "V" });
      expect(note).not.toHaveBeenCalled();
      expect(memory.size()).toBe(size);
      note.mockRestore();
    }
  });

  test("holds no host function: those of now are called", () => {
    const memory = createMemory();
    const run = (host: HostFunction): unknown => {
      const compiled = compile("$host2(1)", options(memory, host));
      return compiled.ok && compiled.expression(undefined, { v: "" });
    };
    expect(run(() => "one")).toBe("one");
    expect(run(() => "two")).toBe("two");
  });

  test("knows texts by all they depend on", () => {
    const memory = createMemory();
    const run = (source: string, more: CompileOptions): unknown => {
      const compiled = compile(source, { memory, ...more });
      return compiled.ok ? compiled.expression({ x: 1 }, { f: "variable" }) : compiled.problems[0]!.code;
    };
    expect(run("$f", { variables: ["f"] })).toBe("variable");
    expect(run("$f", { variables: [] })).toBe("unknown-variable");
    expect(run("$f()", { functions: { f: () => "host" }, variables: [] })).toBe("host");
    expect(run("$f()", { prelude: "($f := function() { 'library' })", variables: [] })).toBe("library");
    expect(run("$f()", { prelude: "($f := function() { 'another' })", variables: [] })).toBe("another");
  });

  test("holds no mistake: it is told every time, at its place", () => {
    const memory = createMemory();
    const problems = (source: string): unknown => {
      const compiled = compile(source, options(memory));
      return compiled.ok ? [] : compiled.problems;
    };
    for (const source of ["a.[", "$evn(1) + $nought", "$host2(1)", "$f := 1; 2"])
      expect(problems(source)).toEqual(problems(source));
    expect(problems("1 + $suum(1)")).toMatchObject([{ position: 4, length: 5, cure: "did you mean $sum?" }]);
  });

  test("is told how to find out what first runs would", () => {
    const memory = createMemory();
    const later: (() => void)[] = [];
    const compiled = compile("$even(2)", options({ ...memory, later: (find) => later.push(find) }));
    for (const find of later) find();
    const size = memory.size();
    if (compiled.ok) expect(compiled.expression(undefined, {})).toBe(true);
    expect(memory.size()).toBe(size);
  });

  test("gives procedures, whose steps hand on to functions of now", () => {
    const memory = createMemory();
    const run = (): unknown[] => {
      const told: unknown[] = [];
      const steps: Step[] = [
        { kind: "tell", value: 0, to: (value) => told.push(["first", value]) },
        {
          kind: "each",
          items: 1,
          index: "index",
          outer: "event",
          steps: [
            { kind: "when", test: 2, steps: [{ kind: "tell", value: 3, to: (value) => told.push(value) }] },
          ],
        },
      ];
      const texts = ["$even(4)", "a.b", "c = 3", "$host(d) & $index"];
      const { variables, ...rest } = options(memory);
      const all = { ...rest, variables: [...variables!, "index", "event"] };
      compileSteps(steps, texts, all)?.(input, { v: "V" });
      return told;
    };
    const once = run();
    expect(once).toEqual([["first", true], "host 41"]);
    const size = memory.size();
    expect(run()).toEqual(once);
    expect(memory.size()).toBe(size);
  });
});
