/** Functions of a library as code: generated in groups, and lent to what reaches them. */
import type { Node } from "../ast.ts";
import { branch } from "./context.ts";
import type { Cx, Unit } from "./context.ts";
import type { Library, Made, Member } from "./library.ts";
import { gen } from "./node.ts";
import { plainArity } from "./scope.ts";
import type { Binding } from "./scope.ts";
import { traitsOf } from "./traits.ts";
import type { Traits } from "./traits.ts";
import { load, newUnit, openUnit } from "./unit.ts";
import { isPlainGlobal } from "./variables.ts";

/** The name of a member in generated code. */
const codeOf = ({ index }: Member): string => `L${index}`;

/** Members as variables of the code that they are lent to. A constant is made anew wherever it is read. */
export function bindMembers(
  reached: readonly Member[],
  library: Library | undefined,
  unit: Unit,
): Map<string, Binding> {
  const trees = library?.trees() ?? [];
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

/** Generates what is not there yet of some members of a library, all together; they may call each other. */
export function generateMembers(
  library: Library,
  reached: readonly Member[],
  { hosts, unfinished }: Unit,
): Made {
  const made = unfinished ? library.made.finishing : library.made.plain;
  const counted = reached.filter((member) => library.byName.get(member.name) === member);
  const missing = counted.filter((member) => !Object.hasOwn(made, codeOf(member)));
  if (missing.length === 0) return made;
  const unit = newUnit({ functions: hosts, unfinished, isShared: true });
  const bindings = bindMembers(counted, library, unit);
  for (const { name, kind } of missing) (bindings.get(name) as Binding).assigned = kind === "constant";
  const base = openUnit(unit, library.source, true);
  const cx: Cx = { ...base, frame: { ...base.frame, bindings } };
  const trees = library.trees();
  for (const member of missing) {
    const inner = branch(cx);
    const value = gen((trees[member.index] as Node).rhs, inner);
    if (member.kind === "lambda") cx.out.push(...inner.out, `${codeOf(member)} = ${value.code};`);
    else cx.out.push(`${codeOf(member)} = () => {`, ...inner.out, `return ${value.code}; };`);
    (bindings.get(member.name) as Binding).assigned = true;
  }
  const names = missing.map(codeOf).join(", ");
  Object.assign(made, load(unit, made, [`let ${names};`, ...cx.out, `return { ${names} };`]));
  return made;
}
