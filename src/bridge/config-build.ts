import { dirname, resolve } from "node:path";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { CapabilityOverride } from "../mapping/capabilities.ts";
import { didYouMean } from "../text/nearest.ts";
import { parseDuration, parseSize } from "../text/units.ts";
import type { Path, Source } from "../text/yaml.ts";
import type { BodyOverrides, Config, LossPolicy, ModelRule, ProviderConfig, TargetConfig } from "./types.ts";

/** llmbridge.yaml as a person writes it, once its schema has nothing against it; schemas/config.schema.json explains it. */
export interface WrittenConfig {
  listen?: { host?: string; port?: number };
  mappings?: string | string[];
  auth?: { keys?: string[] };
  providers?: Record<string, WrittenProvider>;
  models?: Record<string, WrittenTargets>;
  limits?: { body?: string };
  cors?: { origins?: string[] };
  ping?: string;
  log?: Partial<Config["log"]>;
}

interface WrittenSettings {
  headers?: Record<string, string | number | boolean>;
  timeout?: string;
  body?: Partial<BodyOverrides>;
  capabilities?: CapabilityOverride;
  losses?: Record<string, LossPolicy[number]["action"]>;
}

interface WrittenProvider extends WrittenSettings {
  mapping?: string;
  base_url?: string;
  api_key?: string;
}

interface WrittenTarget extends WrittenSettings {
  provider?: string;
  model?: string;
  context_length?: number;
}

type WrittenTargets = string | WrittenTarget | (string | WrittenTarget)[];

const minute = 60_000;
const demo: Pick<WrittenConfig, "providers" | "models"> = {
  providers: { demo: { mapping: "demo" } },
  models: { "*": "demo" },
};

/**
 * Fills in the defaults. A provider that `models:` names and that is not there is LB502. Without `providers:` there is
 * the one that answers by itself, for everything.
 */
export function buildConfig(
  file: string,
  written: WrittenConfig,
  source?: Source,
): { config: Config; diagnostics: Diagnostic[] } {
  const { providers: ownProviders, models: ownModels } = written.providers
    ? written
    : { ...demo, ...written };
  const providers = new Map(
    Object.entries(ownProviders ?? {}).map(([name, one]) => [name, provider(name, one)]),
  );
  const models = Object.entries(ownModels ?? {}).map(([pattern, targets]) => rule(pattern, targets));
  const config: Config = {
    file,
    listen: { host: written.listen?.host ?? "127.0.0.1", port: written.listen?.port ?? 4000 },
    mappings: [written.mappings ?? []].flat().map((folder) => resolve(dirname(file), folder)),
    keys: (written.auth?.keys ?? []).map((key) => key.trim()).filter((key) => key !== ""),
    bodyLimit: parseSize(written.limits?.body ?? "") ?? 32 * 1024 ** 2,
    cors: { origins: written.cors?.origins ?? [] },
    pingMs: parseDuration(written.ping ?? "") ?? minute / 4,
    log: { level: written.log?.level ?? "info", format: written.log?.format ?? "text" },
    providers,
    models: models.toSorted((a, b) => literalness(b.pattern) - literalness(a.pattern)),
  };
  return {
    config,
    diagnostics: source ? unknownProviders(ownModels ?? {}, [...providers.keys()], source) : [],
  };
}

function provider(name: string, written: WrittenProvider): ProviderConfig {
  return {
    name,
    mapping: written.mapping ?? "",
    ...(written.base_url && { baseUrl: written.base_url.replace(/\/+$/, "") }),
    ...(written.api_key?.trim() && { apiKey: written.api_key.trim() }),
    ...settings(written),
    timeoutMs: parseDuration(written.timeout ?? "") ?? 10 * minute,
  };
}

function settings(
  written: WrittenSettings,
): Pick<TargetConfig, "headers" | "body" | "capabilities" | "losses"> {
  const headers = Object.entries(written.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value).trim(),
  ]);
  const losses = Object.entries(written.losses ?? {}).map(([code, action]) => ({ code, action }));
  const { default: defaults = {}, set = {}, remove = [] } = written.body ?? {};
  return {
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: { default: defaults, set, remove },
    capabilities: (written.capabilities ?? {}) as TargetConfig["capabilities"],
    losses: losses.toSorted((a, b) => literalness(b.code) - literalness(a.code)),
  };
}

function rule(pattern: string, written: WrittenTargets): ModelRule {
  return { pattern, targets: [written].flat().map(target) };
}

function target(written: string | WrittenTarget): TargetConfig {
  if (typeof written === "string") {
    const { provider: name, model } = splitName(written);
    return { provider: name, ...(model && { model }), ...settings({}) };
  }
  return {
    provider: written.provider ?? "",
    ...(written.model && { model: written.model }),
    ...settings(written),
    ...(written.timeout && { timeoutMs: parseDuration(written.timeout) }),
    ...(written.context_length && { contextLength: written.context_length }),
  };
}

/** `openrouter/meta/llama` → the provider `openrouter` and its model `meta/llama`. */
function splitName(name: string): { provider: string; model?: string } {
  const slash = name.indexOf("/");
  return slash === -1 ? { provider: name } : { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}

/** Exact names come before patterns, and those with the longest literal text first. */
function literalness(pattern: string): number {
  return pattern.includes("*") ? pattern.replaceAll("*", "").length : Number.MAX_SAFE_INTEGER;
}

function unknownProviders(
  models: Record<string, WrittenTargets>,
  names: readonly string[],
  source: Source,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  function check(written: string | WrittenTarget, path: Path): void {
    const isName = typeof written === "string";
    const name = isName ? splitName(written).provider : written.provider;
    if (!name || names.includes(name)) return;
    const place = isName ? source.placeIn(path, 0, name.length) : source.place([...path, "provider"]);
    found.push(
      diagnostic(
        "LB502",
        `unknown provider ${JSON.stringify(name)}`,
        place,
        didYouMean(name, names) ?? "add it under providers",
      ),
    );
  }
  for (const [pattern, written] of Object.entries(models)) {
    if (Array.isArray(written)) written.forEach((one, i) => check(one, ["models", pattern, i]));
    else check(written, ["models", pattern]);
  }
  return found;
}
