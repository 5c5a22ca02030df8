import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { version } from "../version.ts";
import type { AppState } from "./app.ts";

/** What `/health` says: who serves, since when, and how the last reload went. */
export function healthOf({ prepared, loadedAt, diagnostics, isHealthy }: AppState): Record<string, unknown> {
  const { bridge } = prepared;
  return {
    status: "ok",
    version,
    uptime: Math.round(process.uptime()),
    bridge: {
      loadedAt: loadedAt.toISOString(),
      providers: [...bridge.providers.keys()],
      mappings: [...bridge.mappings.keys()],
    },
    reload: { ok: isHealthy, diagnostics: diagnostics.map(shown) },
  };
}

/** Without the line of text: in a configuration it may hold a key. */
function shown({ code, severity, message, place, cure }: Diagnostic): Record<string, unknown> {
  const { file, line, column } = place ?? {};
  return { code, severity, message, file, line, column, cure };
}
