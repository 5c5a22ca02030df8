/**
 * Drops null members and items of a wire value, so that mappings never meet the difference between null and absent
 * (semantics §4.7), but for what stands under an opaque key: schemas and arguments are carried whole. Copies only what
 * changes; the same value comes back where there was no null.
 */
export function dropNulls(value: unknown, opaque: ReadonlySet<string>): unknown {
  if (value === null) return undefined;
  return typeof value === "object" && holdsNull(value, opaque) ? withoutNulls(value, opaque) : value;
}

/** Most values hold none: that is found out without a call for every member. */
function holdsNull(value: object, opaque: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === "object" && (item === null || holdsNull(item, opaque))) return true;
    }
    return false;
  }
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (typeof member !== "object") continue;
    if (member === null || (!opaque.has(name) && holdsNull(member, opaque))) return true;
  }
  return false;
}

function withoutNulls(value: unknown, opaque: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return dropItems(value, opaque);
  if (value !== null && typeof value === "object")
    return dropMembers(value as Record<string, unknown>, opaque);
  return value === null ? undefined : value;
}

function dropItems(items: readonly unknown[], opaque: ReadonlySet<string>): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const kept = withoutNulls(items[i], opaque);
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
    const kept = isCarried ? value : withoutNulls(value, opaque);
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
