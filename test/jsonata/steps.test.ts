/** Expressions that share an evaluation: each is as if it were evaluated alone. */
import { expect, test } from "vitest";
import { compileSteps } from "../../src/jsonata/index.ts";

const options = { variables: ["state"], prelude: "($of := function($x) { $x.n & $x.n })" };

test("what is told between two texts may change what the next one reads", () => {
  const told: unknown[] = [];
  const count = (value: unknown, variables: Record<string, unknown>): void => {
    told.push(value);
    (variables["state"] as { n: number }).n++;
  };
  const steps = [0, 1, 2].map((value) => ({ kind: "tell", value, to: count }) as const);
  const procedure = compileSteps(steps, ["$state.n", "$state.n", "$of($state)"], options);
  procedure?.({}, { state: { n: 1 } });
  expect(told).toEqual([1, 2, "33"]);
});
