/** The documents of the golden cases under both evaluators: what one gives, or fails with, the other does too. */
import jsonata from "jsonata";
import { expect, test } from "vitest";
import { readCases } from "../../src/bridge/cases.ts";
import type { GoldenCase } from "../../src/bridge/cases.ts";
import { findFolders, readFolders } from "../../src/bridge/folder.ts";
import type { Folder } from "../../src/bridge/folder.ts";
import { builtInMappings, loadMappings } from "../../src/bridge/mappings.ts";
import { joinPreludes } from "../../src/bridge/prelude.ts";
import { readTemplates } from "../../src/bridge/templates.ts";
import type { CanonicalRequest } from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { hostFunctions } from "../../src/mapping/host/functions.ts";
import type { LookupTable } from "../../src/mapping/host/values.ts";
import { dropNulls } from "../../src/mapping/nulls.ts";
import type { Bindings, Mapping } from "../../src/mapping/types.ts";

const report = (found: { message: string }): void => expect.fail(found.message);
const folders = readFolders(findFolders([builtInMappings], report), report);
const { mappings } = loadMappings();

/** A page of a proxy is read by `$match(…) ?? …`: the reference loses the regex before `??`, and matches without end. */
const endless = /<html|<!doctype/i;

/** A document with its library around it, as one text for the reference. */
function referenceOf(folder: Folder, file: string): jsonata.Expression {
  const { files, libs, written } = folder;
  const library = joinPreludes(libs)?.source.slice(0, -1);
  const text = files.get(file)!.text;
  const expression = jsonata(library === undefined ? text : `${library};\n(${text}\n))`);
  const functions = hostFunctions({
    templates: readTemplates(folder),
    lookups: (written["lookup"] ?? {}) as Record<string, LookupTable>,
    dialects: (written["dialects"] ?? {}) as Record<string, Record<string, unknown>>,
  });
  for (const [name, code] of Object.entries(functions)) expression.registerFunction(name, code);
  return expression;
}

/** What is evaluated in a case: the file, what the document is given, and what it makes of it here. */
function* evaluations(mapping: Mapping, folder: Folder, golden: GoldenCase) {
  const opaque = new Set((folder.written["opaque"] ?? []) as string[]);
  const bindings: Bindings = {
    ...(golden.has("context.json") && (golden.json("context.json") as Bindings)),
    ...(golden.has("http.json") && { http: golden.json("http.json") as Bindings["http"] }),
  };
  for (const kind of ["request", "error"] as const) {
    const { decode } = mapping[kind];
    if (!decode || golden.notes.direction === "encode" || !golden.has(`${kind}.json`)) continue;
    const wire = golden.json(`${kind}.json`);
    yield {
      file: `${kind}.decode.jsonata`,
      input: dropNulls(wire, opaque) ?? {},
      bindings,
      run: () => decode(wire, bindings),
    };
  }
  if (mapping.request.encode && golden.has("request.canonical.json")) {
    const { encode } = mapping.request;
    const request = golden.json("request.canonical.json") as CanonicalRequest;
    const { model, stream } = request;
    const capabilities = mapping.capabilities(model, {});
    const fitted = fit(request, capabilities, { from: mapping.protocol, to: mapping.protocol }).request;
    const target = { provider: "up", model, stream, kind: "request", capabilities, headers: {} } as const;
    yield {
      file: "request.encode.jsonata",
      input: fitted,
      bindings: { target },
      run: () => encode(fitted, { target }),
    };
  }
  for (const kind of ["response", "error"] as const) {
    const { encode } = mapping[kind];
    if (!encode || golden.notes.direction === "decode" || !golden.has(`${kind}.canonical.json`)) continue;
    const input = golden.json(`${kind}.canonical.json`) as never;
    yield { file: `${kind}.encode.jsonata`, input, bindings, run: () => encode(input, bindings) };
  }
}

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return `fails with ${code ?? cause?.code}`;
};

test("every document gives what the reference gives", { timeout: 60_000 }, async () => {
  let count = 0;
  for (const mapping of mappings.values()) {
    const folder = folders.get(mapping.name)!;
    const references = new Map<string, jsonata.Expression>();
    for (const golden of readCases(mapping.name, mapping.folder)) {
      for (const { file, input, bindings, run } of evaluations(mapping, folder, golden)) {
        if (endless.test(JSON.stringify(input))) continue;
        const reference = references.get(file) ?? referenceOf(folder, file);
        references.set(file, reference);
        let given: unknown;
        try {
          given = run();
        } catch (error) {
          given = codeOf(error);
        }
        const expected: unknown = await reference
          .evaluate(structuredClone(input), { ...bindings })
          .catch(codeOf);
        count++;
        expect(JSON.stringify(given), `${mapping.name}/${golden.name} ${file}`).toBe(
          JSON.stringify(expected),
        );
      }
    }
  }
  expect(count).toBeGreaterThan(300);
});
