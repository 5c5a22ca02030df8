// A program that uses the Claude Agent SDK: the task that it is given, with Claude Code's tools and one of its own.
import { readdirSync } from "node:fs";
import { createSdkMcpServer, query, tool } from "@anthropic-ai/claude-agent-sdk";
import { z } from "zod";

const [prompt, server, name] = process.argv.slice(2);
const look = tool(name, "Lists the files of a folder", { folder: z.string() }, async ({ folder }) => ({
  content: [{ type: "text", text: readdirSync(folder).join("\n") }],
}));
const options = {
  model: process.env.ANTHROPIC_MODEL,
  cwd: process.cwd(),
  maxTurns: 10,
  settingSources: [],
  includePartialMessages: true,
  allowedTools: ["Read", "Edit", "Bash", `mcp__${server}__${name}`],
  mcpServers: { [server]: createSdkMcpServer({ name: server, version: "1.0.0", tools: [look] }) },
};
for await (const message of query({ prompt, options })) console.log(JSON.stringify(message));
