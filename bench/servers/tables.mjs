// What is told of a piece of work: medians of its rounds, and of each round's ratios.
import { median, printTable } from "../figures.mjs";

const rate = (row) => row.requests / row.seconds;
const frameRate = (row) => row.frames / row.seconds;

/** Columns by what a piece of work tells: a name and what stands there for a row and its round's row of the limits. */
const columns = {
  rate: [
    ["requests/s", rate],
    ["of rawjson", (row, other) => rate(row) / rate(other.rawjson)],
    ["of Portkey", (row, other) => other.Portkey && rate(row) / rate(other.Portkey)],
    ["CPU µs/request", (row) => row.cpu / row.requests],
    ["of rawjson's", (row, other) => row.cpu / row.requests / (other.rawjson.cpu / other.rawjson.requests)],
    ["p50 ms", (row) => row.p50],
    ["p99 ms", (row) => row.p99],
  ],
  added: [
    ["added p50 ms", (row, other) => row.p50 - other.raw.p50],
    ["added p99 ms", (row, other) => row.p99 - other.raw.p99],
  ],
  frames: [
    ["frames/s", frameRate],
    ["of rawjson", (row, other) => frameRate(row) / frameRate(other.rawjson)],
    ["of Portkey", (row, other) => other.Portkey && frameRate(row) / frameRate(other.Portkey)],
    ["CPU µs/frame", (row) => row.cpu / row.frames],
    ["of rawjson's", (row, other) => row.cpu / row.frames / (other.rawjson.cpu / other.rawjson.frames)],
  ],
  first: [
    ["streams/s", rate],
    ["CPU µs/stream", (row) => row.cpu / row.requests],
    ["first byte p50 ms", (row) => row.first],
    ["p99 ms", (row) => row.first99],
    ["added p50 ms", (row, other) => row.first - other.raw.first],
  ],
  gaps: [
    ["gap p50 ms", (row) => row.gap50],
    ["gap p99 ms", (row) => row.gap99],
    ["largest gap ms", (row) => row.gapMost],
    ["first byte p50 ms", (row) => row.first],
    ["CPU µs/frame", (row) => row.cpu / row.frames],
  ],
};

/** Rows of every gateway by its name, each with as many rounds: what `printTable` takes, and the medians by column. */
export function summarise(rounds, tells) {
  const chosen = tells.flatMap((one) => columns[one]);
  const names = Object.keys(rounds);
  const inRound = (i) => Object.fromEntries(names.map((name) => [name, rounds[name][i]]));
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        ...Object.fromEntries(
          chosen.map(([title, of]) => [title, median(rounds[name].map((row, i) => of(row, inRound(i))))]),
        ),
        "RSS MB": Math.max(...rounds[name].map((row) => row.rss)),
        failed: rounds[name].reduce((sum, row) => sum + row.failed, 0),
      },
    ]),
  );
}

export function printWork(title, summary) {
  const names = Object.keys(summary);
  const head = Object.keys(summary[names[0]]);
  const row = (name) => [
    name,
    ...head.map((column) => (column === "failed" ? String(summary[name][column]) : summary[name][column])),
  ];
  printTable(title, ["", ...head], names.map(row));
}
