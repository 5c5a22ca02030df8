/**
 * What functions are there for, by `file#name`: the first kind that fits. Code without a file is generated from mappings; what is
 * not JavaScript belongs to no script.
 */
const kinds = [
  ["garbage collection", /#\(garbage collector\)$/],
  ["JSON.parse", /#engineParse$/],
  ["JSON.stringify", /#enginePrint$/],
  ["undici", /\/undici\//],
  ["h3", /\/(?:h3|srvx|rou3)\//],
  ["Node's HTTP, streams and sockets", /^node:/],
  ["socket writes and other native code", /^native#/],
  ["fit", /\/src\/mapping\/fit\//],
  ["refrains: comparing, and learning", /\/src\/mapping\/refrain\//],
  ["expressions and what they call", /^#|^jsonata|\/src\/jsonata\/|\/src\/mapping\/(?:host\/|document)/],
  ["tables, grammar, printer", /\/src\/mapping\//],
  ["reading of frames", /\/src\/text\//],
  ["the pipeline itself", /\/src\//],
  ["other", /^/],
];

/** Shares of the time that a V8 CPU profile was not idle, in per cent, by kind. */
export function sharesOf({ nodes, samples, timeDeltas }) {
  const kindOf = new Map(nodes.map(({ id, callFrame }) => [id, kindOfFrame(callFrame)]));
  const micros = Object.fromEntries(kinds.map(([title]) => [title, 0]));
  let all = 0;
  for (let i = 0; i < samples.length; i++) {
    const kind = kindOf.get(samples[i]);
    if (kind === undefined) continue;
    micros[kind] += timeDeltas[i];
    all += timeDeltas[i];
  }
  return Object.fromEntries(Object.entries(micros).map(([title, time]) => [title, (100 * time) / all]));
}

function kindOfFrame({ url, scriptId, functionName }) {
  if (functionName === "(idle)") return undefined;
  const file = scriptId === "0" ? "native" : url;
  return kinds.find(([, pattern]) => pattern.test(`${file}#${functionName}`))[0];
}
