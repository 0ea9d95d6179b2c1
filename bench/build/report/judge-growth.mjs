import { median } from "../measure/statistics.mjs";

/** @typedef {{ readonly files: number, readonly ms: number }} GrowthPoint */

/** How one thing grows. `perFileGrowth` is how many times as much a file of the largest tree costs as one of the tree
 * where it costs least: 1 is linear.
 * @typedef {object} GrowthLine
 * @property {string} name
 * @property {"ours" | "baseline"} kind
 * @property {readonly GrowthPoint[]} points By size.
 * @property {number} perFileGrowth */

/** What a file of the largest tree may cost more. Caches of the processor and the kernel grow thin with size: the bare
 * walk itself is not at 1. */
export const GROWTH_LIMIT = 1.5;

/** @param {readonly { readonly files: number, readonly measured: readonly import("../measure/run-group.mjs").Measured[] }[]} sizes
 * @returns {readonly GrowthLine[]} */
export function judgeGrowth(sizes) {
  /** @type {Map<string, { kind: GrowthLine["kind"], points: GrowthPoint[] }>} */
  const lines = new Map();
  for (const { files, measured } of sizes) {
    for (const { scenario, tool, kind, samples } of measured) {
      if (kind === "peer" || samples.length === 0) continue;
      const name = kind === "ours" ? scenario.replace(/^growth-[^.]+\.|-output-absent/g, "") : tool;
      const line = lines.get(name) ?? { kind, points: [] };
      line.points.push({ files, ms: median(samples.map(({ wallMs }) => wallMs)) });
      lines.set(name, line);
    }
  }
  return [...lines].map(([name, { kind, points }]) => {
    const sorted = points.sort((a, b) => a.files - b.files);
    return { name, kind, points: sorted, perFileGrowth: perFileGrowth(sorted) };
  });
}

/** @param {readonly GrowthPoint[]} points By size. */
function perFileGrowth(points) {
  const costs = points.map(({ files, ms }) => ms / files);
  return (costs.at(-1) ?? Number.NaN) / Math.min(...costs);
}
