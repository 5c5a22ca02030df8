/** JSONata's own test suite, where it lies beside the checkout: results and error codes. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/jsonata/index.ts";
import type { JsonataError } from "../../src/jsonata/index.ts";

interface Case {
  readonly expr?: string;
  readonly "expr-file"?: string;
  readonly data?: unknown;
  readonly dataset?: string | null;
  readonly bindings?: Record<string, unknown>;
  readonly depth?: number;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly token?: string;
  readonly error?: { readonly code: string };
}

const root = fileURLToPath(new URL("../../../shared/jsonata-suite/", import.meta.url));
const isPresent = existsSync(root);
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
const groups = isPresent ? readdirSync(`${root}groups`) : [];

function casesOf(group: string): { name: string; example: Case }[] {
  const folder = `${root}groups/${group}/`;
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.flatMap((file) =>
    [readJson(folder + file)]
      .flat()
      .map((example, i) => ({ name: `${file}#${i}`, example: example as Case })),
  );
}

/** The suite counts nested nodes; a call of a lambda in an operand of a branch is three of them. */
const callsIn = (depth: number): number => Math.floor((depth - 2) / 3);

function evaluate(group: string, example: Case): unknown {
  const source = example.expr ?? readFileSync(`${root}groups/${group}/${example["expr-file"]}`, "utf8");
  // Ten million items take a slow machine longer than an expression may usually take.
  const limits = { ms: 60_000, ...(example.depth !== undefined && { depth: callsIn(example.depth) }) };
  const compiled = compile(source, { limits });
  if (!compiled.ok) throw compiled.problems[0];
  const dataset = example.dataset ?? undefined;
  const data = dataset === undefined ? example.data : readJson(`${root}datasets/${dataset}.json`);
  return compiled.expression(data, example.bindings);
}

function failure(action: () => unknown): JsonataError | undefined {
  try {
    action();
  } catch (error) {
    return error as JsonataError;
  }
  return undefined;
}

/** What JSON keeps of a result: functions and holes are the reference's own affair. */
const asJson = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

describe.skipIf(!isPresent)("the suite of JSONata", () => {
  test.each(groups)("%s", (group) => {
    for (const { name, example } of casesOf(group)) {
      const code = example.code ?? example.error?.code;
      if (code !== undefined) {
        expect(failure(() => evaluate(group, example))?.code, name).toBe(code);
      } else {
        const result = asJson(evaluate(group, example));
        if (example.undefinedResult === true) expect(result, name).toBeUndefined();
        else if (typeof example.result === "number") expect(result, name).toBeCloseTo(example.result, 10);
        else expect(result, name).toEqual(example.result);
      }
    }
  });
});
