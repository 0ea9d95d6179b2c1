import { lineFrom, rounded, svgDocument, textAt } from "./svg.mjs";
import { grouped, seconds } from "./units.mjs";

/** @typedef {import("./judge-growth.mjs").GrowthLine} GrowthLine */

const WIDTH = 900;
const HEIGHT = 480;
const LEFT = 80;
const RIGHT = 230;
const TOP = 84;
const BOTTOM = 56;
const LABEL_HEIGHT = 17;

/** Time by number of files, both by decades, so that what is linear runs parallel to the diagonal.
 * @param {readonly GrowthLine[]} lines @param {{ readonly title: string, readonly note: string }} head */
export function growthChart(lines, head) {
  const points = lines.flatMap((line) => line.points);
  const x = logScale(
    points.map(({ files }) => files),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = logScale(
    points.map(({ ms }) => ms),
    HEIGHT - BOTTOM,
    TOP,
  );
  return svgDocument({ width: WIDTH, height: HEIGHT, title: head.title }, [
    textAt({ at: [24, 32], kind: "title" }, head.title),
    textAt({ at: [24, 52], kind: "note" }, head.note),
    ...x.decades.flatMap((files) => [
      lineFrom([x.place(files), TOP], [x.place(files), HEIGHT - BOTTOM], "grid"),
      textAt(
        { at: [x.place(files), HEIGHT - BOTTOM + 20], kind: "tick", anchor: "middle" },
        `${grouped(files)} files`,
      ),
    ]),
    ...y.decades.flatMap((ms) => [
      lineFrom([LEFT, y.place(ms)], [WIDTH - RIGHT, y.place(ms)], "grid"),
      textAt({ at: [LEFT - 10, y.place(ms) + 4], kind: "tick", anchor: "end" }, `${ms / 1e3} s`),
    ]),
    ...lines.flatMap((line) => drawn(line, x.place, y.place)),
    ...endLabels(lines, y.place),
  ]);
}

/** @param {readonly number[]} values @param {number} from @param {number} to */
function logScale(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  return {
    place: (/** @type {number} */ value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    decades: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  };
}

/** @param {GrowthLine} line @param {(files: number) => number} x @param {(ms: number) => number} y */
function drawn({ kind, points }, x, y) {
  const places = points.map(({ files, ms }) => /** @type {const} */ ([x(files), y(ms)]));
  return [
    `<polyline class="line-${kind}" points="${places.map(([px, py]) => `${rounded(px)},${rounded(py)}`).join(" ")}"/>`,
    ...places.map(
      ([px, py]) => `<circle class="dot-${kind}" cx="${rounded(px)}" cy="${rounded(py)}" r="4"/>`,
    ),
  ];
}

/** Each line's name at its end; names that would touch are moved apart.
 * @param {readonly GrowthLine[]} lines @param {(ms: number) => number} y */
function endLabels(lines, y) {
  const ends = lines.flatMap(({ name, kind, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ words: `${name}, ${seconds(last.ms)}`, kind, at: y(last.ms) }];
  });
  let free = Number.NEGATIVE_INFINITY;
  return ends
    .sort((a, b) => a.at - b.at)
    .map(({ words, kind, at }) => {
      const place = Math.max(at, free);
      free = place + LABEL_HEIGHT;
      const emphasis = kind === "ours" ? "strong" : "plain";
      return textAt({ at: [WIDTH - RIGHT + 12, place + 4.5], kind: emphasis }, words);
    });
}
