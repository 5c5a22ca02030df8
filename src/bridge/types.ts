import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Capabilities } from "../mapping/capabilities.ts";
import type { Mapping } from "../mapping/types.ts";

/** `body:` of a provider or a model, applied to the upstream body last. Paths are dotted: `a.b`, `messages.0`. */
export interface BodyOverrides {
  default: Record<string, unknown>;
  set: Record<string, unknown>;
  remove: readonly string[];
}

/** What llmbridge.yaml says of a provider, defaults filled in, environment read, durations in milliseconds. */
export interface ProviderConfig {
  name: string;
  mapping: string;
  baseUrl?: string;
  apiKey?: string;
  headers: Record<string, string>;
  /** Bounds the time to the first byte and the silence between bytes. */
  timeoutMs: number;
  body: BodyOverrides;
  capabilities: Partial<Capabilities>;
  losses: LossPolicy;
}

/** Loss code or pattern (`sampling.*`) → what happens; the first that matches counts, else `warn`. */
export type LossPolicy = readonly { code: string; action: "allow" | "warn" | "reject" }[];

/** One way to answer a model name. `model` absent: the name the client asked for. */
export interface TargetConfig {
  provider: string;
  model?: string;
  headers: Record<string, string>;
  timeoutMs?: number;
  body: BodyOverrides;
  capabilities: Partial<Capabilities>;
  losses: LossPolicy;
  contextLength?: number;
}

/** A `models:` entry: exact names are tried first, then patterns, the longest literal text first. */
export interface ModelRule {
  pattern: string;
  targets: readonly TargetConfig[];
}

export interface Config {
  file: string;
  listen: { host: string; port: number };
  /** Folders with mappings, in order of precedence; the built-in ones come last and are not listed. */
  mappings: readonly string[];
  /** Keys that clients may use; empty: open. */
  keys: readonly string[];
  /** Bytes of a client's body. */
  bodyLimit: number;
  cors: { origins: readonly string[] };
  /** Milliseconds of silence after which a client is sent a keep-alive; 0: never. */
  pingMs: number;
  log: { level: "debug" | "info" | "warn" | "error" | "silent"; format: "text" | "json" };
  providers: ReadonlyMap<string, ProviderConfig>;
  models: readonly ModelRule[];
}

/** A provider with its compiled mapping. */
export interface Provider extends ProviderConfig {
  compiled: Mapping;
}

/** Everything loaded from disk, checked, compiled and frozen. A reload builds a new one and swaps one reference. */
export interface Bridge {
  config: Config;
  mappings: ReadonlyMap<string, Mapping>;
  providers: ReadonlyMap<string, Provider>;
  /** Files and folders that a change of which makes a new bridge necessary. */
  watch: readonly string[];
}

export interface LoadResult {
  /** Absent where one of the diagnostics is an error. */
  bridge?: Bridge;
  diagnostics: readonly Diagnostic[];
  /** What to watch, also where there is no bridge. */
  watch: readonly string[];
}
