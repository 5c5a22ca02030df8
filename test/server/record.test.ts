import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readCases } from "../../src/bridge/cases.ts";
import { load } from "../../src/bridge/load.ts";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { createRecorder } from "../../src/commands/record.ts";
import { createRedactor } from "../../src/commands/redact.ts";
import { runCase } from "../../src/golden/run.ts";
import { startServer } from "../../src/server/server.ts";
import { call, startUpstream } from "../support/http.ts";
import type { Respond } from "../support/http.ts";

const { mappings } = loadMappings();

const upstream: Respond = (res, { body }) => {
  const { stream } = JSON.parse(body) as { stream?: boolean };
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
  const head = { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m" };
  if (!stream) {
    res.writeHead(200, { "content-type": "application/json" });
    const message = { role: "assistant", content: "Write to ann@acme.example." };
    return res.end(
      JSON.stringify({ ...head, choices: [{ index: 0, message, finish_reason: "stop" }], usage }),
    );
  }
  res.writeHead(200, { "content-type": "text/event-stream" });
  const chunks = [
    { ...head, choices: [{ index: 0, delta: { role: "assistant", content: "Hel" } }] },
    { ...head, choices: [{ index: 0, delta: { content: "lo" }, finish_reason: "stop" }] },
    { ...head, choices: [], usage },
  ];
  return res.end(`${chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("")}data: [DONE]\n\n`);
};

/** Asks once while everything is recorded; gives the folder. */
async function recorded(body: object): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "record-"));
  const double = await startUpstream(upstream);
  const config = join(folder, "llmbridge.yaml");
  writeFileSync(
    config,
    `providers: { chat: { mapping: openai-chat, base_url: "${double.url}/v1", api_key: sk-provider-secret-1234567890 } }\nmodels: { m: chat/gpt-4.1 }\n`,
  );
  const { bridge } = load({ config, env: {} });
  rmSync(config);
  const listen = { host: "127.0.0.1", port: 0 };
  const server = await startServer({
    bridge: bridge!,
    listen,
    write: () => undefined,
    onRecording: createRecorder(folder, () => undefined),
  });
  onTestFinished(async () => {
    await server.close();
    await double.close();
    rmSync(folder, { recursive: true });
  });
  await call(`${server.url}/v1/messages`, {
    body: {
      model: "m",
      max_tokens: 10,
      metadata: { user_id: "user-ann-77" },
      messages: [{ role: "user", content: "Hi, I am ann@acme.example, user-ann-77" }],
      ...body,
    },
    headers: { "anthropic-version": "2023-06-01", "x-api-key": "client-secret" },
  });
  await expect.poll(() => filesOf(folder).length).toBeGreaterThan(8);
  return folder;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
}

test.each([
  ["a document", {}, ["request.json", "response.json"]],
  ["a stream", { stream: true }, ["stream.sse", "encoded.sse"]],
])("%s becomes golden cases that pass", async (_, body, files) => {
  const folder = await recorded(body);
  const names = readdirSync(folder).toSorted();
  expect(names).toEqual(["anthropic", "openai-chat"]);
  const cases = names.flatMap((name) =>
    readCases(name, join(folder, name)).map((one) => [mappings.get(name)!, one] as const),
  );
  expect(cases.map(([{ name }, one]) => `${name} ${one.name.replace(/^[\d-]+-\d+-\d+/, "")}`)).toEqual([
    "anthropic ",
    "anthropic -told",
    "openai-chat -answered",
    "openai-chat -asked",
  ]);
  expect(
    cases.flatMap(([mapping, one]) => runCase(mapping, one)).filter(({ status }) => status === "failed"),
  ).toEqual([]);
  for (const file of files)
    expect(
      cases.some(([, one]) => one.has(file)),
      file,
    ).toBe(true);
});

test("nobody is named, and no key is told", async () => {
  const folder = await recorded({});
  const all = filesOf(folder)
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  expect(all).not.toMatch(/ann|secret|acme/);
  expect(all).toContain("someone@example.com");
  expect(all).toContain("person-1");
});

test("what is redacted", () => {
  const redact = createRedactor({ user: { id: 'a "b"' }, metadata: { team: "red-team" } } as never, ["k3y"]);
  expect(
    redact(
      JSON.stringify({
        user: 'a "b"',
        t: "red-team",
        k: "k3y",
        home: "/home/ann/x",
        key: "sk-abcdefghijklmnopqrstuv",
      }),
    ),
  ).toBe(
    '{"user":"person-1","t":"person-2","k":"redacted-key","home":"/home/someone/x","key":"redacted-key"}',
  );
});
