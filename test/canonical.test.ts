import { globSync, readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv";
import { describe, expect, test } from "vitest";
import { defaultCapabilities } from "../src/mapping/capabilities.ts";
import { examples } from "./support/canonical.ts";

/*
 * The schemas in schemas/canonical say what src/mapping/canonical.ts says. The examples in test/support/canonical.ts hold
 * every member of every type: the compiler sees that none is missing or made up there, the schemas that none is unknown
 * to them, and the first test that they know no other.
 */
const root = new URL("../", import.meta.url);
const schemas = new URL("schemas/canonical/", root);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
for (const name of readdirSync(schemas))
  ajv.addSchema(JSON.parse(readFileSync(new URL(name, schemas), "utf8")) as object);

function validator(name: string): ValidateFunction {
  return ajv.getSchema(`https://llmbridge.dev/schemas/canonical/${name}.schema.json`)!;
}

/** What is wrong with a value, in short; empty if nothing. */
function mistakes(name: string, value: unknown): string[] {
  const validate = validator(name);
  validate(value);
  return (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

describe.each(Object.entries(examples))("%s", (name, list) => {
  test.each(list.map((one, i) => [i, one] as const))("example %i is one", (_, example) => {
    expect(mistakes(name, example)).toEqual([]);
  });

  test("every member that the schema knows stands in an example", () => {
    const known = new Set<string>();
    collectNames(validator(name).schema, known);
    const used = new Set<string>();
    for (const example of list) collectKeys(example, used);
    expect([...known].filter((member) => !used.has(member))).toEqual([]);
  });
});

test.each<[string, unknown]>([
  ["request", {}],
  ["request", { v: 2, from: { protocol: "x" }, model: "m", stream: false, system: [], turns: [] }],
  ["request", { v: 1, from: { protocol: "x" }, model: "m", stream: false, system: "text", turns: [] }],
  ["request", { ...examples.request[0]!, temperature: 1 }],
  ["request", { ...examples.request[0]!, user: null }],
  ["request", { ...examples.request[0]!, tools: [] }],
  ["request", { ...examples.request[0]!, turns: [{ role: "developer", parts: [] }] }],
  ["request", { ...examples.request[0]!, turns: [{ role: "user", parts: [{ type: "hologram" }] }] }],
  ["request", { ...examples.request[0]!, turns: [{ role: "user", parts: [{ type: "text", text: 1 }] }] }],
  ["request", { ...examples.request[0]!, turns: [{ role: "tool", parts: [{ type: "tool_result" }] }] }],
  ["response", { v: 1 }],
  ["response", { v: 1, candidates: [{ index: 0, parts: [], stop: { reason: "because" } }] }],
  ["response", { v: 1, candidates: [], usage: { input: -1 } }],
  ["error", { type: "server" }],
  ["error", { type: "unknown", message: "m" }],
  ["event", { type: "block.delta", i: 0, kind: "text", v: 1 }],
  ["event", { type: "block.delta", kind: "text", v: "a" }],
  ["event", { type: "block.start", i: -1, block: { type: "text" } }],
  ["event", { type: "delta", key: 0, kind: "text", v: "a" }],
  ["fact", { type: "block", part: { type: "text" } }],
  ["fact", { type: "block.start", i: 0, block: { type: "text" } }],
  ["capabilities", { midSystem: "maybe" }],
  ["capabilities", { sampling: { heat: true } }],
  ["capabilities", { tools: { name: { max: 64 } } }],
])("no %s: %j", (name, value) => {
  expect(mistakes(name, value)).not.toEqual([]);
});

test("the defaults are capabilities", () => {
  expect(mistakes("capabilities", defaultCapabilities)).toEqual([]);
});

describe("golden cases", () => {
  const files = globSync("mappings/*/cases/*/*.canonical.json*", { cwd: root }).toSorted();
  test.each(files)("%s", (file) => {
    const text = readFileSync(new URL(file, root), "utf8");
    const isStream = file.endsWith(".jsonl");
    const values = isStream ? text.split("\n").filter(Boolean) : [text];
    const name = isStream ? "event" : /(\w+)\.canonical\.json$/.exec(file)![1]!;
    if (!["event", "request", "response", "error"].includes(name)) return;
    for (const value of values) expect(mistakes(name, JSON.parse(value))).toEqual([]);
  });
});

/** Names of the members that a schema describes, through its references. */
function collectNames(schema: unknown, names: Set<string>, seen: Set<unknown> = new Set()): void {
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return;
  seen.add(schema);
  const {
    properties,
    $ref,
    $defs: _,
    ...others
  } = schema as { properties?: object; $ref?: string; $defs?: unknown };
  for (const [name, inner] of Object.entries(properties ?? {})) {
    names.add(name);
    collectNames(inner, names, seen);
  }
  if ($ref) collectNames(definition($ref), names, seen);
  for (const inner of Object.values(others)) collectNames(inner, names, seen);
}

function definition($ref: string): unknown {
  const [file, pointer] = $ref.split("#/$defs/");
  const names = file ? [file.replace(".schema.json", "")] : ["common", "request", "capabilities"];
  const found = names.map(
    (name) => (validator(name).schema as { $defs?: Record<string, unknown> }).$defs?.[pointer!],
  );
  return found.find((one) => one !== undefined);
}

function collectKeys(value: unknown, keys: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) keys.add(key);
    collectKeys(inner, keys);
  }
}
