import * as fc from "fast-check";

/** Texts that people write: with a blank, so that no two are taken for one name. */
export const prose: fc.Arbitrary<string> = fc
  .tuple(fc.stringMatching(/^[A-Za-zé]{2,6}$/), fc.stringMatching(/^[a-z😀]{1,5}$/u))
  .map((words) => words.join(" "));
export const word: fc.Arbitrary<string> = fc.stringMatching(/^[a-z]{3,8}$/);
export const url: fc.Arbitrary<string> = word.map((name) => `https://example.com/${name}`);
export const bytes: fc.Arbitrary<string> = word.map((text) =>
  Buffer.from(`${text} ${text}`).toString("base64"),
);
export const png: fc.Arbitrary<string> = bytes.map((data) => `data:image/png;base64,${data}`);
export const share: fc.Arbitrary<number> = fc.integer({ min: 1, max: 9 }).map((n) => n / 10);

/** An object in which every member but the named ones may be absent. */
export function some<T extends object>(
  members: { [K in keyof T]: fc.Arbitrary<T[K]> },
  always: readonly (keyof T & string)[] = [],
): fc.Arbitrary<Partial<T>> {
  return fc.record<T, keyof T & string>(members as never, {
    requiredKeys: [...always] as never,
  }) as unknown as fc.Arbitrary<Partial<T>>;
}

export function few<T>(item: fc.Arbitrary<T>, minLength = 1): fc.Arbitrary<T[]> {
  return fc.array(item, { minLength, maxLength: Math.max(2, minLength) });
}

export const one: typeof fc.constant = fc.constant;
export const either: typeof fc.constantFrom = fc.constantFrom;

/** The schema of a tool's arguments. */
export const schema: fc.Arbitrary<object> = fc
  .uniqueArray(word, { minLength: 1, maxLength: 2 })
  .chain((names) =>
    some(
      {
        type: one("object"),
        description: prose,
        properties: fc
          .tuple(...names.map(() => property))
          .map((all) => Object.fromEntries(names.map((name, i) => [name, all[i]]))),
        required: one(names.slice(0, 1)),
        additionalProperties: one(false),
      },
      ["type", "properties"],
    ),
  );

const property: fc.Arbitrary<object> = fc.oneof(
  some({ type: one("string"), description: prose, minLength: fc.integer({ min: 1, max: 9 }) }, ["type"]),
  some({ type: one("integer"), description: prose, minimum: fc.integer({ min: 1, max: 99 }) }, ["type"]),
  some({ type: one("array"), items: one({ type: "string" }), description: prose }, ["type", "items"]),
  fc.record({ type: one("string"), enum: few(word, 2) }),
);

/** What a step of an agent's loop does: calls by their names and arguments, and what came of each. */
export interface Step {
  calls: { id: string; name: string; args: Record<string, unknown>; said: string }[];
}

/** Steps whose calls have ids of their own. */
export const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.array(
      fc.record({
        name: either("read_file", "get_weather"),
        args: fc.dictionary(word, fc.oneof(prose, fc.integer(), fc.boolean()), { maxKeys: 2 }),
        said: prose,
      }),
      { minLength: 1, maxLength: 2 },
    ),
    { maxLength: 2 },
  )
  .map((all) =>
    all.map((calls, i) => ({ calls: calls.map((call, j) => ({ ...call, id: `call_${i}${j}` })) })),
  );
