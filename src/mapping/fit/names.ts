import type { Capabilities, NameRule } from "../capabilities.ts";
import { hexOf } from "../hash.ts";
import type { Restore } from "./restore.ts";

/** The names that a request's tools have upstream. */
export interface ToolNames {
  /** The name upstream of a client's tool; the same every time. */
  upstream(name: string, namespace?: string): string;
  /** Sets a legal name aside, so that another that has to be changed does not take it. */
  reserve(name: string, namespace?: string): void;
  /** An id that is legal upstream: the id itself, or its beginning and a hash. Pure. */
  id(id: string): string;
  /** Notes that answers of this name are custom calls to the client. */
  wrap(upstreamName: string): void;
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
  /** Name upstream → the tool that has it. */
  const owners = new Map<string, string>();
  const names = new Map<string, { name: string; namespace?: string }>();
  const custom = new Set<string>();

  function choose(name: string, namespace: string | undefined, key: string): string {
    const flat = namespace === undefined || tools.namespace ? name : flatten(namespace, name);
    const tidy = rule.legal.test(flat) ? flat : sanitise(flat, rule);
    const free = tidy.length <= rule.max && (owners.get(tidy) ?? key) === key;
    const chosen = free ? tidy : shorten(tidy, key, rule.max);
    owners.set(chosen, key);
    if (chosen !== name)
      names.set(chosen, { name, ...(namespace !== undefined && !tools.namespace && { namespace }) });
    return chosen;
  }

  return {
    upstream(name, namespace) {
      const key = keyOf(name, namespace);
      let found = known.get(key);
      if (found === undefined) known.set(key, (found = choose(name, namespace, key)));
      return found;
    },
    reserve(name, namespace) {
      if ((namespace === undefined || tools.namespace) && rule.legal.test(name) && !owners.has(name)) {
        owners.set(name, keyOf(name, namespace));
      }
    },
    id: (id) => (idRule.legal.test(id) ? id : shorten(sanitise(id, idRule), id, idRule.max)),
    wrap: (upstreamName) => custom.add(upstreamName),
    restore: { names, custom },
  };
}

function keyOf(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}\n${name}`;
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
