import { openReader } from "../text/readers.ts";
import type { Exchange } from "./client.ts";

/**
 * Items of answers that clients may name later instead of sending them again, as JSON by their owner and id. Held in memory,
 * and by this process only; the oldest are forgotten first.
 */
export interface HeldItems {
  keep(owner: string, id: string, item: unknown): void;
  find(owner: string, id: string): unknown;
}

/** Characters of JSON that are held at once. */
const mostHeld = 32 << 20;

export function createHeldItems(limit: number = mostHeld): HeldItems {
  const texts = new Map<string, string>();
  let length = 0;
  const keyOf = (owner: string, id: string): string => `${owner} ${id}`;

  function forget(key: string): void {
    length -= texts.get(key)?.length ?? 0;
    texts.delete(key);
  }
  return {
    keep(owner, id, item) {
      const key = keyOf(owner, id);
      const text = JSON.stringify(item);
      forget(key);
      if (text.length > limit) return;
      texts.set(key, text);
      length += text.length;
      for (const oldest of texts.keys()) {
        if (length <= limit) return;
        forget(oldest);
      }
    },
    find(owner, id) {
      const text = texts.get(keyOf(owner, id));
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
  };
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A client's body with the items that it only names in their places. Those that are not held stay as they are. */
export function withHeldItems(x: Exchange, body: Members): Members {
  const { held } = x.mapping!;
  const list = held && body[held.list];
  if (!held || !Array.isArray(list)) return body;
  const named = Object.entries(held.named);
  let found = false;
  const items = list.map((item: unknown) => {
    if (!isObject(item) || !named.every(([member, value]) => item[member] === value)) return item;
    const kept = x.prepared.held.find(ownerOf(x), String(item[held.id]));
    found ||= kept !== undefined;
    return kept ?? item;
  });
  return found ? { ...body, [held.list]: items } : body;
}

/** Keeps the items of an answer that a client was given, unless it asked that nothing be stored. */
export function keepItems(x: Exchange, answer: unknown): void {
  const held = x.mapping?.held;
  if (!held || x.request?.state?.store === false || !isObject(answer)) return;
  const items = answer[held.answer];
  if (!Array.isArray(items)) return;
  for (const item of items)
    if (isObject(item) && typeof item[held.id] === "string")
      x.prepared.held.keep(ownerOf(x), item[held.id] as string, item);
}

/** The same of an answer that was streamed: its last frame tells it whole. */
export function keepStreamed(x: Exchange, lastFrames: string): void {
  const held = x.mapping?.held;
  if (!held || x.request?.state?.store === false) return;
  let last = "";
  const reader = openReader(
    "sse",
    (data) => void (last = data),
    () => undefined,
  );
  reader.push(Buffer.from(lastFrames));
  reader.end();
  if (last !== "") keepItems(x, (JSON.parse(last) as Members)[held.frame]);
}

/** Whose items they are: nobody else may name them. */
function ownerOf({ prepared, req, query }: Exchange): string {
  return prepared.keys.ownerOf(req.headers, query);
}
