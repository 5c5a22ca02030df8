// What is told of a piece of work: medians of its rounds, and of each round's ratios.
import { median, printTable } from "../figures.mjs";

const rate = (row) => row.requests / row.seconds;
const requestCpu = (row) => row.cpu / row.requests;
const frameCpu = (row) => row.cpu / row.frames;
/** Nothing where the other one was not asked. */
const over = (of, row, other) => (other ? of(row) / of(other) : Number.NaN);
const frameRate = (row) => row.frames / row.seconds;

/** Columns by what a piece of work tells: a name and what stands there for a row and its round's row of the limits. */
const columns = {
  rate: [
    ["requests/s", rate],
    ["of rawjson", (row, other) => over(rate, row, other.rawjson)],
    ["of Portkey", (row, other) => over(rate, row, other.Portkey)],
    ["CPU µs/request", requestCpu],
    ["of rawjson's", (row, other) => over(requestCpu, row, other.rawjson)],
    ["p50 ms", (row) => row.p50],
    ["p99 ms", (row) => row.p99],
  ],
  added: [
    ["added p50 ms", (row, other) => row.p50 - other.raw.p50],
    ["added p99 ms", (row, other) => row.p99 - other.raw.p99],
  ],
  frames: [
    ["frames/s", frameRate],
    ["of rawjson", (row, other) => over(frameRate, row, other.rawjson)],
    ["of Portkey", (row, other) => over(frameRate, row, other.Portkey)],
    ["CPU µs/frame", frameCpu],
    ["of rawjson's", (row, other) => over(frameCpu, row, other.rawjson)],
  ],
  first: [
    ["streams/s", rate],
    ["CPU µs/stream", requestCpu],
    ["first byte p50 ms", (row) => row.first],
    ["p99 ms", (row) => row.first99],
    ["added p50 ms", (row, other) => row.first - other.raw.first],
  ],
  gaps: [
    ["gap p50 ms", (row) => row.gap50],
    ["gap p99 ms", (row) => row.gap99],
    ["largest gap ms", (row) => row.gapMost],
    ["first byte p50 ms", (row) => row.first],
    ["CPU µs/frame", frameCpu],
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
