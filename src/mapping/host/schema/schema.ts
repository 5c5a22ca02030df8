/** A JSON Schema in a dialect. */
export function schemaIn(_dialect: unknown, schema: unknown, _at?: unknown): unknown {
  return schema;
}
