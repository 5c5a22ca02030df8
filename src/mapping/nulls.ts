/**
 * Drops null members and items of a wire value, so that mappings never meet the difference between null and absent
 * (semantics §4.7), but for what stands under an opaque key: schemas and arguments are carried whole. Copies only what
 * changes; the same value comes back where there was no null.
 */
export function dropNulls(value: unknown, opaque: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return dropItems(value, opaque);
  if (value !== null && typeof value === "object")
    return dropMembers(value as Record<string, unknown>, opaque);
  return value === null ? undefined : value;
}

function dropItems(items: readonly unknown[], opaque: ReadonlySet<string>): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const kept = dropNulls(items[i], opaque);
    if (kept === items[i]) copy?.push(kept);
    else {
      copy ??= items.slice(0, i);
      if (kept !== undefined) copy.push(kept);
    }
  }
  return copy ?? (items as unknown[]);
}

function dropMembers(members: Record<string, unknown>, opaque: ReadonlySet<string>): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name in members) {
    const value = members[name];
    const isCarried = value !== null && (typeof value !== "object" || opaque.has(name));
    const kept = isCarried ? value : dropNulls(value, opaque);
    if (copy === undefined && kept === value) continue;
    copy ??= membersBefore(members, name);
    if (kept !== undefined) setMember(copy, name, kept);
  }
  return copy ?? members;
}

/** A new object: one that members are deleted from is slow to read ever after. */
function membersBefore(members: Record<string, unknown>, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name in members) {
    if (name === end) break;
    setMember(copy, name, members[name]);
  }
  return copy;
}

/** Sets a member of an object that is being built: `__proto__` is a name like any other. */
export function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") target[name] = value;
  else Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}
