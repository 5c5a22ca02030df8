// Numbers, and tables of them as Markdown, so that what is printed can be quoted.

/** Of a sorted list; 0 where it is empty. */
export const quantile = (sorted, q) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

export const median = (list) =>
  quantile(
    list.toSorted((a, b) => a - b),
    0.5,
  );

/** Three figures that say something: 0.123, 1.23, 12.3, 123, 12,300. */
export function figure(value) {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(Number(value.toPrecision(3))).toLocaleString("en");
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** Prints rows of cells under a head; numbers are written as figures and stand on the right. */
export function printTable(title, head, rows) {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => (typeof cell === "string" ? cell : figure(cell))),
  );
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  console.log(`\n**${title}**\n`);
  console.log([line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n"));
}
