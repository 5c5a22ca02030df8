import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { load } from "../../src/bridge/load.ts";
import type { LoadResult } from "../../src/bridge/types.ts";
import { formatDiagnostics } from "../../src/diagnostics/format.ts";
import { startServer } from "../../src/server/server.ts";
import type { RunningServer } from "../../src/server/server.ts";

/** A format that no code has ever heard of, dropped into a running server while a thousand requests run. */
const folder = mkdtempSync(join(tmpdir(), "llmbridge-"));
const config = join(folder, "llmbridge.yaml");
const mappings = join(folder, "my-mappings");
const acme = join(mappings, "acme");
const loads: LoadResult[] = [];
let server: RunningServer;
const upstream = createServer((req, res) => {
  let text = "";
  req.on("data", (chunk) => (text += String(chunk)));
  req.on("end", () => {
    const { who, live, lines, can } = JSON.parse(text) as {
      who: string;
      live: boolean;
      lines: { say?: string; by: string }[];
      can?: unknown;
    };
    const last = lines.at(-1)!;
    const wants =
      can && last.by === "me" ? [{ id: "c1", do: "weather", with: { city: "Paris" } }] : undefined;
    const says = wants ? "Let me look." : `You said: ${last.say ?? ""}`;
    const end = { end: wants ? "wants" : "finished", cost: { heard: 3, said: 4 } };
    if (!live)
      return res
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ id: "t", who, says, wants, ...end }));
    res.setHeader("content-type", "application/x-ndjson");
    const events = [
      { hello: { id: "t", who } },
      ...says.split(/(?<= )/).map((bit) => ({ bit })),
      ...(wants ?? []).map((one) => ({ wants: one })),
      end,
    ];
    res.end(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  });
});

beforeAll(async () => {
  mkdirSync(mappings);
  writeConfig("");
  await new Promise<void>((done) => upstream.listen(0, "127.0.0.1", done));
  const first = load({ config, env: {} });
  server = await startServer({
    bridge: first.bridge!,
    listen: { host: "127.0.0.1", port: 0 },
    load: () => load({ config, env: {} }),
    onLoad: (result) => loads.push(result),
    write: () => undefined,
  });
});
afterAll(async () => {
  await server.close();
  upstream.close();
  rmSync(folder, { recursive: true });
});

function writeConfig(provider: string): void {
  writeFileSync(
    config,
    `mappings: ./my-mappings\nproviders:\n  demo: { mapping: demo }\n${provider}models: { "*": demo }\n`,
  );
}

async function nextLoad(when: (result: LoadResult) => boolean): Promise<LoadResult> {
  for (let waited = 0; waited < 5000; waited += 20) {
    const found = loads.find(when);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error("no such reload");
}

const client = (): OpenAI => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "any", maxRetries: 0 });
const tools: OpenAI.ChatCompletionFunctionTool[] = [
  {
    type: "function",
    function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  },
];

test("a folder and a line of configuration are a new provider, a typo is told with its place, and no request is lost", async () => {
  let answered = 0;
  const traffic = Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 50; i++) {
      const answer = await client().chat.completions.create({
        model: "any",
        messages: [{ role: "user", content: "Hello!" }],
      });
      expect(answer.choices[0]?.message.content).toMatch(/^Hello!/);
      answered++;
    }
  });

  cpSync(resolve(import.meta.dirname, "../../docs/examples/acme"), acme, { recursive: true });
  const { port } = upstream.address() as AddressInfo;
  writeConfig(`  acme: { mapping: acme, base_url: "http://127.0.0.1:${port}", api_key: k }\n`);
  await nextLoad((one) => one.bridge?.providers.has("acme") === true);
  const whole = await client().chat.completions.create({
    model: "acme/acme-1",
    messages: [{ role: "user", content: "ping" }],
  });
  expect(whole.choices[0]?.message.content).toBe("You said: ping");
  const stream = client().chat.completions.stream({
    model: "acme/acme-1",
    messages: [{ role: "user", content: "Weather?" }],
    tools,
  });
  expect((await stream.finalChatCompletion()).choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: {
      content: "Let me look.",
      tool_calls: [{ id: "c1", function: { name: "weather", arguments: '{"city":"Paris"}' } }],
    },
  });

  const table = join(acme, "stream.decode.yaml");
  const broken =
    "key: \"'bit'\"\nend: stop\nevents:\n  bit: { emit: { type: delta, key: text, kind: text, v: =$exsts(bit) } }\n";
  writeFileSync(`${table}.new`, broken);
  renameSync(`${table}.new`, table);
  const failed = await nextLoad((one) => !one.bridge);
  expect(formatDiagnostics(failed.diagnostics, { cwd: mappings }).trimEnd()).toBe(
    [
      "acme/stream.decode.yaml:4:58  LB302  unknown function $exsts",
      "  4 |   bit: { emit: { type: delta, key: text, kind: text, v: =$exsts(bit) } }",
      "    |                                                          ^^^^^^ did you mean $exists?",
      "1 problem in 1 file",
    ].join("\n"),
  );
  const health = (await (await fetch(`${server.url}/health`)).json()) as {
    reload: { ok: boolean; diagnostics: { code: string }[] };
  };
  expect(health.reload).toMatchObject({ ok: false, diagnostics: [{ code: "LB302" }] });
  const still = await client().chat.completions.create({
    model: "acme/acme-1",
    messages: [{ role: "user", content: "ping" }],
  });
  expect(still.choices[0]?.message.content).toBe("You said: ping");

  await Promise.all(traffic);
  expect(answered).toBe(1000);
}, 60_000);
