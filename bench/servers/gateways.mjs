// The gateways that are compared, and how each is started. `raw` and `rawjson` are the two limits (proxy.mjs).
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNode } from "./cores.mjs";

const here = import.meta.dirname;
const proxy = join(here, "proxy.mjs");
const llmbridge = join(here, "../../bin/llmbridge.mjs");
const portkey = join(here, "../node_modules/@portkey-ai/gateway/build/start-server.js");

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A configuration with one provider of the given format, which every model name goes to. */
export function writeConfig(folder, { mapping, base, more = "" }) {
  const file = join(folder, "llmbridge.yaml");
  const provider = `{ mapping: ${mapping}, base_url: "${base}", api_key: none }`;
  writeFileSync(file, `providers: { up: ${provider} }\nmodels: { "*": up }\nlog: { level: silent }\n${more}`);
  return file;
}

/** Base URLs as clients of each format write them. */
const versionOf = { gemini: "v1beta" };
export const baseOf = (mapping, origin) => `${origin}/${versionOf[mapping] ?? "v1"}`;

/**
 * Gateways by name; `start(options)` gives the process that is measured. The upstream's format is llmbridge's and
 * Portkey's to translate to; Portkey is asked for its own pair only.
 */
export async function gatewaysFor({ from, to, origin }) {
  const config = writeConfig(mkdtempSync(join(tmpdir(), "bench-")), {
    mapping: to,
    base: baseOf(to, origin),
  });
  const limit = async (name) => {
    const port = await freePort();
    return { name, port, start: (options) => startNode([proxy, name, String(port), origin], options) };
  };
  const bridgePort = await freePort();
  const serve = ["serve", "--config", config, "--port", String(bridgePort), "--no-watch"];
  const bridge = {
    name: "llmbridge",
    port: bridgePort,
    start: (options) => startNode([llmbridge, ...serve], { ...options, stdio: "ignore" }),
  };
  const gateways = [await limit("raw"), await limit("rawjson"), bridge];
  if (from !== "openai-chat" || to !== "anthropic") return gateways;
  const port = await freePort();
  return [
    ...gateways,
    {
      name: "Portkey",
      port,
      headers: {
        "x-portkey-provider": to,
        "x-portkey-custom-host": baseOf(to, origin),
        authorization: "Bearer none",
      },
      start: (options) =>
        startNode([portkey, `--port=${port}`, "--headless"], {
          ...options,
          stdio: "ignore",
          env: { TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
        }),
    },
  ];
}

/** Asks until the gateway answers; gives the answer's text. */
export async function firstAnswer({ name, port, headers }, { path, body }, pollMs = 5) {
  for (const startedAt = performance.now(); performance.now() - startedAt < 20_000;) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    }).catch(() => undefined);
    if (answer?.status === 200) return answer.text();
    if (answer) throw new Error(`${name} answers ${answer.status}: ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`${name} does not answer`);
}
