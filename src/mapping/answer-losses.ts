import type { CanonicalResponse, Citation, Loss, Part, Stop } from "./canonical.ts";

/**
 * What clients of a format are told of an answer (`answers:` in mapping.yaml): members by what they belong to. Keys are
 * `answer`, `usage`, `stop`, a type of part, or `citation`; a part's may be narrowed (`media/image`, `citation/url`).
 * `stop/reason` lists the reasons that can be said as they are.
 */
export type AnswerForm = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads `answers:` as it is written: members parted by blanks. */
export function answerForm(written: Readonly<Record<string, string>>): AnswerForm {
  return new Map(
    Object.entries(written).map(([key, words]) => [key, new Set(words.split(/\s+/).filter(Boolean))]),
  );
}

/**
 * Members that say nothing of their own: what kind of thing this is, the words and ids that its server had for it, what
 * the grammar noted of it; and what is known anyway, the time (it is in the HTTP head) and the sum of the tokens.
 */
const silent: ReadonlySet<string> = new Set(
  "v type kind itemId raw reason complete redacted created total".split(" "),
);

/** Codes of members that have a name of their own among the losses. */
const codes: Readonly<Record<string, string>> = {
  annotations: "citations",
  logprobs: "logprobs",
  opaque: "answer.opaque",
  server_call: "answer.server",
  server_result: "answer.server",
};

interface Walk {
  form: AnswerForm;
  protocol: string;
  losses: Loss[];
}

/** What the client of a format is not told of an answer. Its encoder need not say so: it draws what there is a place for. */
export function answerLosses(response: CanonicalResponse, form: AnswerForm, protocol: string): Loss[] {
  const walk: Walk = { form, protocol, losses: [] };
  const { candidates, usage } = response;
  const known = form.get("answer");
  checkMembers(response, "answer", "", walk, parts);
  if (usage) checkMembers(usage, "usage", "usage", walk);
  for (let c = 0; c < candidates.length; c++) {
    const { parts: said, stop, logprobs } = candidates[c]!;
    const at = `candidates[${c}]`;
    if (c > 0 && !known?.has("candidates")) lose(walk, "candidates", at);
    else {
      if (logprobs && !known?.has("logprobs")) lose(walk, "logprobs", `${at}.logprobs`);
      if (stop) checkStop(stop, `${at}.stop`, walk);
      for (let p = 0; p < said.length; p++) checkPart(said[p]!, `${at}.parts[${p}]`, walk);
    }
  }
  return walk.losses;
}

function lose({ losses }: Walk, code: string, at: string): void {
  losses.push({ code, at, action: "drop" });
}

function checkStop(stop: Stop, at: string, walk: Walk): void {
  const { detail } = stop;
  const reasons = walk.form.get("stop/reason");
  if (reasons && !reasons.has(stop.reason))
    walk.losses.push({
      code: `stop.${stop.reason}`,
      at,
      action: "approximate",
      ...(stop.raw && { note: stop.raw }),
    });
  checkMembers(stop, "stop", at, walk, parts);
  if (detail) checkMembers(detail, "stop", `${at}.detail`, walk);
}

function checkPart(part: Part, at: string, walk: Walk): void {
  if (isNative(part, walk.protocol)) return;
  const narrow = part.type === "media" ? part.kind : "tool" in part ? part.tool : undefined;
  const key =
    narrow !== undefined && walk.form.has(`${part.type}/${narrow}`) ? `${part.type}/${narrow}` : part.type;
  if (!walk.form.has(key)) return lose(walk, codes[part.type] ?? `answer.${part.type}`, at);
  checkMembers(part, key, at, walk);
  if (part.type === "text" && walk.form.get(key)?.has("annotations")) {
    part.annotations?.forEach((one, i) => checkCitation(one, `${at}.annotations[${i}]`, walk));
  }
}

function isNative(part: Part, protocol: string): boolean {
  return part.type === "raw" ? part.protocol === protocol : "raw" in part && part.raw?.protocol === protocol;
}

function checkCitation(citation: Citation, at: string, walk: Walk): void {
  const key = walk.form.has(`citation/${citation.kind}`) ? `citation/${citation.kind}` : "citation";
  if (!walk.form.has(key)) return lose(walk, "citations", at);
  const { source } = citation;
  checkMembers(citation, key, at, walk, parts);
  if (source) checkMembers(source, key, `${at}.source`, walk);
}

/** Members with members of their own, which are checked one by one. */
const parts: ReadonlySet<string> = new Set("candidates usage detail source".split(" "));

const none: ReadonlySet<string> = new Set();

/**
 * Each member that says something and that the form does not list is a loss; of an `ext` each field of other protocols.
 * `others`: members that are checked elsewhere.
 */
function checkMembers(object: object, key: string, at: string, walk: Walk, others = none): void {
  const known = walk.form.get(key);
  for (const name in object) {
    if (known?.has(name) || silent.has(name) || others.has(name)) continue;
    const value = (object as Record<string, unknown>)[name];
    if (isEmpty(value)) continue;
    const place = at === "" ? name : `${at}.${name}`;
    if (name === "ext") loseExtensions(value as Record<string, unknown>, place, walk);
    else
      lose(
        walk,
        codes[name] ?? (key === "answer" ? `answer.${name}` : `answer.${key.replace(/\/.*/, "")}.${name}`),
        place,
      );
  }
}

function loseExtensions(ext: Record<string, unknown>, at: string, walk: Walk): void {
  for (const [protocol, fields] of Object.entries(ext)) {
    if (protocol === walk.protocol || typeof fields !== "object" || fields === null) continue;
    for (const [name, value] of Object.entries(fields))
      if (!isEmpty(value)) lose(walk, `ext.${name}`, `${at}.${protocol}.${name}`);
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (typeof value !== "object") return false;
  for (const _ in value) return false;
  return true;
}
