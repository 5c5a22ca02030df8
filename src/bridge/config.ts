import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import type { Memory } from "../jsonata/index.ts";
import type { Mapping } from "../mapping/types.ts";
import { didYouMean } from "../text/nearest.ts";
import { withoutPaths } from "../text/schema.ts";
import type { SchemaProblem } from "../text/schema.ts";
import { longestDuration, parseDuration } from "../text/units.ts";
import { parseYaml } from "../text/yaml.ts";
import type { Path, Source } from "../text/yaml.ts";
import { buildConfig } from "./config-build.ts";
import type { WrittenConfig } from "./config-build.ts";
import { expandEnvironment, keyOf } from "./config-env.ts";
import type { Environment, Expanded } from "./config-env.ts";
import { hideSecrets, isSecret } from "./config-secrets.ts";
import { checkConfig } from "./schemas.ts";
import { sealedBy } from "./sealed.ts";
import type { Config, ProviderConfig } from "./types.ts";

export interface LoadedConfig {
  /** What could be read; not to be used where an error is among the diagnostics, but to find the other mistakes. */
  config?: Config;
  diagnostics: Diagnostic[];
  /** The file with its places; absent where it could not be read. */
  source?: Source;
}

/** What the command line says, instead of the file. */
export interface ListenOverrides {
  host?: string;
  port?: number;
}

/**
 * Reads llmbridge.yaml and the `.env` beside it (`env` wins over it), checks it and fills in the defaults. All mistakes
 * that do not depend on the mappings are found; for the others see `checkProviders`.
 */
export function loadConfig(
  file: string,
  env: Environment,
  listen: ListenOverrides = {},
  memory?: Memory,
): LoadedConfig {
  const text = readConfig(file);
  if (typeof text !== "string") return { diagnostics: [text] };
  const source = parseYaml(text, file, memory && sealedBy(text, memory));
  const found = [...source.diagnostics];
  let config: Config | undefined;
  if (source.value !== undefined) {
    const whole = { ...source, value: source.value ?? {} };
    const expanded = expandEnvironment(whole, { ...readEnv(dirname(file)), ...env });
    const problems = checkSchema(expanded);
    const built = buildConfig(file, readable(expanded.value, problems), source);
    config = { ...built.config, listen: { ...built.config.listen, ...defined(listen) } };
    const named = problems.map((one) =>
      diagnostic(one.code, one.message, source.place(one.path, one.what), one.cure),
    );
    found.push(...expanded.diagnostics, ...named, ...tooLong(expanded.value, source), ...built.diagnostics);
    found.push(...checkExposure(config, source), ...missingFolders(config, source));
  }
  const diagnostics = distinct(hideSecrets(found, source.value));
  return { ...(config && { config }), diagnostics, source };
}

/** What counts without any file: the provider that answers by itself, for every model. */
export function defaultConfig(listen: ListenOverrides = {}): LoadedConfig {
  const { config } = buildConfig("llmbridge.yaml", {});
  const own = { ...config, listen: { ...config.listen, ...defined(listen) } };
  const diagnostics = checkExposure(own);
  return { config: own, diagnostics };
}

/** What a provider needs to know of the mapping that it names. */
export type MappingFacts = Pick<Mapping, "upstream" | "answer">;

/**
 * What is wrong with providers in the light of the mappings: an unknown one (LB501), one that serves clients only
 * (LB504), no address (LB506). `broken` names mappings whose own mistakes have been reported.
 */
export function checkProviders(
  { config, source }: LoadedConfig,
  mappings: ReadonlyMap<string, MappingFacts>,
  broken: ReadonlySet<string> = new Set(),
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const one of config?.providers.values() ?? []) {
    if (one.mapping === "" || broken.has(one.mapping)) continue;
    found.push(...checkProvider(one, mappings, source));
  }
  return found;
}

function checkProvider(
  { name, mapping, baseUrl }: ProviderConfig,
  mappings: ReadonlyMap<string, MappingFacts>,
  source: Source | undefined,
): Diagnostic[] {
  const facts = mappings.get(mapping);
  const at = (): Place | undefined => source?.place(["providers", name, "mapping"]);
  if (!facts) {
    return [
      diagnostic(
        "LB501",
        `unknown mapping ${JSON.stringify(mapping)}`,
        at(),
        didYouMean(mapping, mappings.keys()),
      ),
    ];
  }
  if (!facts.upstream && !facts.answer) {
    const able = [...mappings].filter(([, one]) => one.upstream ?? one.answer).map(([one]) => one);
    const cure = `give its mapping.yaml an upstream, or take ${able.join(", ")}`;
    return [
      diagnostic(
        "LB504",
        `the mapping ${JSON.stringify(mapping)} serves clients only: it has no upstream`,
        at(),
        cure,
      ),
    ];
  }
  const isWritten = hasBaseUrl(source?.value, name);
  if (!facts.upstream || facts.upstream.baseUrl !== undefined || baseUrl !== undefined || isWritten)
    return [];
  const place = source?.place(["providers", name], "key");
  const message = `the provider ${JSON.stringify(name)} has no base_url, and its mapping ${JSON.stringify(mapping)} none by default`;
  return [diagnostic("LB506", message, place, 'add base_url: "http://…/v1"')];
}

/** One that is there and wrong has been reported as that. */
function hasBaseUrl(value: unknown, provider: string): boolean {
  const { providers } = (value ?? {}) as WrittenConfig;
  return providers?.[provider]?.base_url !== undefined;
}

function readConfig(file: string): string | Diagnostic {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const place = { file, line: 0, column: 0, length: 1 };
    if (code === "ENOENT")
      return diagnostic(
        "LB101",
        "there is no such file",
        place,
        "name another one with --config, or create it",
      );
    return diagnostic("LB102", `cannot be read: ${message}`, place);
  }
}

function readEnv(directory: string): Environment {
  try {
    return parseEnv(readFileSync(join(directory, ".env"), "utf8"));
  } catch {
    return {};
  }
}

type ConfigProblem = Omit<SchemaProblem, "code"> & { code: SchemaProblem["code"] | "LB505" };

function checkSchema({ value, read, unset }: Expanded): ConfigProblem[] {
  return checkConfig(value)
    .filter((one) => !unset.has(keyOf(one.code === "LB203" ? [...one.path, one.missing ?? ""] : one.path)))
    .map((one) => {
      const isHidden = isSecret(one.path) || read.has(keyOf(one.path));
      const message = isHidden ? one.message.replace(/, not .*$/s, "") : one.message;
      return { ...one, message, code: isDuration(one.path) && one.code === "LB202" ? "LB505" : one.code };
    });
}

function isDuration(path: Path): boolean {
  return path.at(-1) === "timeout" || (path.length === 1 && path[0] === "ping");
}

/** A timer of Node that is set too far ahead goes off at once. */
function tooLong(value: unknown, source: Source, path: Path = []): Diagnostic[] {
  if (isDuration(path) && typeof value === "string" && (parseDuration(value) ?? 0) > longestDuration) {
    return [
      diagnostic(
        "LB505",
        `${String(path.at(-1))} is longer than a timer can wait`,
        source.place(path),
        "at most 596h",
      ),
    ];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => tooLong(member, source, [...path, key]));
}

/** What can be read of a value that has problems. */
function readable(value: unknown, problems: readonly ConfigProblem[]): WrittenConfig {
  const paths = problems.filter((one) => one.code !== "LB203").map((one) => one.path);
  const rest = withoutPaths(value, paths);
  return typeof rest === "object" && rest !== null && !Array.isArray(rest) ? rest : {};
}

function missingFolders({ mappings }: Config, source: Source): Diagnostic[] {
  return mappings.flatMap((folder, i) => {
    if (existsSync(folder)) return [];
    const written = (source.value as WrittenConfig | null)?.mappings;
    const place = source.place(Array.isArray(written) ? ["mappings", i] : ["mappings"]);
    return [diagnostic("LB101", `there is no folder ${folder}`, place, "create it, or correct the path")];
  });
}

function checkExposure({ listen, keys }: Config, source?: Source): Diagnostic[] {
  if (keys.length > 0 || isLoopback(listen.host)) return [];
  const message = `listening on ${listen.host} without a key is open to everybody who can reach it`;
  return [
    diagnostic("LB508", message, source?.place(["listen", "host"]), "set auth.keys, or listen on 127.0.0.1"),
  ];
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){1,3}|\[?::1\]?)$/i.test(host);
}

function defined(listen: ListenOverrides): ListenOverrides {
  return Object.fromEntries(Object.entries(listen).filter(([, value]) => value !== undefined));
}

/** What an alias repeats is wrong once. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, place }) => {
    return seen.size !== seen.add(`${code} ${place?.line}:${place?.column} ${message}`).size;
  });
}
