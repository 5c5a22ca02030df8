/** What the free names of a text mean outside of it; those that mean nothing are problems. */
import type { HostFunction, Problem } from "../types.ts";
import { builtins } from "../runtime/builtins.ts";
import { suggest } from "../suggest.ts";
import { startOf } from "./context.ts";
import type { Reference, Scope } from "./free.ts";

/** A name that neither the text, nor its library, nor a host function, nor a built-in binds: callers must. */
export interface Need {
  readonly name: string;
  readonly called: boolean;
  readonly position: number;
  /** Names that a mistyped one may have meant. */
  readonly visible: readonly string[];
}

/** References sorted by what they can mean. */
export interface Globals {
  /** Host functions and built-ins. */
  readonly known: readonly string[];
  readonly needs: readonly Need[];
}

export function globalsOf(
  references: readonly Reference[],
  hosts: Readonly<Record<string, HostFunction>>,
  source: string,
): Globals {
  const known = new Set<string>();
  const needs: Need[] = [];
  for (const { name, called, node, scope } of references) {
    if (Object.hasOwn(hosts, name) || builtins.has(name) || name === "eval") known.add(name);
    else needs.push({ name, called, position: startOf(source, node), visible: visibleIn(scope) });
  }
  return { known: [...known], needs };
}

function visibleIn(scope: Scope): string[] {
  const names: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) names.push(...at.names.keys());
  return names;
}

/** A need that no caller meets. */
export function unknownName(need: Need, others: Iterable<string>, where: Problem["in"]): Problem {
  const { name, called, position, visible } = need;
  const what = called ? "function" : "variable";
  const meant = suggest(name, [...builtins.keys(), ...others, ...visible]);
  return {
    code: `unknown-${what}`,
    message: `unknown ${what} $${name}`,
    position,
    length: name.length + 1,
    in: where,
    ...(meant === undefined ? {} : { cure: `did you mean $${meant}?` }),
  };
}
