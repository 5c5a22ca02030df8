import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { CanonicalRequest } from "../../src/mapping/canonical.ts";
import { fitTo, losses } from "./support.ts";

type Row = [
  about: string,
  can: CapabilityOverride,
  asked: Partial<CanonicalRequest>,
  becomes: unknown,
  lost: string[],
];

const byEffort: CapabilityOverride = { reasoning: { by: "effort", efforts: ["low", "medium", "high"] } };
const byBudget: CapabilityOverride = {
  reasoning: { by: "budget", off: true, budget: { min: 1024, max: 32_000 } },
};

const reasoning: Row[] = [
  ["effort as it is", byEffort, { reasoning: { effort: "medium" } }, { mode: "on", effort: "medium" }, []],
  [
    "budget to effort by the table",
    byEffort,
    { reasoning: { mode: "on", budget: 10_000, show: "summary" } },
    { mode: "on", effort: "high", show: "summary" },
    ["reasoning.effort approximate reasoning.budget"],
  ],
  [
    "nearest lower effort",
    byEffort,
    { reasoning: { effort: "xhigh" } },
    { mode: "on", effort: "high" },
    ["reasoning.effort clamp reasoning.effort"],
  ],
  [
    "else the least",
    byEffort,
    { reasoning: { effort: "minimal" } },
    { mode: "on", effort: "low" },
    ["reasoning.effort clamp reasoning.effort"],
  ],
  [
    "off where it cannot be",
    byEffort,
    { reasoning: { mode: "off" } },
    { mode: "on", effort: "low", show: "none" },
    ["reasoning.off approximate reasoning.mode"],
  ],
  [
    "how it is shown, where that cannot be said",
    { reasoning: { by: "effort", off: true, show: false } },
    { reasoning: { effort: "low", show: "summary" } },
    { mode: "on", effort: "low" },
    ["reasoning.show drop reasoning.show"],
  ],
  [
    "how it is shown, of a model that does not think",
    {},
    { reasoning: { show: "summary" } },
    undefined,
    ["reasoning.show drop reasoning.show"],
  ],
  [
    "off by effort none",
    { reasoning: { by: "effort", off: true } },
    { reasoning: { effort: "none" } },
    { mode: "off" },
    [],
  ],
  ["off by budget 0", byBudget, { reasoning: { budget: 0 } }, { mode: "off" }, []],
  [
    "effort to budget",
    byBudget,
    { reasoning: { effort: "medium" } },
    { mode: "on", budget: 8192 },
    ["reasoning.budget approximate reasoning.effort"],
  ],
  [
    "an effort leaves a fifth of the output to the answer",
    byBudget,
    { reasoning: { effort: "medium" }, limits: { maxOutputTokens: 8192 } },
    { mode: "on", budget: 6553 },
    ["reasoning.budget approximate reasoning.effort"],
  ],
  [
    "max is the model's own",
    byBudget,
    { reasoning: { effort: "max" } },
    { mode: "on", budget: 32_000 },
    ["reasoning.budget approximate reasoning.effort"],
  ],
  [
    "budget floor",
    byBudget,
    { reasoning: { budget: 100 } },
    { mode: "on", budget: 1024 },
    ["reasoning.budget clamp reasoning.budget"],
  ],
  [
    "auto left to the model",
    { reasoning: { by: "budget", auto: true } },
    { reasoning: { budget: -1 } },
    { mode: "auto" },
    [],
  ],
  [
    "auto where an amount is needed",
    byBudget,
    { reasoning: { mode: "auto" } },
    { mode: "on", budget: 8192 },
    ["reasoning.budget approximate reasoning.mode"],
  ],
  ["only how to show it", byBudget, { reasoning: { show: "auto" } }, { show: "auto" }, []],
  [
    "a model that does not think",
    {},
    { reasoning: { effort: "high" } },
    undefined,
    ["reasoning drop reasoning"],
  ],
  ["nor needs to be told not to", {}, { reasoning: { mode: "off" } }, undefined, []],
  [
    "an effort of its own",
    { reasoning: { by: "effort", efforts: ["low", "ultra"] } },
    { reasoning: { effort: "ultra" } },
    { mode: "on", effort: "ultra" },
    [],
  ],
];

describe("reasoning", () => {
  test.each(reasoning)("%s", (_, can, asked, becomes, lost) => {
    const fitted = fitTo(can, asked);
    expect(fitted.request.reasoning).toEqual(becomes);
    expect(losses(fitted)).toEqual(lost);
  });

  test("a forced tool call switches thinking off where both cannot be", () => {
    const fitted = fitTo(
      { ...byBudget, reasoning: { ...byBudget.reasoning, forcedTools: false } },
      {
        reasoning: { budget: 5000 },
        tools: [{ kind: "function", name: "f" }],
        toolChoice: { mode: "required" },
      },
    );
    expect(fitted.request.reasoning).toEqual({ mode: "off" });
    expect(losses(fitted)).toEqual(["reasoning.forcedTools emulate reasoning"]);
  });
});

const limits: Row[] = [
  ["a demanded default", { maxOutput: { default: 4096 } }, {}, { maxOutputTokens: 4096 }, []],
  [
    "the client's own",
    { maxOutput: { default: 4096 } },
    { limits: { maxOutputTokens: 7 } },
    { maxOutputTokens: 7 },
    [],
  ],
  [
    "clamped up",
    { maxOutput: { min: 16 } },
    { limits: { maxOutputTokens: 7 } },
    { maxOutputTokens: 16 },
    ["limits.maxOutputTokens clamp limits.maxOutputTokens"],
  ],
  [
    "clamped down",
    { maxOutput: { max: 8 } },
    { limits: { maxOutputTokens: 9 } },
    { maxOutputTokens: 8 },
    ["limits.maxOutputTokens clamp limits.maxOutputTokens"],
  ],
  [
    "no such setting",
    { maxOutput: { carried: false } },
    { limits: { maxOutputTokens: 9 } },
    undefined,
    ["limits.maxOutputTokens drop limits.maxOutputTokens"],
  ],
  [
    "no limit of calls",
    {},
    { limits: { maxToolCalls: 3 } },
    undefined,
    ["limits.maxToolCalls drop limits.maxToolCalls"],
  ],
];

function thinking(members: CapabilityOverride): CapabilityOverride {
  return { ...byBudget, ...members };
}

describe("limits", () => {
  test.each(limits)("%s", (_, can, asked, becomes, lost) => {
    const fitted = fitTo(can, asked);
    expect(fitted.request.limits).toEqual(becomes);
    expect(losses(fitted)).toEqual(lost);
  });

  test.each([
    ["below the client's limit", thinking({}), 4096, 8192, 4096, { mode: "on", budget: 4095 }],
    [
      "limit raised where the client set none",
      thinking({ maxOutput: { default: 4096 } }),
      undefined,
      8192,
      12_288,
      { mode: "on", budget: 8192 },
    ],
    [
      "no higher than the model goes",
      thinking({ maxOutput: { default: 4096, max: 10_000 } }),
      undefined,
      9999,
      10_000,
      { mode: "on", budget: 9999 },
    ],
    ["too little left to think", thinking({}), 500, 8192, 500, { mode: "off" }],
  ])("a budget leaves room for the answer: %s", (_, override, maxOutputTokens, budget, max, becomes) => {
    const asked = {
      ...(maxOutputTokens !== undefined && { limits: { maxOutputTokens } }),
      reasoning: { budget },
    };
    const { request } = fitTo(override, asked);
    expect(request.limits?.maxOutputTokens).toBe(max);
    expect(request.reasoning).toEqual(becomes);
  });
});
