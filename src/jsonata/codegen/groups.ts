import type { Library, Member } from "./library.ts";

const known = new WeakMap<Library, readonly (readonly Member[])[]>();

/**
 * The members of a library in groups that are generated one by one: those that lead to one another stand together, and
 * every group stands behind those that it leads to. What is generated first does not depend on what runs first.
 */
export function groupsOf(library: Library): readonly (readonly Member[])[] {
  const found = known.get(library) ?? findGroups(library);
  known.set(library, found);
  return found;
}

/** Tarjan's algorithm for strongly connected components. */
function findGroups({ byName }: Library): Member[][] {
  const groups: Member[][] = [];
  const order = new Map<Member, number>();
  const open: Member[] = [];
  const isOpen = new Set<Member>();

  /** The lowest number of a member in progress that this one leads back to. */
  function visit(member: Member): number {
    const own = order.size;
    let lowest = own;
    order.set(member, own);
    open.push(member);
    isOpen.add(member);
    for (const name of member.names) {
      const next = byName.get(name);
      if (next === undefined) continue;
      const number = order.get(next);
      if (number === undefined) lowest = Math.min(lowest, visit(next));
      else if (isOpen.has(next)) lowest = Math.min(lowest, number);
    }
    if (lowest === own) groups.push(close(member));
    return lowest;
  }
  function close(first: Member): Member[] {
    const group = open.splice(open.indexOf(first));
    for (const member of group) isOpen.delete(member);
    return group.sort((a, b) => a.index - b.index);
  }
  for (const member of byName.values()) if (!order.has(member)) visit(member);
  return groups;
}
