import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "../../src/bridge/load.ts";
import { formatDiagnostics } from "../../src/diagnostics/format.ts";
import { createApp } from "../../src/server/app.ts";
import type { App } from "../../src/server/app.ts";
import { listenOn } from "../../src/server/listen.ts";

export interface RunningBridge {
  url: string;
  app: App;
  close(): Promise<void>;
}

/** Starts a bridge on a free port, with the given configuration text or the built-in defaults. */
export async function startBridge(yaml?: string, env: Record<string, string> = {}): Promise<RunningBridge> {
  const folder = mkdtempSync(join(tmpdir(), "llmbridge-"));
  const file = join(folder, "llmbridge.yaml");
  writeFileSync(file, yaml ?? 'providers: { demo: { mapping: demo } }\nmodels: { "*": demo }\n');
  const { bridge, diagnostics } = load({ config: file, env });
  if (!bridge) throw new Error(formatDiagnostics(diagnostics));
  const app = createApp({ bridge });
  const listening = await listenOn(app, { host: "127.0.0.1", port: 0 });
  return {
    url: listening.url,
    app,
    close: async () => {
      await listening.close(100);
      await app.close();
    },
  };
}
