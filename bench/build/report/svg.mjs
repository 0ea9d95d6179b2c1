/** Text as it may stand in an SVG. @param {string} text */
export function escaped(text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** @param {number} number */
export function rounded(number) {
  return String(Math.round(number * 10) / 10);
}

/** @param {{ readonly at: readonly [number, number], readonly kind: string, readonly anchor?: "start" | "middle" | "end" }} options
 * @param {string} text */
export function textAt({ at: [x, y], kind, anchor = "start" }, text) {
  return `<text x="${rounded(x)}" y="${rounded(y)}" class="${kind}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

/** @param {readonly [number, number]} from @param {readonly [number, number]} to @param {string} kind */
export function lineFrom([x1, y1], [x2, y2], kind) {
  return `<line x1="${rounded(x1)}" y1="${rounded(y1)}" x2="${rounded(x2)}" y2="${rounded(y2)}" class="${kind}"/>`;
}

/** A picture with a ground of its own, so that it can be read on any page; dark where the reader wants dark.
 * @param {{ readonly width: number, readonly height: number, readonly title: string }} options
 * @param {readonly string[]} parts */
export function svgDocument({ width, height, title }, parts) {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${rounded(height)}" width="${width}" height="${rounded(height)}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styles}</style>`,
    `<rect class="ground" width="${width}" height="${rounded(height)}" rx="8"/>`,
    ...parts,
    "</svg>",
  ].join("\n")}\n`;
}

const styles = `
text { font: 13px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #24292f; }
.title { font-size: 17px; font-weight: 600; }
.scenario { font-size: 14px; font-weight: 600; }
.note, .tick { font-size: 12px; fill: #57606a; }
.met { font-weight: 600; fill: #1a7f37; }
.missed { font-weight: 600; fill: #b35900; }
.strong { font-weight: 600; }
.ground { fill: #ffffff; }
.bar-ours { fill: #1f6feb; }
.bar-baseline { fill: #8c959f; }
.bar-peer { fill: #c3a6d8; }
.cut { stroke: #ffffff; stroke-width: 3; }
.limit { stroke: #b35900; stroke-width: 1.5; stroke-dasharray: 3 2; }
.axis, .grid { stroke: #d0d7de; stroke-width: 1; }
.line-ours { fill: none; stroke: #1f6feb; stroke-width: 2.5; }
.line-baseline { fill: none; stroke: #8c959f; stroke-width: 2; stroke-dasharray: 5 3; }
.dot-ours { fill: #1f6feb; }
.dot-baseline { fill: #8c959f; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.note, .tick { fill: #9da7b1; }
.met { fill: #56d364; }
.missed { fill: #f0a04b; }
.ground { fill: #0d1117; }
.bar-ours { fill: #58a6ff; }
.bar-baseline { fill: #6e7681; }
.bar-peer { fill: #8f6fb0; }
.cut { stroke: #0d1117; }
.limit { stroke: #f0a04b; }
.axis, .grid { stroke: #30363d; }
.line-ours { stroke: #58a6ff; }
.line-baseline { stroke: #8b949e; }
.dot-ours { fill: #58a6ff; }
.dot-baseline { fill: #8b949e; }
}
`;
