import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "../../src/bridge/load.ts";
import { formatDiagnostics } from "../../src/diagnostics/format.ts";
import { startServer } from "../../src/server/server.ts";
import type { RunningServer } from "../../src/server/server.ts";
import { call, startUpstream } from "../support/http.ts";
import type { Answer, Upstream } from "../support/http.ts";

/** Requests that a mapping cannot be made of, each in its own way. The first line of a file is a comment. */
const requests: Readonly<Record<string, string>> = {
  "an endless loop": `($f := function($n) { $f($n + 1) }; { "model": $f(1) })`,
  "endless recursion": `($f := function($n) { 1 + $f($n) }; { "model": $f(1) })`,
  "two that call each other": `($f := function($n) { $g($n) }; $g := function($n) { $f($n) }; { "model": $f(1) })`,
  "loops in loops": `{ "model": $count([1..100000].([1..100000].($ + 1))) }`,
  "maps in maps": `{ "model": $map([1..100000], function($i) { $map([1..100000], function($j) { $i * $j }) }) }`,
  "a huge string": `($f := function($s) { $f($s & $s) }; { "model": $f("x") })`,
  "a huge string, reduced": `{ "model": $reduce([1..1000000], function($all, $i) { $all & $pad("x", 10000) }, "") }`,
  "many long strings": `{ "model": [1..10000].$pad("x", 1000000) }`,
  "huge lists": `{ "model": [1..100].[1..10000000] }`,
  "a list that grows": `($f := function($a) { $f($append($a, $a)) }; { "model": $f([1]) })`,
  "a value that unfolds": `($f := function($o, $n) { $n = 0 ? $o : $f({ "a": $o, "b": $o }, $n - 1) }; { "model": $string($f({}, 60)) })`,
  "a result that unfolds": `($f := function($o, $n) { $n = 0 ? $o : $f({ "a": $o, "b": $o }, $n - 1) }; { "model": $f({}, 60) })`,
  "a text of what unfolds": `($f := function($o, $n) { $n = 0 ? $o : $f([[$o], [$o]], $n - 1) }; { "model": $uppercase($jsonText($f({}, 60)) ?? [1]) })`,
  "a result that holds a long text often": `($s := $pad("", 1000000, "x"); { "model": [1..1000].{ "s": $s } })`,
  "a result that is deep": `($f := function($o, $n) { $n = 0 ? $o : $f({ "a": $o }, $n - 1) }; { "model": $f({}, 100000) })`,
  "a comparator that never ends": `{ "model": $sort([2, 1], function($a, $b) { ($f := function() { $f() }; $f()) }) }`,
  "a comparator without order": `{ "model": $sort([1..1000000], function($a, $b) { $random() > 0.5 }) }`,
  "a comparator that fails": `{ "model": $sort([1..1000], function($a, $b) { $a.b > "text" + $b }) }`,
  "sorting what has no order": `{ "model": [1, "a", {}]^($) }`,
  "a pattern that backtracks": `{ "model": $contains(turns[-1].parts[0].text, /^(a+)+$/) }`,
  "the same, ignoring case": `{ "model": $contains(turns[-1].parts[0].text, /^(A|AA)+$/i) }`,
  "the same with a reference back": `{ "model": $replace(turns[-1].parts[0].text, /^(a+)+\\1$/, "") }`,
  "a pattern over a long text": `{ "model": $match($pad("", 1000000, " "), /\\s+x/) }`,
};
const names = Object.keys(requests);
const folderOf = (name: string): string => `bad-${names.indexOf(name)}`;

const decodeTable = `key: 'choices[0].delta.content = "bad" ? "bad" : "good"'
done: "[DONE]"
end: stop
events:
  good:
    - when: choices[0].delta.content
      emit: { type: delta, key: text, kind: text, v: "=choices[0].delta.content" }
    - when: choices[0].finish_reason
      emit: { type: stop, stop: { reason: stop } }
  bad: { emit: { type: delta, key: text, kind: text, v: "=($f := function($n) { $f($n) }; $f(1))" } }
`;
const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    names.flatMap((name) => [
      [`${folderOf(name)}/mapping.yaml`, "about: Bad\nextends: openai-chat\n"],
      [`${folderOf(name)}/request.encode.jsonata`, `/* bad */\n${requests[name]}\n`],
    ]),
  ),
  "bad-answer/mapping.yaml": "about: Bad\nextends: openai-chat\n",
  "bad-answer/response.decode.jsonata": "/* bad */\n($f := function($n) { $f($n) }; $f(1))\n",
  "bad-client/mapping.yaml": "about: Bad\nextends: openai-chat\nserves: [{ path: /bad/chat }]\n",
  "bad-client/request.decode.jsonata": "/* bad */\n($f := function($n) { $f($n) }; $f(1))\n",
  "bad-stream/mapping.yaml": "about: Bad\nextends: openai-chat\n",
  "bad-stream/stream.decode.yaml": decodeTable,
  "bad-lib/mapping.yaml": "about: Bad\nextends: openai-chat\n",
  "bad-lib/lib.jsonata": "(\n$forever := function($n) {\n  $forever($n)\n};\n)\n",
  "bad-lib/request.encode.jsonata": '{ "model": $forever(1) }\n',
};

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

let folder: string;
let upstream: Upstream;
let server: RunningServer;
let log = "";

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, "mappings", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  upstream = await startUpstream((res, { body }) => {
    const { stream, messages } = JSON.parse(body) as { stream?: boolean; messages?: { content: string }[] };
    if (!stream) {
      const choices = [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }];
      res.writeHead(200, { "content-type": "application/json" });
      res.end(JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m", choices }));
      return;
    }
    const said = messages?.[0]?.content ?? "";
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write(chunk({ role: "assistant", content: "Hello" }));
    setTimeout(() => res.end(chunk({ content: said }) + chunk({}, "stop") + "data: [DONE]\n\n"), 50);
  });
  const bad = [...names.map(folderOf), "bad-answer", "bad-stream", "bad-lib"];
  const providers = bad.map((name) => `  ${name}: { mapping: ${name}, base_url: "${upstream.url}" }\n`);
  writeFileSync(
    join(folder, "llmbridge.yaml"),
    `mappings: ./mappings\nproviders:\n  demo: { mapping: demo }\n${providers.join("")}models: { "*": demo }\n`,
  );
  const { bridge, diagnostics } = load({ config: join(folder, "llmbridge.yaml"), env: {} });
  if (!bridge) throw new Error(formatDiagnostics(diagnostics));
  server = await startServer({
    bridge,
    listen: { host: "127.0.0.1", port: 0 },
    write: (text) => void (log += text),
  });
});

afterAll(async () => {
  await server.close();
  await upstream.close();
  rmSync(folder, { recursive: true });
});

const text = `${"a".repeat(60)}b`;
const ask = (model: string, more: object = {}, path = "/v1/chat/completions"): Promise<Answer> =>
  call(server.url + path, { body: { model, messages: [{ role: "user", content: text }], ...more } });

/**
 * Docs/jsonata.md promises that nobody waits longer than about half a second of CPU time. Twice that is allowed here; CPU
 * time, since a machine that does other things as well takes any other time.
 */
const mostMs = 1000;

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * Asks the demo provider, as others do, until the bad request is answered. Gives the longest that the thread, which
 * answers them all, did one thing and nothing else.
 */
async function longestWait(bad: Promise<unknown>): Promise<number> {
  let isOver = false;
  let longest = 0;
  let before = cpuMs();
  function look(): void {
    const now = cpuMs();
    longest = Math.max(longest, now - before);
    before = now;
    if (!isOver) setImmediate(look);
  }
  async function askOn(): Promise<void> {
    while (!isOver) expect((await ask("demo/hello")).status).toBe(200);
  }
  look();
  const others = [askOn(), askOn()];
  await bad;
  isOver = true;
  await Promise.all(others);
  return longest;
}

/** What one bad mapping does: its own request fails in the caller's format, with its place in the log; nothing else does. */
async function failsAlone(request: () => Promise<Answer>, place: RegExp): Promise<void> {
  log = "";
  const bad = request();
  const longest = await longestWait(bad);
  const answer = await bad;
  expect(answer.status).toBe(500);
  expect(answer.json()).toMatchObject({
    error: {
      message: "a mapping failed on this request; the log of the bridge says where",
      code: "bridge_error",
    },
  });
  await expect.poll(() => log).toMatch(place);
  expect(longest).toBeLessThan(mostMs);
}

describe("a mapping that goes wrong fails one request, within a bound", { timeout: 60_000 }, () => {
  test.each(names)("%s", async (name) => {
    const place = new RegExp(`LB901 .*\\n  at .*/${folderOf(name)}/request\\.encode\\.jsonata:[12]:\\d+`);
    await failsAlone(() => ask(`${folderOf(name)}/m`), place);
    expect(upstream.received).toEqual([]);
  });

  test("in a library: the place is there", async () => {
    await failsAlone(() => ask("bad-lib/m"), /\/bad-lib\/lib\.jsonata:[23]:\d+/);
  });

  test("on the caller's side", async () => {
    await failsAlone(
      () => ask("demo/hello", {}, "/bad/chat"),
      /\/bad-client\/request\.decode\.jsonata:2:\d+/,
    );
  });

  test("with an upstream's answer", async () => {
    await failsAlone(() => ask("bad-answer/m"), /\/bad-answer\/response\.decode\.jsonata:2:\d+/);
  });

  test("in a row of a stream table: that stream ends with an error, another one of it goes on", async () => {
    log = "";
    const stream = (content: string): Promise<Answer> =>
      ask("bad-stream/m", { stream: true, messages: [{ role: "user", content }] });
    const both = Promise.all([stream("bad"), stream("good")]);
    const longest = await longestWait(both);
    const [bad, good] = await both;
    expect(bad.text).toContain("Hello");
    expect(bad.text).toContain('"bridge_error"');
    expect(bad.text).not.toContain("[DONE]");
    expect(good.text).toContain('"good"');
    expect(good.text).toContain("[DONE]");
    await expect.poll(() => log).toMatch(/\/bad-stream\/stream\.decode\.yaml:10:\d+/);
    expect(longest).toBeLessThan(mostMs);
  });
});
