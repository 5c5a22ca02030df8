import type {
  CacheMark,
  Citation,
  Extension,
  MediaPart,
  Opaque,
  Part,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../src/mapping/canonical.ts";

/* Every member of every canonical type, once. `Full` makes the compiler ask for each. */
export type Full<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };

export const opaque: Opaque[] = [{ issuer: "acme", kind: "signature", data: "c2ln" }];
export const ext: Extension = { acme: { odd: true } };
export const cache: CacheMark = { ttl: "5m" };

export const citation: Full<Citation> = {
  kind: "document",
  url: "https://example.com",
  title: "Title",
  quote: "words",
  span: { start: 0, end: 5 },
  source: { index: 0, fileId: "f", filename: "a.pdf", page: [1, 2], block: [0, 1], char: [0, 5] },
  opaque,
  ext,
};
export const text: Full<TextPart> = {
  type: "text",
  text: "hello",
  continues: true,
  annotations: [citation],
  opaque,
  cache,
  phase: "commentary",
  itemId: "msg_1",
  ext,
};
const refusal: Full<RefusalPart> = { type: "refusal", text: "No.", itemId: "msg_2", phase: "final_answer" };
const media: Full<MediaPart> = {
  type: "media",
  kind: "document",
  mime: "application/pdf",
  src: {
    data: "AA==",
    url: "https://example.com/a.pdf",
    fileId: "f",
    owner: "acme",
    text: "t",
    parts: [{ type: "text", text: "t" }],
  },
  name: "a.pdf",
  title: "A",
  context: "about a",
  detail: "high",
  citations: true,
  clip: { start: "1s" },
  transcript: "spoken",
  opaque,
  cache,
  ext,
};
const reasoning: Full<ReasoningPart> = {
  type: "reasoning",
  text: "hm",
  summary: ["h"],
  redacted: true,
  opaque,
  itemId: "rs_1",
};
const call: Full<ToolCallPart> = {
  type: "tool_call",
  id: "call_1",
  name: "f",
  kind: "custom",
  argsText: "{}",
  input: "x",
  opaque,
  itemId: "fc_1",
  namespace: "crm",
  caller: { type: "direct" },
  complete: false,
  cache,
  ext,
};
export const result: Full<ToolResultPart> = {
  type: "tool_result",
  callId: "call_1",
  name: "f",
  kind: "custom",
  content: [media],
  json: { a: null },
  isError: true,
  cache,
  ext,
};

export const parts: Part[] = [
  text,
  refusal,
  media,
  reasoning,
  call,
  result,
  {
    type: "server_call",
    id: "s",
    tool: "web_search",
    input: { q: 1 },
    status: "done",
    opaque,
    raw: { protocol: "acme", value: 1 },
  },
  {
    type: "server_result",
    callId: "s",
    tool: "web_search",
    summary: [text],
    isError: false,
    raw: { protocol: "acme", value: null },
  },
  { type: "compaction", text: "so far", opaque, ext },
  { type: "raw", protocol: "acme", value: { type: "hologram" } },
];
