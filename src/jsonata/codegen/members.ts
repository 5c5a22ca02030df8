/** Functions of a library as code: generated in groups, and lent to what reaches them. */
import type { Node } from "../ast.ts";
import { remember } from "../memory.ts";
import type { Memory } from "../memory.ts";
import { branch } from "./context.ts";
import type { Cx, Unit } from "./context.ts";
import { groupsOf } from "./groups.ts";
import { treesOf } from "./library.ts";
import type { Library, Made, Member } from "./library.ts";
import { gen } from "./node.ts";
import { plainArity } from "./scope.ts";
import type { Binding } from "./scope.ts";
import { traitsOf } from "./traits.ts";
import type { Traits } from "./traits.ts";
import type { HostFunction } from "../types.ts";
import { load, newUnit, openUnit, write } from "./unit.ts";
import type { Code } from "./unit.ts";
import { isPlainGlobal } from "./variables.ts";

/** The name of a member in generated code. */
export function codeOf({ index }: Pick<Member, "index">): string {
  return `L${index}`;
}

/** Members as variables of the code that they are lent to. A constant is made anew wherever it is read. */
export function bindMembers(
  reached: readonly Member[],
  library: Library | undefined,
  unit: Unit,
): Map<string, Binding> {
  const trees = library === undefined || reached.length === 0 ? [] : treesOf(library);
  const bindings = new Map<string, Binding>();
  function resolve(name: string): Traits | "function" | undefined {
    if (library?.byName.has(name) === true) return bindings.get(name)?.traits;
    return isPlainGlobal(unit, name) ? "function" : undefined;
  }
  for (const member of reached) {
    const { rhs } = trees[member.index] as Node;
    const shared = { test: "true", assigned: true, isReady: true };
    const lambda = plainArity(rhs);
    bindings.set(
      member.name,
      member.kind === "constant"
        ? { ...shared, read: `${codeOf(member)}()`, once: false }
        : {
            ...shared,
            read: codeOf(member),
            once: true,
            ...(lambda !== undefined && { lambda, traits: traitsOf(rhs, resolve) }),
          },
    );
  }
  return bindings;
}

/** What the code of a library's members depends on and who remembers it. */
export interface Lending {
  readonly library: Library | undefined;
  readonly hosts: Readonly<Record<string, HostFunction>>;
  /** Whether sequences that were not finished may turn up as values. */
  readonly unfinished: boolean;
  /** The part of a key that stands for the library and the names of the host functions. */
  readonly key: () => string;
  readonly memory: Memory | undefined;
}

/** Functions for the members that are reached; those that are not there yet are made. */
export function lendMembers(reached: readonly Member[], lending: Lending): Made {
  const { library, hosts, unfinished } = lending;
  if (library === undefined) return {};
  const made = unfinished ? library.made.finishing : library.made.plain;
  const wanted = new Set(reached);
  const isMissing = (member: Member): boolean =>
    wanted.has(member) && library.byName.get(member.name) === member && !Object.hasOwn(made, codeOf(member));
  if (!reached.some(isMissing)) return made;
  for (const group of groupsOf(library)) {
    if (!group.some(isMissing)) continue;
    const code = codeOfGroup(group, library, lending);
    Object.assign(made, load(code, { hosts, shared: made }));
  }
  return made;
}

/** Sees to it that the code of the members that are reached is remembered. */
export function prepareMembers(reached: readonly Member[], lending: Lending): void {
  const { library } = lending;
  if (library === undefined || reached.length === 0) return;
  for (const group of groupsOf(library))
    if (group.some((member) => reached.includes(member))) codeOfGroup(group, library, lending);
}

/** The code of members as it is remembered, or else generated. */
function codeOfGroup(group: readonly Member[], library: Library, lending: Lending): Code {
  const names = group.map(codeOf).join();
  return remember(
    lending.memory,
    () => `members ${names} ${lending.unfinished} ${lending.key()}`,
    () => generateGroup(group, library, lending),
  );
}

function generateGroup(group: readonly Member[], library: Library, { hosts, unfinished }: Lending): Code {
  const unit = newUnit({ functions: hosts, unfinished, isShared: true });
  const lent = [...library.byName.values()].filter(({ kind }) => kind !== "other");
  const bindings = bindMembers(lent, library, unit);
  for (const { name, kind } of group) (bindings.get(name) as Binding).assigned = kind === "constant";
  const base = openUnit(unit, library.source, true);
  const cx: Cx = { ...base, frame: { ...base.frame, bindings } };
  const trees = treesOf(library);
  for (const member of group) {
    const inner = branch(cx);
    const value = gen((trees[member.index] as Node).rhs, inner);
    if (member.kind === "lambda") cx.out.push(...inner.out, `${codeOf(member)} = ${value.code};`);
    else cx.out.push(`${codeOf(member)} = () => {`, ...inner.out, `return ${value.code}; };`);
    (bindings.get(member.name) as Binding).assigned = true;
  }
  const names = group.map(codeOf).join(", ");
  const others = library.members.filter((member) => !group.includes(member)).map(codeOf);
  return write(unit, others, [`let ${names};`, ...cx.out, `return { ${names} };`]);
}
