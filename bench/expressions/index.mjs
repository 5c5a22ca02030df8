// Expressions alone: compiled, evaluated by the reference implementation, and the same by hand in JavaScript.
import assert from "node:assert/strict";
import jsonata from "jsonata";
import { do_not_optimize as keep, measure } from "mitata";
import { compile } from "../../src/jsonata/index.ts";
import { median, printTable } from "../figures.mjs";
import { sizes, suites } from "./suites.mjs";

const nanosPerMilli = 1e6;

/** Until the engine has compiled it for good. */
async function warm(way, ms) {
  for (const startedAt = performance.now(); performance.now() - startedAt < ms;) keep(await way());
}

export async function measureExpressions({ isQuick, only }) {
  console.log("\n## Expressions alone (mitata)");
  const results = {};
  for (const suite of await suites()) {
    if (!suite.title.includes(only)) continue;
    results[suite.title] = await measureSuite(suite, isQuick);
    tell(suite, results[suite.title]);
  }
  return results;
}

/** Three ways to the same result; a benchmark of things that differ would say nothing. */
async function waysOf({ source, prelude, functions, bindings, byHand }, input) {
  const compiled = compile(source, { functions, prelude, variables: Object.keys(bindings) });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const whole = prelude ? `(${prelude.slice(prelude.indexOf("(") + 1, -1)};\n${source}\n)` : source;
  const reference = jsonata(whole);
  const bound = { ...bindings, ...functions };
  const ways = {
    hand: () => byHand(input, bindings),
    compiled: () => compiled.expression(input, bindings),
    reference: () => reference.evaluate(input, bound),
    json: () => JSON.stringify(JSON.parse(text)),
  };
  const text = JSON.stringify(input);
  const plain = async (way) => JSON.parse(JSON.stringify(await way()));
  const wanted = await plain(ways.reference);
  assert.deepEqual(await plain(ways.compiled), wanted);
  assert.deepEqual(await plain(ways.hand), wanted);
  return ways;
}

/** The ways in turn, several times, so that what disturbs the machine disturbs all of them. */
async function measureSuite(suite, isQuick) {
  const results = {};
  for (const size of sizes) {
    const ways = await waysOf(suite, suite.inputs[size]);
    const seen = { hand: [], compiled: [], reference: [], json: [] };
    const rounds = isQuick ? 1 : 5;
    for (const way of Object.values(ways)) await warm(way, isQuick ? 100 : 500);
    const options = { min_cpu_time: (isQuick ? 40 : 120) * nanosPerMilli };
    for (let round = 0; round < rounds; round++)
      for (const [name, way] of Object.entries(ways)) {
        const { p50 } = await measure(
          name === "reference" ? async () => keep(await way()) : () => keep(way()),
          options,
        );
        seen[name].push(p50 / 1000);
      }
    const ratio = (a, b) => median(seen[a].map((value, i) => value / seen[b][i]));
    results[size] = {
      bytes: JSON.stringify(suite.inputs[size]).length,
      micros: Object.fromEntries(Object.entries(seen).map(([name, list]) => [name, median(list)])),
      ofHand: ratio("compiled", "hand"),
      faster: ratio("reference", "compiled"),
      ofJson: ratio("compiled", "json"),
    };
  }
  return results;
}

function tell({ title }, results) {
  printTable(
    title,
    [
      "",
      "KB",
      "by hand µs",
      "compiled µs",
      "× by hand",
      "reference µs",
      "times faster",
      "JSON µs",
      "of JSON",
    ],
    sizes.map((size) => {
      const { bytes, micros, ofHand, faster, ofJson } = results[size];
      return [
        size,
        bytes / 1000,
        micros.hand,
        micros.compiled,
        ofHand,
        micros.reference,
        faster,
        micros.json,
        ofJson,
      ];
    }),
  );
}
