import type { Capabilities, NameRule } from "../capabilities.ts";
import { hexOf } from "../hash.ts";
import { toolKey } from "./restore.ts";
import type { Restore } from "./restore.ts";

/** The names that a request's tools have upstream. */
export interface ToolNames {
  /**
   * The name upstream of a client's tool; the same every time. Where the target has no namespaces, a bare name that no
   * declared tool has means the only declared tool of that name in a namespace.
   */
  upstream(name: string, namespace?: string): string;
  /** Declares a tool, and sets its name aside if it is legal, so that another that has to be changed does not take it. */
  declare(name: string, namespace?: string): void;
  /** An id that is legal upstream: the id itself, or its beginning and a hash. Pure. */
  id(id: string): string;
  /** Notes that answers of this name are custom calls to the client. */
  wrap(upstreamName: string, namespace?: string): void;
  readonly restore: Restore;
}

interface Rule {
  max: number;
  legal: RegExp;
  illegal: RegExp;
  first?: RegExp;
}

const compiled = new WeakMap<NameRule, Rule>();

export function createToolNames(tools: Capabilities["tools"]): ToolNames {
  const rule = compile(tools.name);
  const idRule = compile(tools.id);
  const known = new Map<string, string>();
  /** Name upstream, in its namespace where there are any → the tool that has it. */
  const owners = new Map<string, string>();
  /** Name → the namespaces that declare it; `undefined` for none. */
  const declared = new Map<string, (string | undefined)[]>();
  const names = new Map<string, { name: string; namespace?: string }>();
  const custom = new Set<string>();
  const scopeOf = (namespace: string | undefined): string | undefined =>
    tools.namespace ? namespace : undefined;

  function choose(name: string, namespace: string | undefined, key: string): string {
    const scope = scopeOf(namespace);
    const flat = namespace === scope ? name : flatten(namespace ?? "", name);
    const tidy = rule.legal.test(flat) ? flat : sanitise(flat, rule);
    const free = tidy.length <= rule.max && (owners.get(toolKey(tidy, scope)) ?? key) === key;
    const chosen = free ? tidy : shorten(tidy, key, rule.max);
    owners.set(toolKey(chosen, scope), key);
    if (chosen !== name)
      names.set(toolKey(chosen, scope), {
        name,
        ...(namespace !== undefined && namespace !== scope && { namespace }),
      });
    return chosen;
  }

  /** The namespace that a bare name stands for. */
  function meant(name: string): string | undefined {
    const namespaces = tools.namespace ? undefined : declared.get(name);
    return namespaces?.length === 1 ? namespaces[0] : undefined;
  }

  return {
    upstream(name, given) {
      const namespace = given ?? meant(name);
      const key = toolKey(name, namespace);
      let found = known.get(key);
      if (found === undefined) known.set(key, (found = choose(name, namespace, key)));
      return found;
    },
    declare(name, namespace) {
      const others = declared.get(name) ?? [];
      if (!others.includes(namespace)) declared.set(name, [...others, namespace]);
      const scope = scopeOf(namespace);
      const key = toolKey(name, scope);
      if (namespace === scope && rule.legal.test(name) && !owners.has(key)) owners.set(key, key);
    },
    id: (id) => (idRule.legal.test(id) ? id : shorten(sanitise(id, idRule), id, idRule.max)),
    wrap: (upstreamName, namespace) => custom.add(toolKey(upstreamName, scopeOf(namespace))),
    restore: { names, custom },
  };
}

function compile(rule: NameRule): Rule {
  let found = compiled.get(rule);
  if (!found) {
    const first = rule.first ?? rule.chars;
    found = {
      max: rule.max,
      legal: new RegExp(`^(?=[${first}])[${rule.chars}]{1,${rule.max}}$`),
      illegal: new RegExp(`[^${rule.chars}]`, "g"),
      ...(rule.first !== undefined && { first: new RegExp(`^[${rule.first}]`) }),
    };
    compiled.set(rule, found);
  }
  return found;
}

function flatten(namespace: string, name: string): string {
  return namespace.endsWith("_") ? namespace + name : `${namespace}__${name}`;
}

function sanitise(name: string, rule: Rule): string {
  const tidy = name.replaceAll(rule.illegal, "_");
  if (tidy !== "" && (!rule.first || rule.first.test(tidy))) return tidy;
  return !rule.first || rule.first.test("_") ? `_${tidy}` : `a${tidy}`;
}

/** Two long names with the same beginning stay distinct by the hash of the whole. */
function shorten(tidy: string, whole: string, max: number): string {
  return `${tidy.slice(0, Math.max(0, max - 9))}_${hexOf(whole, 8)}`;
}
