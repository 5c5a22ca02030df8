import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anthropic } from "../doubles/anthropic.ts";
import { codex } from "../doubles/codex.ts";
import { gemini } from "../doubles/gemini.ts";
import { openaiChat } from "../doubles/openai-chat.ts";
import { openaiResponses } from "../doubles/openai-responses.ts";
import { usageOf } from "../doubles/script.ts";
import { startDouble, upstreamKey } from "../doubles/server.ts";
import type { Double } from "../doubles/server.ts";
import { startBridge } from "./server.ts";
import type { RunningBridge } from "./server.ts";
import { prompts, script, toolsOf } from "./talk.ts";
import type { Talker } from "./talk.ts";
import { anthropicTalkers } from "./talkers-anthropic.ts";
import { geminiTalkers } from "./talkers-gemini.ts";
import { openaiTalkers } from "./talkers-openai.ts";

/** The official SDKs' own helpers, each through the bridge to every upstream: a conversation with tools and thoughts. */
const upstreams = [anthropic, openaiChat, openaiResponses, codex, gemini];
const talkers: Talker[] = [...openaiTalkers, ...anthropicTalkers, ...geminiTalkers];

const doubles = new Map<string, Double>();
let bridge: RunningBridge;
beforeAll(async () => {
  for (const vendor of upstreams)
    doubles.set(vendor.name, await startDouble(vendor, { script, keepsTokens: true }));
  const lines = (line: (double: Double) => string): string =>
    [...doubles.values()].map((one) => `  ${line(one)}\n`).join("");
  bridge = await startBridge(
    `providers:\n${lines(({ vendor, baseUrl }) => `${vendor.name}: { mapping: ${vendor.mapping}, base_url: "${baseUrl}", api_key: ${upstreamKey} }`)}` +
      `models:\n${lines(({ vendor }) => `at-${vendor.name}: { provider: ${vendor.name}, model: ${vendor.model} }`)}`,
  );
});
afterAll(async () => {
  await bridge.close();
  for (const double of doubles.values()) await double.close();
});

const calls = script.flatMap((said) => said.calls ?? []).map(({ name, args }) => ({ name, args }));
const texts = script.filter((said) => !said.calls).map(({ text }) => text);
const turns = script.map((_, turn) => turn);
const usage = turns.map((turn) => ({ input: usageOf(turn).input, output: usageOf(turn).output }));

describe.each(talkers)("$name", (talker) => {
  test.each(upstreams)("→ $name", async ({ name }) => {
    const double = doubles.get(name)!;
    double.play({ script, keepsTokens: talker.keepsTokens, isOwn: talker.format === name });
    const called: { name: string; args: unknown }[] = [];
    const talking = talker.talk({ url: bridge.url, model: `at-${name}`, prompts, tools: toolsOf(called) });
    const talk = await talking.catch((error: unknown) => {
      throw new Error(double.problems().join("\n") || String(error), { cause: error });
    });
    expect(double.problems()).toEqual([]);
    expect(called).toEqual(calls);
    expect(talk.texts).toEqual(texts);
    expect(double.turns()).toEqual(turns);
    expect(talk.usage).toEqual(usage);
    if (talker.seesThoughts) expect(talk.thoughts).toContain(script[0]!.thinking);
  });
});
