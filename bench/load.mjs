// The load: a number of callers, each asking again as soon as it has its answer, until the time is over. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { Pool } from "undici";

const { url, path, headers, body, callers, ms, frameMark } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
);
const pool = new Pool(url, {
  connections: callers,
  pipelining: 1,
  headersTimeout: 60_000,
  bodyTimeout: 60_000,
});
const latencies = [];
const firsts = [];
const gaps = [];
let frames = 0;
let failed = 0;
const mark = Buffer.from(frameMark ?? "data: ");

function ask(done) {
  const startedAt = performance.now();
  let first = 0;
  let last = 0;
  let status = 0;
  pool.dispatch(
    { path, method: "POST", headers: { "content-type": "application/json", ...headers }, body },
    {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code;
      },
      onResponseData(_controller, chunk) {
        const now = performance.now();
        if (!first) firsts.push((first = now) - startedAt);
        else gaps.push(now - last);
        last = now;
        for (let at = chunk.indexOf(mark); at !== -1; at = chunk.indexOf(mark, at + mark.length)) frames++;
      },
      onResponseEnd() {
        if (status !== 200) failed++;
        latencies.push(performance.now() - startedAt);
        done();
      },
      onResponseError() {
        failed++;
        done();
      },
    },
  );
}

const startedAt = performance.now();
await Promise.all(
  Array.from(
    { length: callers },
    () =>
      new Promise((resolve) => {
        const again = () => (performance.now() - startedAt < ms && failed < 100 ? ask(again) : resolve());
        again();
      }),
  ),
);
const seconds = (performance.now() - startedAt) / 1000;
const quantile = (list, q) =>
  list.sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0;
process.stdout.write(
  `${JSON.stringify({
    requests: latencies.length,
    failed,
    frames,
    seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    first: quantile(firsts, 0.5),
    first99: quantile(firsts, 0.99),
    gap50: quantile(gaps, 0.5),
    gap99: quantile(gaps, 0.99),
    gapMax: quantile(gaps, 1),
  })}\n`,
);
process.exit(0);
