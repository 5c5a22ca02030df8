/** Clients that name items of earlier answers instead of sending them, as the Vercel AI SDK does unless it is told not to. */
import { expect, onTestFinished, test } from "vitest";
import { createHeldItems } from "../../src/pipeline/held.ts";
import { call, startUpstream } from "../support/http.ts";
import type { Answer, Upstream } from "../support/http.ts";
import { anthropic } from "../support/upstreams.ts";
import { startBridge } from "./server.ts";

const said = { thought: "Who asks?", token: "sig_1", text: "Hello, Bob." };

async function start(): Promise<{
  upstream: Upstream;
  ask: (body: object, key?: string) => Promise<Answer>;
}> {
  const upstream = await startUpstream((res, { body }) => {
    const isStream = (JSON.parse(body) as { stream?: boolean }).stream === true;
    res.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
    res.end(isStream ? anthropic.stream(said, 1) : JSON.stringify(anthropic.whole!(said, 1)));
  });
  const bridge = await startBridge(
    `auth: { keys: [one, two] }\nproviders: { up: { mapping: anthropic, base_url: "${upstream.url}", api_key: k } }\nmodels: { "*": up }\n`,
  );
  onTestFinished(async () => {
    await bridge.close();
    await upstream.close();
  });
  return {
    upstream,
    ask: (body, key = "one") =>
      call(`${bridge.url}/v1/responses`, {
        body: { model: "claude-sonnet-4-5", reasoning: { effort: "low" }, ...body },
        headers: { authorization: `Bearer ${key}` },
      }),
  };
}

interface Item {
  id: string;
}

/** The items of an answer, as its client was told them. */
function itemsOf(answer: Answer, isStream: boolean): Item[] {
  const text = isStream ? /event: response.completed\ndata: (.*)/.exec(answer.text)![1]! : answer.text;
  const told = JSON.parse(text) as { output?: Item[]; response?: { output: Item[] } };
  return (told.response ?? told).output!;
}

const user = (content: string): object => ({ role: "user", content });
const named = (items: readonly Item[]): object[] => items.map(({ id }) => ({ type: "item_reference", id }));

test.each([false, true])("are understood; streamed: %s", async (stream) => {
  const { upstream, ask } = await start();
  const items = itemsOf(await ask({ input: [user("I am Bob.")], stream }), stream);
  const answer = await ask({ input: [user("I am Bob."), ...named(items), user("And?")] });
  expect(answer.status).toBe(200);
  const { messages } = JSON.parse(upstream.received[1]!.body) as { messages: unknown[] };
  expect(messages).toEqual([
    { role: "user", content: "I am Bob." },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Who asks?", signature: "sig_1" },
        expect.objectContaining({ type: "redacted_thinking" }),
        { type: "text", text: "Hello, Bob." },
      ],
    },
    { role: "user", content: "And?" },
  ]);
});

test.each([
  ["what another owner was told", {}, "two"],
  ["what was not to be stored", { store: false }, "one"],
])("%s cannot be named, and the refusal says what to do", async (_, more, key) => {
  const { upstream, ask } = await start();
  const items = itemsOf(await ask({ input: [user("I am Bob.")], ...more }), false);
  const answer = await ask({ input: [user("I am Bob."), ...named(items), user("And?")] }, key);
  expect(answer.status).toBe(400);
  expect(answer.json()["error"]).toMatchObject({
    message: expect.stringContaining("store: false") as string,
  });
  expect(upstream.received).toHaveLength(1);
});

test("the oldest are forgotten when there are too many", () => {
  const held = createHeldItems(30);
  for (const id of ["a", "b", "c"]) held.keep("me", id, { text: "0123" });
  expect(["a", "b", "c"].map((id) => held.find("me", id))).toEqual([
    undefined,
    { text: "0123" },
    { text: "0123" },
  ]);
  held.keep("me", "d", { text: "x".repeat(40) });
  expect(held.find("me", "d")).toBeUndefined();
  expect(held.find("you", "b")).toBeUndefined();
});
