// The chart of the README: what whole servers did, one panel for each question. Greys and one colour, legible on light
// and dark pages.
import { figure } from "./figures.mjs";

const panels = [
  {
    title: "small requests per second, 32 callers",
    work: "small requests, 32 callers",
    column: "requests/s",
  },
  {
    title: "CPU ms for a 140 KB agent request (less is better)",
    work: "140 KB agent requests, 8 callers",
    column: "CPU µs/request",
    unit: 1000,
  },
  {
    title: "streamed frames per second, 8 callers",
    work: "streams of 2,000 frames at full speed, 8 callers",
    column: "frames/s",
  },
  {
    title: "ms to the first byte of a stream, 1 caller (less is better)",
    work: "streams of 20 frames, 1 caller",
    column: "first byte p50 ms",
  },
];
const colours = { raw: "#8c959f", rawjson: "#8c959f", llmbridge: "#2f6fed", Portkey: "#d9822b" };
const ink = "#6e7781";
const [barHeight, rowHeight, left, widest, panelWidth] = [16, 22, 74, 250, 410];

function panel({ title, work, column, unit = 1 }, results, x, y) {
  const summary = results.servers.work[work]?.summary ?? {};
  const values = Object.entries(summary).map(([name, row]) => [name, row[column] / unit]);
  const most = Math.max(...values.map(([, value]) => value));
  const bars = values.map(([name, value], i) => {
    const at = y + 14 + i * rowHeight;
    const width = Math.max(1, (value / most) * widest).toFixed(1);
    const weight = name === "llmbridge" ? ' font-weight="600"' : "";
    return (
      `<text x="${x + left - 8}" y="${at + 12}" text-anchor="end"${weight}>${name}</text>` +
      `<rect x="${x + left}" y="${at}" width="${width}" height="${barHeight}" rx="3" fill="${colours[name] ?? ink}"/>` +
      `<text x="${x + left + Number(width) + 6}" y="${at + 12}"${weight}>${figure(value)}</text>`
    );
  });
  return `<text x="${x}" y="${y}" font-weight="600">${title}</text>${bars.join("")}`;
}

/** SVG of a whole run's results. */
export function chart(results) {
  const rows = Object.keys(results.servers.memory).length;
  const panelHeight = 40 + rows * rowHeight;
  const drawn = panels.map((one, i) =>
    panel(one, results, 10 + (i % 2) * panelWidth, 22 + Math.floor(i / 2) * panelHeight),
  );
  const { cpu, cores, node, date } = results.machine;
  const height = 2 * panelHeight + 30;
  const foot = `<text x="10" y="${height - 12}" font-size="11">${cpu}, ${cores} cores, Node ${node}, ${date}; medians of interleaved rounds; npm run bench</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * panelWidth}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}">${drawn.join("")}${foot}</svg>\n`;
}
