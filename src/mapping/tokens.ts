import type { CanonicalRequest, Part, Tool } from "./canonical.ts";
import { tokensOfMedia } from "./media-tokens.ts";

/** Counts the tokens of a text. */
export type CountText = (text: string) => number;

/** What frames a turn or a part that is not text; vendors say 3 to 7. */
const frameTokens = 4;
/** What a tool takes beside its words: the declaration that models are shown is more than the JSON of its schema. */
const toolTokens = 8;

/**
 * Estimates the input tokens of a request: its texts by `countText`, media by rules of thumb (`tokensOfMedia`), tools and
 * schemas as the JSON that they are. What only a server can read (tokens of earlier thoughts) is not counted. Without
 * `countText` it is cheap enough for every request: routing and limits may ask for it.
 */
export function estimateTokens(request: CanonicalRequest, countText: CountText = roughTokens): number {
  let tokens = 0;
  for (const { text } of request.system) tokens += frameTokens + countText(text);
  for (const { parts } of request.turns) tokens += frameTokens + tokensOfParts(parts, countText);
  for (const tool of request.tools ?? []) tokens += tokensOfTool(tool, countText);
  const schema = request.output?.format?.schema;
  return schema ? tokens + toolTokens + countText(JSON.stringify(schema)) : tokens;
}

/**
 * Four letters of Latin text make a token, and so does one character of the scripts that tokenizers know less well.
 * Within a quarter of the truth on prose, code and JSON.
 */
export function roughTokens(text: string): number {
  let plain = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x250) plain++;
  return Math.ceil(plain / 4 + (text.length - plain));
}

function tokensOfTool(tool: Tool, countText: CountText): number {
  if (tool.kind === "server") return toolTokens + countText(JSON.stringify(tool.config ?? {}));
  const { name, description = "" } = tool;
  const form = tool.kind === "function" ? tool.schema : tool.format;
  return toolTokens + countText(`${name}\n${description}\n${form ? JSON.stringify(form) : ""}`);
}

function tokensOfParts(parts: readonly Part[], countText: CountText): number {
  let tokens = 0;
  for (const part of parts) tokens += tokensOfPart(part, countText);
  return tokens;
}

function tokensOfPart(part: Part, countText: CountText): number {
  switch (part.type) {
    case "text":
    case "refusal":
    case "compaction":
      return countText(part.text ?? "");
    case "reasoning":
      return countText(part.text ?? part.summary?.join("\n") ?? "");
    case "tool_call":
      return frameTokens + countText(part.name) + countText(part.argsText ?? part.input ?? "");
    case "tool_result":
      return (
        frameTokens +
        (part.json ? countText(JSON.stringify(part.json)) : 0) +
        tokensOfParts(part.content ?? [], countText)
      );
    case "media":
      if (part.src.text !== undefined) return frameTokens + countText(part.src.text);
      return part.src.parts ? tokensOfParts(part.src.parts, countText) : tokensOfMedia(part);
    case "server_call":
    case "server_result":
    case "raw":
      return countText(JSON.stringify(part));
  }
}
