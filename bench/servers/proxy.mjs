// The two limits that a gateway in Node is measured against: `raw` forwards bytes, `rawjson` parses and prints every body and
// every frame once, which any translator must do.
import http from "node:http";
import { Pool } from "undici";

const [kind, port, upstream] = process.argv.slice(2);
const json = kind === "rawjson";
const pool = new Pool(upstream, { pipelining: 1 });
const reprint = (text) => JSON.stringify(JSON.parse(text));

http
  .createServer((req, res) => {
    const chunks = [];
    req.on("data", (chunk) => chunks.push(chunk));
    req.on("end", () => {
      const body = Buffer.concat(chunks);
      forward(req, res, json ? reprint(body.toString()) : body);
    });
  })
  .listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });

function forward(req, res, body) {
  const answer = [];
  let rest = "";
  let streams = false;
  const handler = {
    onRequestStart() {},
    onResponseStart(controller, status, headers) {
      streams = String(headers["content-type"]).startsWith("text/event-stream");
      if (!json || streams) res.writeHead(status, { "content-type": headers["content-type"] });
      res.on("drain", () => controller.resume());
    },
    onResponseData(controller, chunk) {
      if (json && !streams) return answer.push(chunk);
      const text = json ? frames(chunk) : chunk;
      if (text.length > 0 && !res.write(text)) controller.pause();
    },
    onResponseEnd() {
      if (!json || streams) return res.end();
      const text = reprint(Buffer.concat(answer).toString());
      res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      res.end(text);
    },
    onResponseError: () => res.destroy(),
  };
  function frames(chunk) {
    rest += chunk.toString();
    const parts = rest.split("\n\n");
    rest = parts.pop();
    let text = "";
    for (const part of parts) {
      const at = part.indexOf("data: ") + 6;
      const data = part.slice(at);
      text += part.slice(0, at) + (data === "[DONE]" ? data : reprint(data)) + "\n\n";
    }
    return text;
  }
  pool.dispatch(
    { path: req.url, method: "POST", headers: { "content-type": "application/json" }, body },
    handler,
  );
}
