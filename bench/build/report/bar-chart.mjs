import { lineFrom, rounded, svgDocument, textAt } from "./svg.mjs";
import { seconds, times } from "./units.mjs";

/** @typedef {import("./judge.mjs").Judged} Judged */
/** @typedef {import("./judge.mjs").Row} Row */
/** @typedef {Row & { readonly wallMs: import("../measure/statistics.mjs").Summary }} MeasuredRow */

const WIDTH = 900;
const MARGIN = 24;
const LABEL_WIDTH = 205;
const VALUE_WIDTH = 150;
const BAR_LEFT = MARGIN + LABEL_WIDTH;
const BAR_WIDTH = WIDTH - BAR_LEFT - VALUE_WIDTH - MARGIN;
const ROW_HEIGHT = 24;
const BAR_HEIGHT = 15;
const PANEL_GAP = 22;
const PANEL_HEAD = 22;
const HEAD_HEIGHT = 92;
/** A bar so many times as long as what matters is cut, or nothing else could be seen. */
const CUT_FACTOR = 4;

const LEGEND =
  "Blue: oci-build. Grey: what × is of (first) and other bare work. Violet: other builders. Dashed: the limit.";

/** A panel for each scenario that was measured, a bar for each tool, each panel with a scale of its own.
 * @param {readonly Judged[]} figures @param {{ readonly title: string, readonly note: string }} head */
export function barChart(figures, head) {
  let y = HEAD_HEIGHT;
  const panels = panelsOf(figures).flatMap((shown) => {
    const top = y;
    y += PANEL_HEAD + shown.rows.length * ROW_HEIGHT + PANEL_GAP;
    return drawPanel(shown, top);
  });
  return svgDocument({ width: WIDTH, height: y, title: head.title }, [
    textAt({ at: [MARGIN, 32], kind: "title" }, head.title),
    textAt({ at: [MARGIN, 52], kind: "note" }, head.note),
    textAt({ at: [MARGIN, 70], kind: "note" }, LEGEND),
    ...panels,
  ]);
}

/** @typedef {{ readonly name: string, readonly figure: Judged, readonly rows: readonly MeasuredRow[] }} Panel */

/** Variants of one scenario share a panel, since they are there to be compared.
 * @param {readonly Judged[]} figures @returns {readonly Panel[]} */
function panelsOf(figures) {
  const measured = figures.filter(({ ours }) => isMeasured(ours));
  const names = new Set(measured.map(panelName));
  return [...names].flatMap((name) => {
    const members = measured.filter((figure) => panelName(figure) === name);
    const [figure] = members;
    if (figure === undefined) return [];
    const ours = members.map(({ ours, variant }) =>
      variant === undefined ? ours : { ...ours, tool: variant },
    );
    return [{ name, figure, rows: [...ours, figure.baseline, ...figure.others].filter(isMeasured) }];
  });
}

/** @param {Judged} figure */
function panelName({ scenario, variant }) {
  return variant === undefined ? scenario : scenario.replace(`-${variant}`, "");
}

/** @param {Row} row @returns {row is MeasuredRow} */
function isMeasured(row) {
  return row.wallMs !== undefined;
}

/** @param {Panel} shown @param {number} top */
function drawPanel({ name, figure, rows }, top) {
  const base = figure.baseline.wallMs?.median;
  const limitMs = base === undefined || figure.limit === undefined ? undefined : base * figure.limit;
  const walls = (/** @type {readonly MeasuredRow[]} */ some) => some.map(({ wallMs }) => wallMs.median);
  const matters = Math.max(...walls(rows.filter(({ kind }) => kind === "ours")), limitMs ?? 0, base ?? 0);
  const longest = Math.min(Math.max(...walls(rows)), matters * CUT_FACTOR);
  const scale = BAR_WIDTH / Math.max(longest, limitMs ?? 0);
  const bottom = top + PANEL_HEAD + rows.length * ROW_HEIGHT;
  return [
    textAt({ at: [MARGIN, top + 12], kind: "scenario" }, name),
    ...verdictText(figure, top + 12),
    ...rows.flatMap((row, index) => bar(row, top + PANEL_HEAD + index * ROW_HEIGHT, scale)),
    ...(limitMs === undefined ? [] : limitMark(BAR_LEFT + limitMs * scale, top + PANEL_HEAD, bottom)),
  ];
}

/** @param {number} x @param {number} top @param {number} bottom */
function limitMark(x, top, bottom) {
  return [lineFrom([x, top], [x, bottom - 4], "limit")];
}

/** @param {Judged} figure @param {number} y */
function verdictText({ time, limit, ours }, y) {
  if (limit === undefined || ours.ratio === undefined) return [];
  const words = `${times(ours.ratio.median)}, limit ${times(limit)}: ${time}`;
  return [textAt({ at: [WIDTH - MARGIN, y], kind: time, anchor: "end" }, words)];
}

/** @param {MeasuredRow} row @param {number} top @param {number} scale Pixels a millisecond. */
function bar({ tool, kind, wallMs, ratio }, top, scale) {
  const full = wallMs.median * scale;
  const isCut = full > BAR_WIDTH + 1;
  const width = Math.max(1, isCut ? BAR_WIDTH : full);
  const middle = top + ROW_HEIGHT / 2;
  const y = middle - BAR_HEIGHT / 2;
  const value = `${seconds(wallMs.median)}${ratio === undefined ? "" : `  ·  ${times(ratio.median)}`}`;
  const emphasis = kind === "ours" ? "strong" : "plain";
  return [
    textAt({ at: [BAR_LEFT - 10, middle + 4.5], kind: emphasis, anchor: "end" }, tool),
    `<rect class="bar-${kind}" x="${BAR_LEFT}" y="${rounded(y)}" width="${rounded(width)}" height="${BAR_HEIGHT}" rx="2"/>`,
    ...(isCut ? cutMark(BAR_LEFT + width - 34, y) : []),
    textAt({ at: [BAR_LEFT + BAR_WIDTH + 14, middle + 4.5], kind: emphasis }, value),
  ];
}

/** Two slanted lines through a bar that is longer than it is drawn. @param {number} x @param {number} y */
function cutMark(x, y) {
  return [0, 8].map((offset) => lineFrom([x + offset, y + BAR_HEIGHT + 2], [x + offset + 7, y - 2], "cut"));
}
