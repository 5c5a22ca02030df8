import { anthropic } from "../doubles/anthropic.ts";
import { codex } from "../doubles/codex.ts";
import { gemini } from "../doubles/gemini.ts";
import { openaiChat } from "../doubles/openai-chat.ts";
import { openaiResponses } from "../doubles/openai-responses.ts";
import { claudeCode } from "./claude-code.ts";
import { tryClient } from "./try.ts";
const [, , only] = process.argv;
for (const vendor of [codex, openaiChat, openaiResponses, gemini, anthropic]) {
  if (only && vendor.name !== only) continue;
  const r = await tryClient(claudeCode, vendor);
  console.log(vendor.name, JSON.stringify(r, null, 1).slice(0, 3000));
}
