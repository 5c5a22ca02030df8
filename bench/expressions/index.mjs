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

/** How long one measurement of a way takes at least, and the reference's, which is a thousand times slower. */
const sliceMs = { whole: 25, quick: 10, reference: 120 };

/**
 * The ways in turn, again and again in short slices and in both orders: a machine whose speed changes within the second then
 * changes it for all of them, and a ratio is the median of what each round says.
 */
async function measureSuite(suite, isQuick) {
  const results = {};
  for (const size of sizes) {
    const { reference, ...others } = await waysOf(suite, suite.inputs[size]);
    for (const way of Object.values(others)) await warm(way, isQuick ? 100 : 500);
    const slow = [];
    for (let round = 0; round < (isQuick ? 1 : 3); round++)
      slow.push(await microsOf(async () => keep(await reference()), sliceMs.reference));
    const rounds = isQuick ? 5 : 21;
    const seen = { hand: [], compiled: [], json: [] };
    for (let round = 0; round < rounds; round++) {
      const names = round % 2 === 0 ? Object.keys(seen) : Object.keys(seen).reverse();
      for (const name of names)
        seen[name].push(await microsOf(() => keep(others[name]()), isQuick ? sliceMs.quick : sliceMs.whole));
    }
    const ratio = (a, b) => median(seen[a].map((value, i) => value / seen[b][i]));
    const micros = Object.fromEntries(Object.entries(seen).map(([name, list]) => [name, median(list)]));
    results[size] = {
      bytes: JSON.stringify(suite.inputs[size]).length,
      micros: { ...micros, reference: median(slow) },
      ofHand: ratio("compiled", "hand"),
      faster: median(slow) / micros.compiled,
      ofJson: ratio("compiled", "json"),
    };
  }
  return results;
}

/**
 * The median µs of a call. Without Node's `--expose-gc`, mitata would allocate a gigabyte before each measurement to have
 * garbage collected: afterwards the young generation is small, and whatever allocates runs at half its speed. Its batches
 * are made small, or a slice of 25 ms would last seconds.
 */
async function microsOf(run, ms) {
  const { p50 } = await measure(run, { min_cpu_time: ms * nanosPerMilli, gc: false, batch_samples: 64 });
  return p50 / 1000;
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
