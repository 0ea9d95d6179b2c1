/** A Markdown table with columns as wide as their widest cell, as the formatter wants it.
 * @param {readonly string[]} head @param {readonly (readonly string[])[]} rows
 * @param {readonly ("left" | "right")[]} aligns */
export function markdownTable(head, rows, aligns) {
  const safe = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...safe.map((row) => [...(row[column] ?? "")].length)));
  const line = (/** @type {readonly string[]} */ row) =>
    `| ${widths.map((width, column) => padded(row[column] ?? "", width, aligns[column])).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    aligns[column] === "right" ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  const [first = [], ...rest] = safe;
  return [line(first), `| ${rule.join(" | ")} |`, ...rest.map(line)].join("\n");
}

/** @param {string} text @param {number} width @param {"left" | "right" | undefined} align */
function padded(text, width, align) {
  const space = " ".repeat(width - [...text].length);
  return align === "right" ? space + text : text + space;
}
