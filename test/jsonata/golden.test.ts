/**
 * Everything that the golden cases evaluate, documents and rows of stream tables alike, under both evaluators: what one
 * gives, or fails with, the other does too.
 */
import jsonata from "jsonata";
import { expect, test, vi } from "vitest";
import { readCases } from "../../src/bridge/cases.ts";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { runCase } from "../../src/golden/run.ts";
import type * as Compiler from "../../src/jsonata/index.ts";
import type { CompileOptions, CompileResult, Variables } from "../../src/jsonata/index.ts";

/** An expression of one folder and what it was given, each input once, as JSON. */
interface Watched {
  readonly source: string;
  readonly options: CompileOptions;
  readonly runs: Map<string, unknown>;
}

const watched = vi.hoisted((): Watched[] => []);

/** Calls of one expression that are looked at: the laws have rows of tables run over and over. */
const mostCalls = vi.hoisted(() => 1500);

vi.mock(import("../../src/jsonata/index.ts"), async (load) => {
  const real: typeof Compiler = await load();
  const codeOf = (error: unknown): string => `fails with ${(error as { code?: string }).code}`;
  function compile(source: string, options: CompileOptions = {}): CompileResult {
    const result = real.compile(source, options);
    if (!result.ok) return result;
    const { expression } = result;
    const runs = new Map<string, unknown>();
    watched.push({ source, options, runs });
    let calls = 0;
    function run(input: unknown, variables: Variables = {}): unknown {
      if (calls++ >= mostCalls) return expression(input, variables);
      const given = JSON.stringify([input, variables]);
      try {
        const value = expression(input, variables);
        runs.set(given, JSON.stringify(value));
        return value;
      } catch (error) {
        runs.set(given, codeOf(error));
        throw error;
      }
    }
    return { ok: true, expression: Object.assign(run, { source, uses: expression.uses }) };
  }
  // Steps are then evaluated one by one; test/jsonata/steps.test.ts holds the two together.
  return { ...real, compile, compileSteps: () => undefined };
});

/**
 * The reference loses a regular expression that stands before `??`, and matches without end: where a page of a proxy is read
 * by `$match(…) ?? …`, and in all that `demo` reads out of what it is told.
 */
const endless = { input: /<html|<!doctype/i, mapping: "demo" };

/** The expression with its library around it, as one text for the reference. */
function referenceOf({ source, options }: Watched): jsonata.Expression {
  const { prelude, functions = {} } = options;
  const expression = jsonata(prelude === undefined ? source : `${prelude.slice(0, -1)};\n(${source}\n))`);
  for (const [name, code] of Object.entries(functions)) expression.registerFunction(name, code);
  return expression;
}

/** What the reference makes of it, as JSON. */
function refer(reference: jsonata.Expression, given: string): Promise<string | undefined> {
  const [input, variables] = JSON.parse(given) as [unknown, Record<string, unknown>];
  return reference.evaluate(input, variables).then(
    (value: unknown) => JSON.stringify(value),
    (error: { code?: string }) => `fails with ${error.code}`,
  );
}

test("every evaluation of a golden case gives what the reference gives", { timeout: 120_000 }, async () => {
  for (const mapping of loadMappings().mappings.values()) {
    if (mapping.name === endless.mapping) continue;
    for (const golden of readCases(mapping.name, mapping.folder)) runCase(mapping, golden);
  }
  let count = 0;
  for (const one of watched) {
    if (one.runs.size === 0) continue;
    const reference = referenceOf(one);
    for (const [given, result] of one.runs) {
      if (endless.input.test(given)) continue;
      expect(result, `${one.source}\ngiven ${given}`).toBe(await refer(reference, given));
      count++;
    }
  }
  expect(count).toBeGreaterThan(5000);
});
