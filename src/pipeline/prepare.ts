import type { Bridge } from "../bridge/types.ts";
import type { Connections } from "./connections.ts";
import type { HeldItems } from "./held.ts";
import { compileKeys } from "./keys.ts";
import type { KeyCheck } from "./keys.ts";
import { compileModels } from "./route.ts";
import type { ModelRouter } from "./route.ts";
import { compileRoutes } from "./routes.ts";
import type { RouteTable } from "./routes.ts";

/** A bridge with all that the pipeline works out of it once, when it is loaded. */
export interface Prepared {
  bridge: Bridge;
  routes: RouteTable;
  models: ModelRouter;
  keys: KeyCheck;
  connections: Connections;
  held: HeldItems;
  /** Whether the log tells tokens: only then are they read out of answers that merely pass by. */
  countsUsage: boolean;
}

/** What outlives a reload. */
type Lasting = Pick<Prepared, "connections" | "held">;

export function prepare(bridge: Bridge, lasting: Lasting): Prepared {
  return {
    bridge,
    routes: compileRoutes(bridge.mappings.values()),
    models: compileModels(bridge),
    keys: compileKeys(bridge),
    ...lasting,
    countsUsage: bridge.config.log.level === "info" || bridge.config.log.level === "debug",
  };
}
