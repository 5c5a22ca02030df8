import type { Script } from "../doubles/script.ts";

/** A tool of a program that uses an SDK. */
export interface Tool {
  name: string;
  description: string;
  schema: { type: "object"; properties: Record<string, unknown>; required?: string[] };
  /** Throws where the tool fails. */
  run(args: Record<string, unknown>): string;
}

/** What a program with one vendor's SDK has got out of a conversation. */
export interface Talk {
  /** The last words after each prompt. */
  texts: string[];
  /** What it could see of the thoughts. */
  thoughts: string;
  /** Tokens, answer by answer. */
  usage: { input: number; output: number }[];
}

/** What a program is started with. */
export interface Task {
  /** The bridge, without a path. */
  url: string;
  model: string;
  prompts: readonly string[];
  tools: readonly Tool[];
}

/** A program with a vendor's official SDK: it asks, runs the tools that it is told to run, and asks again. */
export interface Talker {
  name: string;
  /** The format that it speaks. */
  format: string;
  /** Whether what only the vendor reads comes back with the history. */
  keepsTokens: boolean;
  /** Whether it can see thoughts at all. */
  seesThoughts: boolean;
  talk(task: Task): Promise<Talk>;
}

export const prompts: readonly string[] = [
  "Correct the first page, and burn the last one.",
  "And now the index.",
];

const longName = "bring_the_index_of_the_whole_book_up_to_date_after_pages_were_changed_or_burnt";

/** Two prompts: after the first there are three answers with calls, one of them with two, and one call fails. */
export const script: Script = [
  {
    thinking: "What does it say?\n\nI must read it: é, 😀.",
    text: "Let me read.",
    calls: [{ name: "read_page", args: { page: 1 }, gives: /^Once "upon"$/ }],
  },
  {
    thinking: "A word is missing; and how many pages are there?",
    calls: [
      {
        name: "write_page",
        args: {
          page: 1,
          text: 'Once "upon" a time\n\\ é 😀',
          marks: [
            { at: 0.1, note: null },
            { at: -12, note: "ü" },
          ],
        },
        gives: /^written$/,
      },
      { name: "list_pages", args: {}, gives: /^1, 2$/ },
    ],
  },
  {
    thinking: "Page 2 must burn.",
    text: "Now the fire.",
    calls: [{ name: "burn_page", args: { page: 2 }, gives: /it does not burn/ }],
  },
  { thinking: "It did not work.", text: "Corrected; but page 2 does not burn. 😀" },
  {
    thinking: "There is a tool for that.",
    calls: [{ name: longName, args: { order: "by name" }, gives: /^$/ }],
  },
  { text: "The index is up to date." },
];

/** Tools that note down what they were called with. */
export function toolsOf(called: { name: string; args: unknown }[]): Tool[] {
  const note = (
    name: string,
    description: string,
    properties: Record<string, unknown>,
    run: () => string,
  ): Tool => ({
    name,
    description,
    schema: {
      type: "object",
      properties,
      ...(Object.keys(properties).length > 0 && { required: Object.keys(properties) }),
    },
    run(args) {
      called.push({ name, args });
      return run();
    },
  });
  const page = { type: "integer", minimum: 1, description: "The page's number" };
  const mark = {
    type: "object",
    properties: { at: { type: "number" }, note: { type: ["string", "null"] } },
    required: ["at"],
  };
  return [
    note("read_page", "Reads a page", { page }, () => 'Once "upon"'),
    note(
      "write_page",
      "Writes a page anew",
      { page, text: { type: "string" }, marks: { type: "array", items: mark } },
      () => "written",
    ),
    note("list_pages", "Lists the pages", {}, () => "1, 2"),
    note("burn_page", "Burns a page", { page }, () => {
      throw new Error("it does not burn");
    }),
    note(
      longName,
      "Brings the index up to date",
      { order: { type: "string", enum: ["by name", "by page"] } },
      () => "",
    ),
  ];
}

/** Runs a tool as SDKs do: an error is a result, too. */
export function runTool(
  tools: readonly Tool[],
  name: string,
  args: unknown,
): { text: string; isError: boolean } {
  try {
    const tool = tools.find((one) => one.name === name);
    if (!tool) return { text: `there is no tool ${name}`, isError: true };
    return { text: tool.run(args as Record<string, unknown>), isError: false };
  } catch (error) {
    return { text: (error as Error).message, isError: true };
  }
}
