/** What the free names of a text mean outside of it; those that mean nothing are problems. */
import type { Node } from "../ast.ts";
import { builtins } from "../runtime/builtins.ts";
import { suggest } from "../suggest.ts";
import type { CompileOptions, Problem } from "../types.ts";
import { startOf } from "./context.ts";
import { freeNames } from "./free.ts";
import type { Reference, Scope } from "./free.ts";
import { treeOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { treesOf } from "./library.ts";
import type { Library, Member } from "./library.ts";

/** What a text refers to, all of it: itself, and the members of the library that it reaches. */
export interface Reach {
  readonly source: string;
  readonly facts: Facts;
  readonly library: Library | undefined;
  readonly reached: readonly Member[];
}

/** Whether a name means something without the caller. */
export function isKnown(name: string, { functions = {} }: CompileOptions): boolean {
  return Object.hasOwn(functions, name) || builtins.has(name) || name === "eval";
}

/** Names that nobody binds, where `variables` says what callers do. Places and cures are only looked for if there are any. */
export function unknownNames(text: Reach, options: CompileOptions): Problem[] {
  if (options.variables === undefined) return [];
  const { source, facts, library, reached } = text;
  const variables = new Set(options.variables);
  const others = [...Object.keys(options.functions ?? {}), ...variables];
  const lent = reached.map(({ name }) => name);
  const bound = new Set([...variables, ...lent]);
  const isUnknown = (name: string): boolean => !bound.has(name) && !isKnown(name, options);
  const problems: Problem[] = [];
  for (const member of reached) {
    if (!member.free.some(isUnknown)) continue;
    const tree = treesOf(library as Library)[member.index] as Node;
    const unknown = freeNames([tree]).filter(({ name }) => member.free.includes(name) && isUnknown(name));
    problems.push(
      ...unknown.map((one) => problemOf(one, (library as Library).source, [...others, ...lent], "prelude")),
    );
  }
  if (facts.free.some(isUnknown)) {
    const unknown = freeNames([treeOf(source)]).filter(({ name }) => isUnknown(name));
    problems.push(...unknown.map((one) => problemOf(one, source, [...others, ...lent], "source")));
  }
  return problems;
}

function problemOf(
  { name, called, node, scope }: Reference,
  source: string,
  others: readonly string[],
  where: Problem["in"],
): Problem {
  const what = called ? "function" : "variable";
  const meant = suggest(name, [...builtins.keys(), ...others, ...visibleIn(scope)]);
  return {
    code: `unknown-${what}`,
    message: `unknown ${what} $${name}`,
    position: startOf(source, node),
    length: name.length + 1,
    in: where,
    ...(meant === undefined ? {} : { cure: `did you mean $${meant}?` }),
  };
}

function visibleIn(scope: Scope): string[] {
  const names: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) names.push(...at.names.keys());
  return names;
}
