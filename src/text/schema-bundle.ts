type SchemaObject = Record<string, unknown>;

/**
 * Makes one schema of several: a `$ref` to another file becomes one into `$defs`, where that file's schema is put.
 * `read` gives the schema that a relative reference means.
 */
export function bundleSchema(schema: object, read: (reference: string) => object): object {
  const defs: SchemaObject = {};
  const bundled = rewrite(schema, (reference) => {
    if (reference.startsWith("#")) return reference;
    const [file = "", pointer = ""] = reference.split("#");
    defs[file] ??= inner(read(file), file);
    return `#/$defs/${escapePointer(file)}${pointer}`;
  });
  const own = bundled as SchemaObject;
  return Object.keys(defs).length > 0 ? { ...own, $defs: { ...(own.$defs as SchemaObject), ...defs } } : own;
}

/** The schema of a file as a part of another one: its references into itself now go through `$defs`. */
function inner(schema: object, file: string): SchemaObject {
  const { $schema: _schema, $id: _id, ...rest } = schema as SchemaObject;
  return rewrite(rest, (reference) => `#/$defs/${escapePointer(file)}${reference.slice(1)}`) as SchemaObject;
}

function rewrite(node: unknown, refer: (reference: string) => string): unknown {
  if (Array.isArray(node)) return node.map((item) => rewrite(item, refer));
  if (typeof node !== "object" || node === null) return node;
  const members = Object.entries(node).map(([key, value]): [string, unknown] => {
    return [key, key === "$ref" && typeof value === "string" ? refer(value) : rewrite(value, refer)];
  });
  return Object.fromEntries(members);
}

function escapePointer(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
