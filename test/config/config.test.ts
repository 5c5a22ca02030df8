import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkProviders, defaultConfig, loadConfig } from "../../src/bridge/config.ts";
import type { Config } from "../../src/bridge/types.ts";
import type { Environment } from "../../src/bridge/config-env.ts";
import { inProject, reportOn } from "../support/project.ts";

function configOf(text: string, env: Environment = {}, dotEnv = ""): Config {
  return inProject({ "llmbridge.yaml": text, ".env": dotEnv }, (folder) => {
    const { config, diagnostics } = loadConfig(join(folder, "llmbridge.yaml"), env);
    expect(diagnostics.filter((one) => one.severity === "error")).toEqual([]);
    return config!;
  });
}

describe("loadConfig", () => {
  test("fills in the defaults", () => {
    expect(configOf("providers: { a: { mapping: x } }")).toMatchObject({
      listen: { host: "127.0.0.1", port: 4000 },
      mappings: [],
      keys: [],
      bodyLimit: 32 * 1024 * 1024,
      cors: { origins: [] },
      pingMs: 15_000,
      log: { level: "info", format: "text" },
      providers: new Map([
        [
          "a",
          {
            name: "a",
            mapping: "x",
            headers: {},
            timeoutMs: 600_000,
            body: { default: {}, set: {}, remove: [] },
            capabilities: {},
            losses: [],
          },
        ],
      ]),
      models: [],
    });
  });

  test("reads what is written", () => {
    const config = configOf(`
listen: { host: localhost, port: 0 }
auth: { keys: [" a ", ""] }
providers:
  a:
    mapping: x
    base_url: http://h/v1//
    api_key: " k "
    headers: { X-A: 1, x-b: yes }
    timeout: 1.5s
    body: { default: { t: 0 }, set: { a.b: [1] }, remove: [c] }
    capabilities: { sampling: { topK: true } }
    losses: { "*": allow, reasoning.budget: reject, sampling.*: warn }
models:
  "*": a
  gpt-*: a/b/c
  gpt-4*: [a, { provider: a, model: m, timeout: 2s, context_length: 5 }]
  gpt-4: a
limits: { body: 1kb }
ping: 0s
`);
    expect(config).toMatchObject({
      listen: { host: "localhost", port: 0 },
      keys: ["a"],
      bodyLimit: 1024,
      pingMs: 0,
    });
    expect(config.providers.get("a")).toMatchObject({
      baseUrl: "http://h/v1",
      apiKey: "k",
      headers: { "x-a": "1", "x-b": "yes" },
      timeoutMs: 1500,
      body: { default: { t: 0 }, set: { "a.b": [1] }, remove: ["c"] },
      capabilities: { sampling: { topK: true } },
      losses: [
        { code: "reasoning.budget", action: "reject" },
        { code: "sampling.*", action: "warn" },
        { code: "*", action: "allow" },
      ],
    });
    expect(
      config.models.map(({ pattern, targets }) => [
        pattern,
        targets.map(({ provider, model, timeoutMs, contextLength }) => [
          provider,
          model,
          timeoutMs,
          contextLength,
        ]),
      ]),
    ).toEqual([
      ["gpt-4", [["a", undefined, undefined, undefined]]],
      [
        "gpt-4*",
        [
          ["a", undefined, undefined, undefined],
          ["a", "m", 2000, 5],
        ],
      ],
      ["gpt-*", [["a", "b/c", undefined, undefined]]],
      ["*", [["a", undefined, undefined, undefined]]],
    ]);
  });

  test("reads the environment, and .env beside the file behind it", () => {
    const text =
      'listen: { port: "${PORT}" }\nproviders: { a: { mapping: "${M:-x}", api_key: os.environ/KEY, base_url: "http://${H}/$${v}", headers: { a: "${E:-e}" } } }\nmodels: {}';
    const config = configOf(
      text,
      { KEY: "from the environment", E: "" },
      "KEY=from the file\nPORT=5000\nH=host\n",
    );
    expect(config.listen.port).toBe(5000);
    expect(config.providers.get("a")).toMatchObject({
      mapping: "x",
      apiKey: "from the environment",
      baseUrl: "http://host/${v}",
      headers: { a: "e" },
    });
  });

  test("a missing credential is no obstacle", () => {
    const config = configOf(
      'auth: { keys: ["${NOPE}"] }\nproviders: { a: { mapping: x, api_key: "${NOPE}" } }',
    );
    expect(config.keys).toEqual([]);
    expect(config.providers.get("a")!.apiKey).toBeUndefined();
  });

  test.each([
    ["under a name that is not known", "keys: [sk-abc12345]"],
    ["in its place, beside another mistake", "auth: { keys: [sk-abc12345], ports: 1 }"],
    [
      "of a provider, beside another mistake",
      "providers: { a: { mapping: demo, api_key: sk-abc12345, xyz: 1 } }",
    ],
    ["in a header", "providers: { a: { mapping: demo, headers: { x-api-key: sk-abc12345 }, xyz: 1 } }"],
    ["in a file that is broken", "providers: { a: { api_key: sk-abc12345 }, xyz: ] }"],
  ])("a key %s is not shown with the line", (_, text) => {
    const report = reportOn({ "llmbridge.yaml": `${text}\n` });
    expect(report).toContain("•••");
    expect(report).not.toContain("abc12345");
  });

  test("finds folders of mappings from where the file is", () => {
    inProject({ "llmbridge.yaml": "mappings: [mine, /]", "mine/x/mapping.yaml": "" }, (folder) => {
      expect(loadConfig(join(folder, "llmbridge.yaml"), {}).config!.mappings).toEqual([
        join(folder, "mine"),
        "/",
      ]);
    });
  });

  test("without providers, demo answers everything", () => {
    for (const config of [configOf("listen: { port: 1 }"), configOf(""), defaultConfig().config!]) {
      expect([...config.providers.keys()]).toEqual(["demo"]);
      expect(config.models.map(({ pattern }) => pattern)).toEqual(["*"]);
    }
  });

  test("a file that is missing or no file is said so", () => {
    expect(loadConfig("/nowhere/llmbridge.yaml", {})).toMatchObject({
      diagnostics: [{ code: "LB101", place: { file: "/nowhere/llmbridge.yaml", line: 0 } }],
    });
    expect(loadConfig("/", {})).toMatchObject({ diagnostics: [{ code: "LB102" }] });
  });

  test.each(["127.0.0.1", "127.1.2.3", "localhost", "::1"])("%s is this machine only", (host) => {
    expect(defaultConfig({ host }).diagnostics).toEqual([]);
  });

  test.each(["0.0.0.0", "::", "192.168.0.1", "example.com", "127.0.0.1.example.com"])(
    "%s needs a key, on the command line too",
    (host) => {
      expect(defaultConfig({ host }).diagnostics).toMatchObject([{ code: "LB508", severity: "error" }]);
      inProject({ "llmbridge.yaml": "auth: { keys: [k] }" }, (folder) => {
        expect(loadConfig(join(folder, "llmbridge.yaml"), {}, { host })).toMatchObject({
          config: { listen: { host } },
          diagnostics: [],
        });
      });
    },
  );
});

test("the sample needs no environment: warnings only, and known mappings", () => {
  const file = resolve(import.meta.dirname, "../../llmbridge.yaml");
  const loaded = loadConfig(file, {});
  expect(loaded.config).toBeDefined();
  expect(new Set(loaded.diagnostics.map(({ code, severity }) => `${code} ${severity}`))).toEqual(
    new Set(["LB503 warning"]),
  );
  expect(checkProviders(loaded, new Map()).map(({ code }) => code)).toEqual(
    Array(loaded.config!.providers.size).fill("LB501"),
  );
  expect(readFileSync(file, "utf8")).toMatch(
    /^# yaml-language-server: \$schema=\.\/schemas\/config\.schema\.json\n/,
  );
});
