import type { BodyOverrides, LossPolicy, Provider, TargetConfig } from "../bridge/types.ts";
import type { Loss } from "../mapping/canonical.ts";
import { resolveCapabilities } from "../mapping/resolve-capabilities.ts";
import type { Capabilities } from "../mapping/capabilities.ts";
import { reject } from "../mapping/rejection.ts";
import type { Edit } from "../text/json-edit.ts";
import { prepareCall } from "./headers.ts";
import type { PreparedCall } from "./headers.ts";

/** One way to answer, with all that does not depend on the request worked out. */
export interface Target {
  provider: Provider;
  /** The upstream's model name; absent: the name that the client asked for. */
  model?: string;
  /** Absent for a provider that needs no network. */
  call?: PreparedCall;
  timeoutMs: number;
  /** `body:` of the provider and of the model, applied to the upstream body last. */
  edits: readonly Edit[];
  capabilities: (model: string, headers: Readonly<Record<string, string>>) => Capabilities;
  losses: LossPolicy;
  contextLength?: number;
}

/** Prepares a target of `models:`; its own settings go before its provider's. */
export function prepareTarget(provider: Provider, config: Partial<TargetConfig>): Target {
  const { compiled } = provider;
  const call = compiled.upstream && prepareCall(provider, compiled.upstream, config.headers ?? {});
  const overrides = [provider.capabilities, config.capabilities ?? {}];
  return {
    provider,
    model: config.model,
    ...(call && { call }),
    timeoutMs: config.timeoutMs ?? provider.timeoutMs,
    edits: [...editsOf(provider.body), ...(config.body ? editsOf(config.body) : [])],
    capabilities: resolveCapabilities(compiled.capabilityEntries, overrides),
    losses: [...(config.losses ?? []), ...provider.losses],
    ...(config.contextLength !== undefined && { contextLength: config.contextLength }),
  };
}

function editsOf({ default: defaults, set, remove }: BodyOverrides): Edit[] {
  return [
    ...Object.entries(defaults).map(([path, value]) => ({
      path: path.split("."),
      value,
      onlyIfAbsent: true,
    })),
    ...Object.entries(set).map(([path, value]) => ({ path: path.split("."), value })),
    ...remove.map((path): Edit => ({ path: path.split("."), remove: true })),
  ];
}

/** Applies the loss policy: gives the losses that the client is told of, and refuses the request where it says so. */
export function judgeLosses(losses: readonly Loss[], policy: LossPolicy): Loss[] {
  const told: Loss[] = [];
  for (const loss of losses) {
    const action = policy.find(({ code }) => covers(code, loss.code))?.action ?? "warn";
    if (action === "reject") refuse(loss);
    if (action === "warn") told.push(loss);
  }
  return told;
}

/** The losses of an answer that the client is told of: it is too late to refuse, so what is not allowed is told. */
export function toldLosses(losses: readonly Loss[], policy: LossPolicy): Loss[] {
  return losses.filter((loss) => policy.find(({ code }) => covers(code, loss.code))?.action !== "allow");
}

function covers(pattern: string, code: string): boolean {
  return pattern === code || (pattern.endsWith("*") && code.startsWith(pattern.slice(0, -1)));
}

function refuse({ code, at, note }: Loss): never {
  const message = `the target cannot carry ${code}${at ? ` (${at})` : ""}${note ? `: ${note}` : ""}, and its configuration says to refuse that`;
  reject({ code: "unsupported", ...(at && { param: at }), message });
}
