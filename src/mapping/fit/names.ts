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
  /** How the answer gets the client's names back; asked for when all are known. */
  restore(): Restore;
}

interface Rule {
  max: number;
  isLegal(name: string): boolean;
  illegal: RegExp;
  first?: RegExp;
}

const compiled = new WeakMap<NameRule, Rule>();

const noNames: ReadonlyMap<string, never> = new Map<string, never>();
const noTools: ReadonlySet<string> = new Set<string>();

export function createToolNames(tools: Capabilities["tools"]): ToolNames {
  const rule = compile(tools.name);
  const idRule = compile(tools.id);
  // Made when they are needed: most requests have no tools.
  let known: Map<string, string> | undefined;
  /** Name upstream, in its namespace where there are any → the tool that has it. */
  let owners: Map<string, string> | undefined;
  /** Name → the namespaces that declare it; `undefined` for none. */
  let declared: Map<string, (string | undefined)[]> | undefined;
  let names: Map<string, { name: string; namespace?: string }> | undefined;
  let custom: Set<string> | undefined;
  const scopeOf = (namespace: string | undefined): string | undefined =>
    tools.namespace ? namespace : undefined;

  function choose(name: string, namespace: string | undefined, key: string): string {
    const scope = scopeOf(namespace);
    const flat = namespace === scope ? name : flatten(namespace ?? "", name);
    const tidy = rule.isLegal(flat) ? flat : sanitise(flat, rule);
    const free = tidy.length <= rule.max && (owners?.get(toolKey(tidy, scope)) ?? key) === key;
    const chosen = free ? tidy : shorten(tidy, key, rule.max);
    (owners ??= new Map()).set(toolKey(chosen, scope), key);
    if (chosen !== name)
      (names ??= new Map()).set(toolKey(chosen, scope), {
        name,
        ...(namespace !== undefined && namespace !== scope && { namespace }),
      });
    return chosen;
  }

  /** The namespace that a bare name stands for. */
  function meant(name: string): string | undefined {
    const namespaces = tools.namespace ? undefined : declared?.get(name);
    return namespaces?.length === 1 ? namespaces[0] : undefined;
  }

  return {
    upstream(name, given) {
      const namespace = given ?? meant(name);
      const key = toolKey(name, namespace);
      let found = known?.get(key);
      if (found === undefined) (known ??= new Map()).set(key, (found = choose(name, namespace, key)));
      return found;
    },
    declare(name, namespace) {
      declared ??= new Map();
      const others = declared.get(name);
      if (!others) declared.set(name, [namespace]);
      else if (!others.includes(namespace)) others.push(namespace);
      const scope = scopeOf(namespace);
      const key = toolKey(name, scope);
      if (namespace === scope && rule.isLegal(name) && !owners?.has(key))
        (owners ??= new Map()).set(key, key);
    },
    id: (id) => (idRule.isLegal(id) ? id : shorten(sanitise(id, idRule), id, idRule.max)),
    wrap: (upstreamName, namespace) => (custom ??= new Set()).add(toolKey(upstreamName, scopeOf(namespace))),
    restore: () => ({ names: names ?? noNames, custom: custom ?? noTools }),
  };
}

function compile(rule: NameRule): Rule {
  let found = compiled.get(rule);
  if (!found) {
    found = {
      max: rule.max,
      isLegal: legality(rule),
      illegal: new RegExp(`[^${rule.chars}]`, "g"),
      ...(rule.first !== undefined && { first: new RegExp(`^[${rule.first}]`) }),
    };
    compiled.set(rule, found);
  }
  return found;
}

/** A test by code units, as every name and id of every request is tested. */
function legality({ first, chars, max }: NameRule): (name: string) => boolean {
  const [begin, within] = [first ?? chars, chars].map((set) => new RegExp(`^[${set}]$`));
  const table = Uint8Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    return (begin!.test(character) ? 2 : 0) | (within!.test(character) ? 1 : 0);
  });
  const whole = new RegExp(`^(?=[${first ?? chars}])[${chars}]{1,${max}}$`);
  return (name) => {
    if (name.length === 0 || name.length > max) return false;
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      if (code > 127) return whole.test(name);
      const is = table[code]!;
      if ((is & 1) === 0 || (i === 0 && (is & 2) === 0)) return false;
    }
    return true;
  };
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
