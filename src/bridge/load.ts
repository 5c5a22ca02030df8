import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Mapping, Route } from "../mapping/types.ts";
import { checkProviders, defaultConfig, loadConfig } from "./config.ts";
import type { ListenOverrides } from "./config.ts";
import type { Environment } from "./config-env.ts";
import { builtInMappings, loadingMappings } from "./mappings.ts";
import type { Kept } from "./mappings.ts";
import type { BridgeMemory } from "./memory.ts";
import { atOnce } from "./steps.ts";
import type { Steps } from "./steps.ts";
import type { Bridge, Config, LoadResult, Provider } from "./types.ts";

export interface LoadOptions {
  /** Path of llmbridge.yaml. Absent: the file of that name in the working directory, or built-in defaults without one. */
  config?: string;
  env?: Environment;
  listen?: ListenOverrides;
  /** Told of wire events that no row of a stream table knows. */
  onUnknown?: (mapping: string, event: string) => void;
  /** What earlier loads found out. */
  memory?: BridgeMemory;
}

/**
 * Reads everything from disk, checks it and compiles it into a frozen bridge. Every mistake is reported; where one of them
 * is an error there is no bridge.
 */
export function load(options: LoadOptions = {}): LoadResult {
  return atOnce(loading(options));
}

/** The same step by step. What `kept` holds and did not change is not compiled again. */
export function* loading(options: LoadOptions = {}, kept?: Kept): Steps<LoadResult> {
  const file = options.config ?? "llmbridge.yaml";
  const written = options.config !== undefined || existsSync(file);
  const loaded = written
    ? loadConfig(file, options.env ?? process.env, options.listen, options.memory)
    : defaultConfig(options.listen);
  const directories = loaded.config?.mappings ?? [];
  // A folder that is missing has been reported, at its place; it is still watched, because it may come back.
  const present = directories.filter((directory) => existsSync(directory));
  const { onUnknown, memory } = options;
  const told = onUnknown ? { onUnknown } : {};
  const { mappings, diagnostics: mistakes } = yield* loadingMappings(present, told, kept, memory);
  const broken = new Set(
    [...mappings.values()].filter((one) => isBroken(one, mistakes)).map((one) => one.name),
  );
  const used = mistakes.filter((one) => concerns(one, directories));
  const diagnostics = [
    ...loaded.diagnostics,
    ...used,
    ...checkProviders(loaded, mappings, broken),
    ...checkRoutes(mappings),
  ];
  const watch = [...(written ? [file, join(dirname(file), ".env")] : []), ...directories, builtInMappings];
  if (!loaded.config || diagnostics.some((one) => one.severity === "error")) return { diagnostics, watch };
  return { bridge: freeze(loaded.config, mappings, watch), diagnostics, watch };
}

function freeze(config: Config, mappings: ReadonlyMap<string, Mapping>, watch: readonly string[]): Bridge {
  const providers = new Map<string, Provider>();
  for (const provider of config.providers.values()) {
    const compiled = mappings.get(provider.mapping);
    if (compiled) providers.set(provider.name, Object.freeze({ ...provider, compiled }));
  }
  return Object.freeze({ config, mappings, providers, watch });
}

function isBroken(mapping: Mapping, mistakes: readonly Diagnostic[]): boolean {
  return mistakes.some((one) => one.severity === "error" && one.place?.file.startsWith(mapping.folder));
}

/** Every mapping that is loaded counts: a typo in one that nothing uses yet is told when it is made. */
function concerns(one: Diagnostic, directories: readonly string[]): boolean {
  return one.place !== undefined || directories.length > 0 || one.severity === "error";
}

/** Two formats that serve the same path under the same conditions: only the first of them is ever asked. */
export function checkRoutes(mappings: ReadonlyMap<string, Mapping>): Diagnostic[] {
  const owners = new Map<string, string>();
  const found: Diagnostic[] = [];
  for (const { name, folder, serves } of mappings.values()) {
    for (const route of serves) {
      const key = routeKey(route);
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, name);
      else found.push(sharedRoute(name, owner, route, join(folder, "mapping.yaml")));
    }
  }
  return found;
}

function sharedRoute(name: string, owner: string, route: Route, file: string): Diagnostic {
  const message = `"${name}" serves ${route.method} ${route.path}, and so does "${owner}", which is asked first`;
  const cure = "leave `serves` out of a format that is only called as an upstream";
  return diagnostic("LB507", message, { file, line: 1, column: 1, length: 1 }, cure, "warning");
}

function routeKey(route: Route): string {
  const conditions = {
    ...route.query,
    ...Object.fromEntries(
      Object.entries(route.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  };
  return `${route.method} ${route.path} ${JSON.stringify(Object.entries(conditions).sort())}`;
}
