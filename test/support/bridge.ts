import { join } from "node:path";
import { compileFolder } from "../../src/bridge/compile.ts";
import { findFolders, readFolders } from "../../src/bridge/folder.ts";
import type { BodyOverrides, Bridge, Config, Provider, TargetConfig } from "../../src/bridge/types.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { Mapping } from "../../src/mapping/types.ts";

const found: Diagnostic[] = [];
const report = (one: Diagnostic): void => void found.push(one);

/** The made-up formats of `test/support/formats`, compiled. */
export const formats: ReadonlyMap<string, Mapping> = new Map(
  [...readFolders(findFolders([join(import.meta.dirname, "formats")], report), report)].map(
    ([name, folder]) => [name, compileFolder(folder, { report })],
  ),
);
if (found.length > 0)
  throw new Error(found.map((one) => `${one.message} ${JSON.stringify(one.place)}`).join("\n"));

const noBody: BodyOverrides = { default: {}, set: {}, remove: [] };
const noTarget = { headers: {}, body: noBody, capabilities: {}, losses: [] };

export type TestTarget = Partial<Omit<TargetConfig, "body">> & {
  provider: string;
  body?: Partial<BodyOverrides>;
};
export type TestProvider = Partial<Omit<Provider, "body">> & {
  mapping: string;
  body?: Partial<BodyOverrides>;
};

export interface TestBridge {
  providers: Record<string, TestProvider>;
  models?: Record<string, TestTarget | TestTarget[]>;
  config?: Partial<Config>;
}

/** A bridge of the made-up formats, as if it were loaded from a configuration. */
export function bridgeOf({ providers, models = {}, config = {} }: TestBridge): Bridge {
  const built = Object.entries(providers).map(([name, given]): [string, Provider] => [
    name,
    {
      name,
      headers: {},
      timeoutMs: 5000,
      capabilities: {},
      losses: [],
      ...given,
      body: { ...noBody, ...given.body },
      compiled: formats.get(given.mapping)!,
    },
  ]);
  const rules = Object.entries(models).map(([pattern, targets]) => ({
    pattern,
    targets: [targets]
      .flat()
      .map((target) => ({ ...noTarget, ...target, body: { ...noBody, ...target.body } })),
  }));
  return {
    config: {
      file: "llmbridge.yaml",
      listen: { host: "127.0.0.1", port: 0 },
      mappings: [],
      keys: [],
      bodyLimit: 1 << 20,
      cors: { origins: [] },
      pingMs: 0,
      log: { level: "info", format: "text" },
      providers: new Map(built),
      models: rules,
      ...config,
    },
    mappings: formats,
    providers: new Map(built),
    watch: [],
  };
}
