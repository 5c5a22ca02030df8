// Loaded into the gateway before its own code: profiles it between two messages of its parent. JSON.parse and JSON.stringify
// are the engine's own code, whose time falls to whoever calls them; behind functions with a name they are seen.
import { Session } from "node:inspector/promises";

const { parse, stringify } = JSON;
JSON.parse = function engineParse(text, revive) {
  return parse(text, revive);
};
JSON.stringify = function enginePrint(value, replace, space) {
  return stringify(value, replace, space);
};

const intervalMicros = 200;
const session = new Session();
const steps = {
  async start() {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: intervalMicros });
    await session.post("Profiler.start");
    process.send("started");
  },
  async stop() {
    const { profile } = await session.post("Profiler.stop");
    process.send(profile);
  },
};
process.on("message", (message) => void steps[message]?.());
// Being asked is no reason to live on.
process.channel?.unref();
