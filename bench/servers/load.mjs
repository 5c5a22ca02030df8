// The load: a number of callers, each asking again as soon as it has its answer, until the time is over. Requests are
// bytes that were made before; answers are read off the socket. Told by its parent what to ask, tells it what it saw.
import { connect } from "node:net";
import { createReader } from "./http1.mjs";
import { quantile } from "../figures.mjs";

/** A gateway that fails this often is not asked any more. */
const mostFailures = 100;
const LF = 10;

function requestBytes({ port, path, headers, body }) {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

function openCaller(spec, request, seen, isOver, done) {
  let socket;
  let isBusy = false;
  let startedAt = 0;
  let first = 0;
  let last = 0;
  let status = "";
  let endsInLf = false;

  const reader = createReader({
    head: (text) => {
      status = text.slice(9, 12);
    },
    body: (bytes) => {
      const now = performance.now();
      if (first === 0) seen.firsts.push((first = now) - startedAt);
      else if (spec.isPaced) seen.gaps.push(now - last);
      last = now;
      if (spec.isStream) seen.frames += countFrames(bytes);
    },
    end: () => {
      seen.latencies.push(performance.now() - startedAt);
      if (status !== "200") seen.failed++;
      isBusy = false;
      next();
    },
  });

  /** Empty lines end frames, wherever the bytes were cut. */
  function countFrames(bytes) {
    let frames = endsInLf && bytes[0] === LF ? 1 : 0;
    for (let at = bytes.indexOf("\n\n"); at !== -1; at = bytes.indexOf("\n\n", at + 2)) frames++;
    endsInLf = bytes[bytes.length - 1] === LF && bytes[bytes.length - 2] !== LF;
    return frames;
  }

  function open() {
    socket = connect(spec.port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("data", reader.push);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      socket = undefined;
      reader.close();
      if (!isBusy) return;
      isBusy = false;
      seen.failed++;
      next();
    });
  }

  function next() {
    if (isOver() || (spec.isPaced && startedAt > 0)) {
      socket?.destroy();
      done();
      return;
    }
    if (socket === undefined || socket.destroyed) open();
    isBusy = true;
    first = 0;
    endsInLf = false;
    startedAt = performance.now();
    socket.write(request);
  }
  return next;
}

/** `spreadMs`: paced streams begin over this time, one after the other, as clients do. */
async function run(spec) {
  const seen = { latencies: [], firsts: [], gaps: [], frames: 0, failed: 0 };
  const request = requestBytes(spec);
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt >= spec.ms || seen.failed >= mostFailures;
  await Promise.all(
    Array.from({ length: spec.callers }, (_, i) => {
      const { promise, resolve } = Promise.withResolvers();
      const start = openCaller(spec, request, seen, isOver, resolve);
      if (spec.isPaced) setTimeout(start, (i * spec.spreadMs) / spec.callers);
      else start();
      return promise;
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const [latencies, firsts, gaps] = [seen.latencies, seen.firsts, seen.gaps].map((list) =>
    Float64Array.from(list).sort(),
  );
  return {
    requests: latencies.length,
    failed: seen.failed,
    frames: seen.frames,
    seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    slowest: quantile(latencies, 1),
    first: quantile(firsts, 0.5),
    first99: quantile(firsts, 0.99),
    gap50: quantile(gaps, 0.5),
    gap99: quantile(gaps, 0.99),
    gapMost: quantile(gaps, 1),
  };
}

process.on("message", (spec) => void run(spec).then((result) => process.send(result)));
process.on("disconnect", () => process.exit());
process.send("ready");
