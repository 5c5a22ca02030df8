import type { Bridge, TargetConfig } from "../bridge/types.ts";
import { reject } from "../mapping/rejection.ts";
import { didYouMean } from "../text/nearest.ts";
import { prepareTarget } from "./target.ts";
import type { Target } from "./target.ts";

/** Finds who answers a model name. */
export interface ModelRouter {
  /** The targets in order of preference; refuses an unknown name with the nearest ones. */
  find(model: string): readonly Target[];
}

const cached = 1000;

/**
 * Compiles `models:`. A name is looked up as it stands; then as `provider/model`, which always works; then in the
 * patterns, the longest literal text first.
 */
export function compileModels(bridge: Bridge): ModelRouter {
  const exact = new Map<string, readonly Target[]>();
  const patterns: { pattern: RegExp; literal: number; targets: readonly Target[] }[] = [];
  for (const rule of bridge.config.models) {
    const targets = rule.targets.flatMap((target) => prepareRule(bridge, target));
    if (!rule.pattern.includes("*")) exact.set(rule.pattern, targets);
    else
      patterns.push({
        pattern: globOf(rule.pattern),
        literal: rule.pattern.replaceAll("*", "").length,
        targets,
      });
  }
  patterns.sort((a, b) => b.literal - a.literal);

  function look(model: string): readonly Target[] | undefined {
    return (
      exact.get(model) ??
      qualified(bridge, model) ??
      patterns.find(({ pattern }) => pattern.test(model))?.targets
    );
  }
  const known = new Map<string, readonly Target[]>();
  return {
    find(model) {
      const before = known.get(model);
      if (before) return before;
      const targets = look(model);
      if (!targets) return unknownModel(bridge, model);
      if (known.size < cached) known.set(model, targets);
      return targets;
    },
  };
}

function prepareRule(bridge: Bridge, config: TargetConfig): Target[] {
  const provider = bridge.providers.get(config.provider);
  return provider ? [prepareTarget(provider, config)] : [];
}

/** `provider/model`: the rest of the name, slashes included, is the upstream's. */
function qualified(bridge: Bridge, name: string): readonly Target[] | undefined {
  const slash = name.indexOf("/");
  const provider = slash > 0 ? bridge.providers.get(name.slice(0, slash)) : undefined;
  const model = name.slice(slash + 1);
  return provider && model !== "" ? [prepareTarget(provider, { provider: provider.name, model })] : undefined;
}

function globOf(pattern: string): RegExp {
  const literal = pattern.split("*").map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join(".*")}$`, "s");
}

function unknownModel(bridge: Bridge, model: string): never {
  const names = bridge.config.models.map(({ pattern }) => pattern);
  const providers = [...bridge.providers.keys()].map((name) => `${name}/…`);
  const cure = didYouMean(model, [...names, ...providers]);
  const shown = JSON.stringify(model.length > 200 ? `${model.slice(0, 200)}…` : model);
  reject({
    type: "not_found",
    code: "model_not_found",
    param: "model",
    message: `unknown model ${shown}${cure ? `; ${cure}` : ""}`,
  });
}
