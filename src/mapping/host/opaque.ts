import type { Opaque } from "../canonical.ts";

/**
 * Envelopes carry a token of another issuer through a client whose format has a slot for tokens:
 * `llmb1.<issuer>.<kind>.<base64url of the data>`.
 */
const mark = "llmb1.";
/**
 * The kind of an envelope that holds no token. Clients throw a thought away, or show it as an answer, where its place
 * for a token is empty; this fills it.
 */
const plain = "plain";
const emptyFields = `none.${plain}.`;
const empty = `${mark}${emptyFields}`;
/** `mark` in base64: clients that take the slot for bytes send an envelope back as they got it, encoded once more. */
const markInBase64 = "bGxtYjEu";

/** The token as text; nothing if it is none. */
export function envelope(token: unknown): string | undefined {
  if (!isOpaque(token)) return undefined;
  const data = Buffer.from(token.data, "utf8").toString("base64url");
  return `${mark}${escapeDots(token.issuer)}.${escapeDots(token.kind)}.${data}`;
}

/** An envelope that says that there is no token. */
export function emptyEnvelope(): string {
  return empty;
}

/** Whether a JSON text may hold an envelope: a string in it begins like one. */
export function mayHoldEnvelope(json: string): boolean {
  return json.includes(`"${mark}`) || json.includes(`"${markInBase64}`);
}

/**
 * The token in an envelope, if it holds one; text without one is the token of `issuer` and `kind` itself. A client that makes one
 * thought of several puts their envelopes one behind the other, or on lines of their own: the only token among them is known, of several none can be told
 * to be that of the thought. What was damaged on its way is none either: no vendor would take it.
 */
export function openEnvelope(text: unknown, issuer: unknown, kind: unknown): Opaque | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  const bare = text.startsWith(markInBase64) ? Buffer.from(text, "base64").toString("utf8") : text;
  if (!bare.startsWith(mark))
    return typeof issuer === "string" && typeof kind === "string" ? { issuer, kind, data: text } : undefined;
  const pieces = bare.split(mark).map((piece) => piece.trim());
  const [only, another] = new Set(pieces.filter((piece) => piece !== "" && piece !== emptyFields));
  return only === undefined || another !== undefined ? undefined : tokenOf(only);
}

function tokenOf(fields: string): Opaque | undefined {
  const [issuer, kind, encoded = ""] = fields.split(".");
  if (!issuer || !kind || kind === plain) return undefined;
  const data = Buffer.from(encoded, "base64url").toString("utf8");
  const isWhole = Buffer.from(data, "utf8").toString("base64url") === encoded.replace(/=+$/, "");
  return isWhole ? { issuer: unescapeDots(issuer), kind: unescapeDots(kind), data } : undefined;
}

/** The data of the list's last token of `issuer`. */
export function native(tokens: unknown, issuer: unknown): string | undefined {
  return list(tokens).findLast((token) => token.issuer === issuer)?.data;
}

/** The list's last token of any issuer but `issuer`. */
export function foreign(tokens: unknown, issuer: unknown): Opaque | undefined {
  return list(tokens).findLast((token) => token.issuer !== issuer);
}

function list(tokens: unknown): Opaque[] {
  return (Array.isArray(tokens) ? tokens : [tokens]).filter(isOpaque);
}

function isOpaque(value: unknown): value is Opaque {
  if (typeof value !== "object" || value === null) return false;
  const { issuer, kind, data } = value as Partial<Opaque>;
  return typeof issuer === "string" && typeof kind === "string" && typeof data === "string";
}

/** Names may hold dots, which part the fields of an envelope. */
function escapeDots(name: string): string {
  return encodeURIComponent(name).replaceAll(".", "%2E");
}

function unescapeDots(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
