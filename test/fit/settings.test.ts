import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { CanonicalRequest } from "../../src/mapping/canonical.ts";
import { fitTo, losses, refusal, request } from "./support.ts";

type Row = [
  about: string,
  can: CapabilityOverride,
  asked: Partial<CanonicalRequest>,
  becomes: unknown,
  lost: string[],
];

const service: Row[] = [
  ["a tier it has", { serviceTiers: ["flex"] }, { serviceTier: "flex" }, { serviceTier: "flex" }, []],
  ["a tier it has not", {}, { serviceTier: "flex" }, {}, ["serviceTier drop serviceTier"]],
  ["the tier that everybody means", {}, { serviceTier: "auto" }, {}, []],
  [
    "speed, metadata, safety",
    {},
    { speed: "fast", metadata: { a: "b" }, safety: [1] },
    {},
    ["speed drop speed", "metadata drop metadata", "safety drop safety"],
  ],
  [
    "no users",
    {},
    { user: { id: "u", safetyId: "s" } },
    {},
    ["user.id drop user.id", "user.safetyId drop user.safetyId"],
  ],
  ["one id stands for the other", { user: true }, { user: { safetyId: "s" } }, { user: { id: "s" } }, []],
  ["and back", { safetyId: true }, { user: { id: "u" } }, { user: { safetyId: "u" } }, []],
  [
    "both",
    { user: true, safetyId: true },
    { user: { id: "u", safetyId: "s" } },
    { user: { id: "u", safetyId: "s" } },
    [],
  ],
  ["log probabilities", {}, { logprobs: { top: 2 } }, {}, ["logprobs drop logprobs"]],
  ["one candidate", {}, { candidates: 1 }, {}, []],
  ["cache key", {}, { cache: { key: "k" } }, {}, ["cache.key drop cache.key"]],
  [
    "cache time",
    { cache: { key: true, ttls: ["5m", "1h"] } },
    { cache: { key: "k", ttl: "30m" } },
    { cache: { key: "k", ttl: "5m" } },
    ["cache.ttl approximate cache.ttl"],
  ],
  [
    "stored elsewhere",
    {},
    { state: { store: true, truncation: "auto", background: false } },
    {},
    ["state.store drop state.store", "state.truncation drop state.truncation"],
  ],
  ["not stored", {}, { state: { store: false, truncation: "disabled" } }, {}, []],
  [
    "fields of the client's protocol",
    { raw: ["cousin"] },
    { ext: { client: { prediction: {}, x: 1 }, cousin: { y: 1 }, target: { z: 1 } } },
    { ext: { cousin: { y: 1 }, target: { z: 1 } } },
    ["ext.prediction drop ext.client.prediction", "ext.x drop ext.client.x"],
  ],
];

describe("service, state, cache, extensions", () => {
  test.each(service)("%s", (_, can, asked, becomes, lost) => {
    const fitted = fitTo(can, asked);
    const { turns } = fitted.request;
    expect(fitted.request).toEqual({ ...request({ turns }), ...(becomes as object) });
    expect(losses(fitted)).toEqual(lost);
  });
});

const output: Row[] = [
  [
    "JSON",
    { output: { json: true } },
    { output: { format: { type: "json" } } },
    { format: { type: "json" } },
    [],
  ],
  [
    "JSON in words",
    {},
    { output: { format: { type: "json" } } },
    undefined,
    ["output.json emulate output.format"],
  ],
  [
    "strictness",
    { output: { schema: true } },
    { output: { format: { type: "json_schema", schema: {}, strict: true } } },
    { format: { type: "json_schema", schema: {} } },
    ["output.strict drop output.format.strict"],
  ],
  [
    "a schema in words",
    { output: { json: true } },
    { output: { format: { type: "json_schema", schema: { type: "object" } } } },
    { format: { type: "json" } },
    ["output.schema emulate output.format"],
  ],
  [
    "the name of a form",
    { output: { schema: true } },
    { output: { format: { type: "json_schema", name: "n", description: "d", schema: { type: "object" } } } },
    { format: { type: "json_schema", schema: { description: "d", type: "object" } } },
    ["output.name drop output.format.name"],
  ],
  [
    "the description of a form that its schema has another of",
    { output: { schema: true } },
    { output: { format: { type: "json_schema", description: "d", schema: { description: "e" } } } },
    { format: { type: "json_schema", schema: { description: "e" } } },
    ["output.name drop output.format.description"],
  ],
  ["verbosity", {}, { output: { verbosity: "low" } }, undefined, ["output.verbosity drop output.verbosity"]],
  [
    "speech beside text",
    {},
    { output: { modalities: ["text", "audio"], audio: { voice: "v" } } },
    { modalities: ["text"] },
    ["output.modalities drop output.audio", "output.modalities drop output.modalities"],
  ],
];

describe("output", () => {
  test.each(output)("%s", (_, can, asked, becomes, lost) => {
    const fitted = fitTo(can, asked);
    expect(fitted.request.output).toEqual(becomes);
    expect(losses(fitted)).toEqual(lost);
  });

  test("what is asked for in words stands at the end of the instructions", () => {
    const schema = { type: "object" };
    const { request: fitted } = fitTo(
      {},
      { output: { format: { type: "json_schema", schema, description: "A person." } } },
    );
    expect(fitted.system).toHaveLength(1);
    expect(fitted.system[0]?.text).toContain('A person.\n{"type":"object"}');
  });
});

describe("refusals", () => {
  test.each<[string, CapabilityOverride, Partial<CanonicalRequest>, string]>([
    ["n > 1", {}, { candidates: 2 }, "400 candidates"],
    ["warming a cache", {}, { limits: { maxOutputTokens: 0 } }, "400 limits.noOutput"],
    ["a chained conversation", {}, { state: { previousId: "r" } }, "400 state.previousId"],
    ["a held conversation", {}, { state: { conversation: "c" } }, "400 state.previousId"],
    ["items that are only named", {}, { state: { references: ["msg_1"] } }, "400 state.references"],
    ["a held prompt", {}, { state: { prompt: { id: "p" } } }, "400 state.prompt"],
    ["an answer later", {}, { state: { background: true } }, "400 state.background"],
    ["a held prefix", {}, { cache: { ref: "cachedContents/1" } }, "400 cache.ref"],
    ["speech alone", {}, { output: { modalities: ["audio"] } }, "400 output.modalities"],
  ])("%s", (_, can, asked, message) => {
    expect(refusal(() => fitTo(can, asked))).toContain(message);
  });

  test("warming a cache where that is known", () => {
    const { request: fitted } = fitTo({ maxOutput: { min: 0 } }, { limits: { maxOutputTokens: 0 } });
    expect(fitted.limits).toEqual({ maxOutputTokens: 0 });
  });
});
