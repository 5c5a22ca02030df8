// Loads a configuration once, and says how long that took; reading the program itself is not counted.
import { formatDiagnostics, load } from "../../src/index.ts";

const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const { bridge, diagnostics } = load({ config: process.argv[2] });
const { user, system } = process.cpuUsage(cpuBefore);
if (!bridge) throw new Error(formatDiagnostics(diagnostics));
process.send({ ms: performance.now() - startedAt, cpu: (user + system) / 1000 });
process.on("disconnect", () => process.exit());
