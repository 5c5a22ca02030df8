import { defaultCapabilities } from "./capabilities.ts";
import { frozen } from "./frozen.ts";
import type { Capabilities, CapabilityEntry, CapabilityOverride } from "./capabilities.ts";

/** Distinct models that are remembered; clients choose the names, so there is a bound. */
const remembered = 1000;

/**
 * Capabilities of a model: the defaults, then every entry that applies, then `overrides`, each over what stood before.
 * Object values (`sampling`, `tools`, `wire` …) are merged member by member, one level deep; all else is replaced.
 * Answers are frozen and shared: one object per model and set of headers.
 */
export function resolveCapabilities(
  entries: readonly CapabilityEntry[],
  overrides: readonly CapabilityOverride[] = [],
): (model: string, headers: Readonly<Record<string, string>>) => Capabilities {
  const conditions = entries.map(compileCondition);
  const headerNames = [...new Set(entries.flatMap((entry) => Object.keys(entry.headers ?? {})))];
  const known = new Map<string, Capabilities>();
  return function capabilitiesOf(model, headers) {
    let key = model;
    for (const name of headerNames) key += `\n${headers[name] ?? ""}`;
    let found = known.get(key);
    if (!found) {
      if (known.size >= remembered) known.clear();
      const applying = entries.filter((_, index) => conditions[index]?.(model, headers));
      found = frozen([...applying, ...overrides].reduce(override, defaultCapabilities));
      known.set(key, found);
    }
    return found;
  };
}

function compileCondition(
  entry: CapabilityEntry,
): (model: string, headers: Readonly<Record<string, string>>) => boolean {
  const models = entry.models?.map(glob);
  const headers = Object.entries(entry.headers ?? {}).map(([name, value]) => [name, glob(value)] as const);
  return (model, sent) =>
    (!models || models.some((pattern) => pattern.test(model))) &&
    headers.every(([name, pattern]) => sent[name] !== undefined && pattern.test(sent[name]));
}

/** A pattern whose only special character is `*`, for any text. */
function glob(pattern: string): RegExp {
  const literal = pattern.split("*").map((text) => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "s");
}

function override(base: Capabilities, entry: CapabilityEntry): Capabilities {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(entry)) {
    if (value === undefined || key === "models" || key === "headers") continue;
    result[key] = isRecord(value) ? { ...(isRecord(result[key]) ? result[key] : {}), ...value } : value;
  }
  return result as unknown as Capabilities;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
