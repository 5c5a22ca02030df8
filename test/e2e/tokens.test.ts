import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { decodeStream, encodeStream } from "../../src/golden/streams.ts";
import type { Loss } from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { createRestorer, restoreResponse } from "../../src/mapping/fit/restore.ts";
import { fold } from "../../src/mapping/fold.ts";
import { collectLosses } from "../../src/mapping/losses.ts";
import type { Mapping } from "../../src/mapping/types.ts";
import { translate } from "../../src/pipeline/offline.ts";
import * as clients from "../support/clients.ts";
import type { Body, Talker } from "../support/clients.ts";
import * as vendors from "../support/upstreams.ts";
import type { Said, Upstream } from "../support/upstreams.ts";

/*
 * Conversations of three turns with parallel calls through two vendors, and a question after them. Every request that
 * the upstream gets must hold what it said before with its tokens, each where it was; or, of another vendor, none.
 */
const { mappings } = loadMappings([join(resolve(import.meta.dirname, "../.."), "mappings")]);
const mappingOf = (name: string): Mapping => mappings.get(name)!;

const script: readonly Said[] = [
  {
    thought: "I look around first.",
    token: "dG9rZW4tb25l",
    calls: [
      { name: "read_file", args: { path: "a.txt" } },
      { name: "list_files", args: { path: "." } },
    ],
  },
  {
    thought: "Now I change it.",
    token: "dG9rZW4tdHdv",
    text: "I change the file.",
    calls: [
      { name: "write_file", args: { path: "a.txt" } },
      { name: "run", args: {} },
    ],
  },
  { thought: "All is done.", token: "dG9rZW4tdGhyZWU=", text: "Done, and tested." },
];

/** Models that do not show their thoughts sign their calls all the same. */
const silent: readonly Said[] = [
  { thought: "", token: "dG9rZW4tb25l", calls: [{ name: "read_file", args: { path: "a.txt" } }] },
  { thought: "", token: "dG9rZW4tdHdv", text: "I run it.", calls: [{ name: "run", args: {} }] },
  { thought: "", token: "dG9rZW4tdGhyZWU=", text: "Done." },
];

interface Turn {
  /** What the upstream was asked. */
  body: unknown;
  losses: Loss[];
  /** What the client asks next. */
  next: Body;
}

/** One request and its answer, through both formats. */
function exchange(
  talker: Talker,
  upstream: Upstream,
  asked: Body,
  said: Said,
  turn: number,
  stream: boolean,
): Turn {
  const client = mappingOf(talker.mapping);
  const server = mappingOf(upstream.mapping);
  const { model } = upstream;
  const request = client.request.decode!(
    { ...asked, ...(!talker.http && { stream }) },
    { http: { headers: {}, ...talker.http?.(model, stream) } },
  );
  const capabilities = server.capabilities(model, {});
  const fitted = fit(request, capabilities, { from: client.protocol, to: server.protocol });
  const target = { provider: "it", model, stream, capabilities, headers: {} };
  const losses = [...fitted.losses];
  const body = collectLosses(() => server.request.encode!(fitted.request, { target }), losses);

  const bindings = { request: fitted.request, target, http: { headers: {} } };
  const facts = { id: `answer${turn}`, created: 1_700_000_000, frame: 0 };
  const restore = createRestorer(fitted.restore);
  const told = (): ReturnType<typeof decodeStream> =>
    decodeStream(server, [Buffer.from(upstream.stream(said, turn))], bindings).flatMap((event) =>
      restore(event),
    );
  const whole =
    !stream && upstream.whole
      ? restoreResponse(server.response.decode!(upstream.whole(said, turn), bindings), fitted.restore)
      : undefined;
  const answer = stream
    ? talker.collect(encodeStream(client, told(), { request, stream: facts }))
    : client.response.encode!(whole ?? fold(told()), { request, stream: facts });
  const sent = JSON.parse(JSON.stringify(answer)) as never;
  return { body: JSON.parse(JSON.stringify(body)), losses, next: talker.proceed(asked, sent, stream) };
}

/** One answer more, so that the last one comes back, too. */
const andAQuestion = (all: readonly Said[]): Said[] => [...all, all.at(-1)!];

/** Goes through what the model says; every request must hold all that it said before. */
function converse(talker: Talker, upstream: Upstream, all: readonly Said[], stream: boolean): void {
  let asked = talker.begin(upstream.model, "Mend a.txt.");
  for (const [turn, said] of all.entries()) {
    const { body, next, losses } = exchange(talker, upstream, asked, said, turn, stream);
    expect(vendors.misheard(upstream, all.slice(0, turn), body)).toEqual([]);
    expect(losses.map(({ code }) => code)).not.toContain("history.opaque");
    expect(losses.map(({ code }) => code)).not.toContain("reasoning.placeholder");
    asked = next;
  }
}

const upstreams = [vendors.anthropic, vendors.gemini, vendors.codex];
const all = Object.values(clients).flatMap((talker) =>
  upstreams.map((upstream) => [talker.mapping, upstream.mapping, talker, upstream] as const),
);

describe.each([
  ["whole answers", false],
  ["streams", true],
] as const)("%s", (_, stream) => {
  test.each(all)(
    "%s client, %s upstream: every token comes back where it was",
    (_from, _to, talker, upstream) => converse(talker, upstream, andAQuestion(script), stream),
  );

  test.each(all)(
    "%s client, %s upstream: so does one whose thought has no words",
    (_from, _to, talker, upstream) => converse(talker, upstream, andAQuestion(silent), stream),
  );
});

/** A client of Chat Completions that keeps one of the two places in which it is given tokens. */
function chatWithout(member: string): Talker {
  const kept = (name: string, value: unknown): unknown => (name === member ? undefined : value);
  return {
    ...clients.chat,
    proceed: (asked, answer, stream) =>
      JSON.parse(JSON.stringify(clients.chat.proceed(asked, answer, stream), kept)) as Body,
  };
}

describe.each(["reasoning_details", "extra_content"])("a client that drops %s", (member) => {
  const all = upstreams.flatMap((upstream) =>
    [false, true].map((stream) => [upstream.mapping, stream, upstream] as const),
  );
  test.each(all)(
    "%s upstream, streamed %s: the tokens of calls and their thoughts come back",
    (_, stream, upstream) => converse(chatWithout(member), upstream, script, stream),
  );
});

const switches = Object.values(clients).flatMap((talker) =>
  upstreams.flatMap((first) =>
    upstreams
      .filter((second) => second !== first)
      .map((second) => [talker.mapping, first.mapping, second.mapping, talker, first, second] as const),
  ),
);

/** The tokens of some answers as they could stand in a request: as they are, or in an envelope. */
function tokensIn(body: unknown, said: readonly Said[]): string[] {
  const text = JSON.stringify(body);
  const forms = said.flatMap(({ token }) => [token, Buffer.from(token).toString("base64url")]);
  return forms.filter((form) => text.includes(form));
}

describe.each([
  ["whole answers", false],
  ["streams", true],
] as const)("another model in mid-conversation, %s", (_, stream) => {
  test.each(switches)("%s client, %s to %s and back", (_client, _from, _to, talker, first, second) => {
    const own = script.slice(0, 2);
    const foreign: Said = { ...script[0]!, token: "c2Vjb25k", calls: [{ name: "run", args: { path: "b" } }] };
    let asked = talker.begin(first.model, "Mend a.txt.");
    for (const [turn, said] of own.entries()) asked = exchange(talker, first, asked, said, turn, stream).next;

    const there = exchange(talker, second, asked, foreign, 2, stream);
    expect(tokensIn(there.body, own)).toEqual([]);
    expect(JSON.stringify(there.body)).not.toContain("llmb1.");
    expect(there.losses.some(({ code }) => code === "history.reasoning" || code === "history.opaque")).toBe(
      true,
    );

    const back = exchange(talker, first, there.next, script[2]!, 3, stream);
    expect(vendors.misheard(first, own, back.body)).toEqual([]);
    expect(tokensIn(back.body, [foreign])).toEqual([]);
  });
});

describe("a thought without a token", () => {
  const thought = "I need the tool.";
  const given = {
    id: "1",
    object: "chat.completion",
    created: 1,
    model: "deepseek-chat",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "One moment.", reasoning_content: thought },
        finish_reason: "stop",
      },
    ],
  };
  const anthropic = (said: object[]): object => ({
    model: "m",
    max_tokens: 100,
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: said },
      { role: "user", content: "Well?" },
    ],
  });
  const responses = (said: object[]): object => ({
    model: "m",
    store: false,
    include: ["reasoning.encrypted_content"],
    input: [{ role: "user", content: "Hi" }, ...said, { role: "user", content: "Well?" }],
  });
  const placeOf: Record<string, string> = { anthropic: "signature", "openai-responses": "encrypted_content" };
  const clientsOf = [
    ["anthropic", anthropic, "content"],
    ["openai-responses", responses, "output"],
  ] as const;

  test.each(clientsOf)("%s: comes back as plain text, and nobody gets a token", (name, ask, member) => {
    const client = mappingOf(name);
    const request = client.request.decode!(ask([]), { http: { headers: {} } });
    const { output } = translate("response", mappingOf("deepseek"), client, given, { request });
    const said = (output as Record<string, Record<string, string>[]>)[member]!;
    expect(said[0]![placeOf[name]!]).toMatch(/^llmb1\./);

    const back = translate("request", client, mappingOf("deepseek"), ask(said), { model: "deepseek-chat" });
    expect(back.losses.filter(({ code }) => code.startsWith("history."))).toEqual([]);
    expect(back.output).toMatchObject({ messages: [{}, { reasoning_content: thought }, {}] });
    for (const [to, model] of [
      ["anthropic", "claude-opus-4-8"],
      ["gemini", "gemini-3-pro"],
      ["openai-responses", "gpt-5"],
    ] as const) {
      const { output: body, losses } = translate("request", client, mappingOf(to), ask(said), { model });
      expect(JSON.stringify(body)).not.toContain("llmb1.");
      expect(losses.map(({ code }) => code)).not.toContain("history.opaque");
    }
  });
});
