import { GoogleGenAI } from "@google/genai";
import type {
  Content,
  FunctionCall,
  GenerateContentConfig,
  GenerateContentResponse,
  Part,
} from "@google/genai";
import { runTool } from "./talk.ts";
import type { Talk, Talker, Tool } from "./talk.ts";

const clientOf = (url: string): GoogleGenAI =>
  new GoogleGenAI({ apiKey: "key-of-the-client", httpOptions: { baseUrl: url } });

const configOf = (tools: readonly Tool[]): GenerateContentConfig => ({
  systemInstruction: "You keep a book.",
  thinkingConfig: { includeThoughts: true, thinkingBudget: 4096 },
  automaticFunctionCalling: { disable: true },
  tools: [
    {
      functionDeclarations: tools.map(({ name, description, schema }) => ({
        name,
        description,
        parametersJsonSchema: schema,
      })),
    },
  ],
});

function answerCall(tools: readonly Tool[], { id, name, args }: FunctionCall): Part {
  const { text, isError } = runTool(tools, name!, args);
  return {
    functionResponse: {
      ...(id !== undefined && { id }),
      name: name!,
      response: isError ? { error: text } : { output: text },
    },
  };
}

/** Notes what an answer holds, and gives its calls. */
function note(talk: Talk, parts: readonly Part[], last: GenerateContentResponse | undefined): FunctionCall[] {
  const usage = last?.usageMetadata;
  talk.usage.push({
    input: usage?.promptTokenCount ?? 0,
    output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
  });
  talk.thoughts += parts.map(({ text = "", thought }) => (thought ? text : "")).join("");
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
  if (calls.length === 0)
    talk.texts.push(parts.map(({ text = "", thought }) => (thought ? "" : text)).join(""));
  return calls;
}

const partsOf = ({ candidates }: GenerateContentResponse): Part[] => candidates?.[0]?.content?.parts ?? [];

/** The SDK's own chat, which keeps the history. */
const chatTalker: Talker = {
  name: "chats.sendMessageStream",
  format: "gemini",
  keepsTokens: true,
  seesThoughts: true,
  async talk({ url, model, prompts, tools }) {
    const chat = clientOf(url).chats.create({ model, config: configOf(tools) });
    const talk: Talk = { texts: [], thoughts: "", usage: [] };
    for (const prompt of prompts) {
      let message: string | Part[] = prompt;
      for (;;) {
        const parts: Part[] = [];
        let last: GenerateContentResponse | undefined;
        for await (const chunk of await chat.sendMessageStream({ message })) {
          parts.push(...partsOf(chunk));
          last = chunk;
        }
        const calls = note(talk, parts, last);
        if (calls.length === 0) break;
        message = calls.map((call) => answerCall(tools, call));
      }
    }
    return talk;
  },
};

/** Content by content, as agents do it: thoughts are not kept, what is signed on the other parts is. */
const contentTalker = (streams: boolean): Talker => ({
  name: streams ? "models.generateContentStream" : "models.generateContent",
  format: "gemini",
  keepsTokens: true,
  seesThoughts: true,
  async talk({ url, model, prompts, tools }) {
    const contents: Content[] = [];
    const talk: Talk = { texts: [], thoughts: "", usage: [] };
    const ask = async (): Promise<{ parts: Part[]; last: GenerateContentResponse | undefined }> => {
      const { models } = clientOf(url);
      const params = { model, contents, config: configOf(tools) };
      if (!streams) {
        const whole = await models.generateContent(params);
        return { parts: partsOf(whole), last: whole };
      }
      const parts: Part[] = [];
      let last: GenerateContentResponse | undefined;
      for await (const chunk of await models.generateContentStream(params)) {
        parts.push(...partsOf(chunk));
        last = chunk;
      }
      return { parts, last };
    };
    for (const prompt of prompts) {
      contents.push({ role: "user", parts: [{ text: prompt }] });
      for (;;) {
        const { parts, last } = await ask();
        contents.push({
          role: "model",
          parts: parts.filter(
            ({ thought, text, thoughtSignature }) =>
              !thought && (text !== "" || thoughtSignature !== undefined),
          ),
        });
        const calls = note(talk, parts, last);
        if (calls.length === 0) break;
        contents.push({ role: "user", parts: calls.map((call) => answerCall(tools, call)) });
      }
    }
    return talk;
  },
});

export const geminiTalkers: Talker[] = [chatTalker, contentTalker(true), contentTalker(false)];
