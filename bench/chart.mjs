// The chart of the README: requests per second of small translated requests, and frames per second of streams.
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const colours = { raw: "#9aa5b1", rawjson: "#7b8794", llmbridge: "#2f6fed", portkey: "#d9822b" };

export function chart(results) {
  const panels = [
    {
      title: "small requests per second, 32 callers",
      work: "small, 32 callers",
      of: (row) => row.requests / row.seconds,
    },
    {
      title: "streamed frames per second, 8 callers",
      work: "stream at full speed, 8 callers",
      of: (row) => row.frames / row.seconds,
    },
  ];
  const names = Object.keys(results);
  const height = 40 + panels.length * (names.length * 26 + 44);
  let y = 20;
  let body = "";
  for (const { title, work, of } of panels) {
    const values = names.map((name) => median((results[name].work[work] ?? []).map(of)) ?? 0);
    const most = Math.max(...values, 1);
    body += `<text x="10" y="${y}" font-weight="600">${title}</text>`;
    names.forEach((name, i) => {
      const at = y + 12 + i * 26;
      const width = (values[i] / most) * 420;
      body += `<text x="90" y="${at + 14}" text-anchor="end">${name}</text><rect x="98" y="${at}" width="${width.toFixed(1)}" height="18" rx="3" fill="${colours[name] ?? "#888"}"/>`;
      body += `<text x="${(106 + width).toFixed(1)}" y="${at + 14}">${Math.round(values[i]).toLocaleString("en")}</text>`;
    });
    y += names.length * 26 + 44;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="${height}" font-family="system-ui, sans-serif" font-size="13">${body}</svg>\n`;
}
