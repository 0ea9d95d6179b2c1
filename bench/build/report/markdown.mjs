import { GROWTH_LIMIT } from "./judge-growth.mjs";
import { markdownTable } from "./markdown-table.mjs";
import { grouped, megabytes, seconds, times } from "./units.mjs";

/** @typedef {import("./judge.mjs").Row} Row */
/** @typedef {import("./judge.mjs").Judged} Judged */
/** @typedef {import("./report.mjs").Report} Report */

/** The whole report as Markdown. The charts lie beside it.
 * @param {Report} report */
export function reportMarkdown(report) {
  const { host, groups, growth } = report;
  const figures = groups.flatMap(({ figures }) => figures);
  const parts = [
    "# Build figures",
    hostLine(report),
    ...(host.isBusy ? [BUSY] : []),
    "![Time of each tool in each scenario](build.svg)",
    "## Projects",
    projectsTable(report),
    "## Time and memory",
    figuresTable(figures),
    "## Work of our builds",
    workList(figures),
    ...(growth.length === 0
      ? []
      : ["## Growth", "![Time by number of files](growth.svg)", growthTable(report)]),
    ...(report.problems.length === 0
      ? []
      : ["## Problems", report.problems.map((line) => `- ${line}`).join("\n")]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** When, where and how something was measured.
 * @param {Pick<Report, "host" | "command" | "rounds" | "methodLink">} report */
export function hostLine({ host, command, rounds, methodLink }) {
  return `Measured ${host.date.slice(0, 10)} at commit ${host.commit}, Node ${host.node}, ${host.cpu} (${host.cores} cores, ${host.memoryGb} GB), ${host.disk}, cores that others kept busy: ${host.busyBefore.toFixed(2)} before, ${host.busyAfter.toFixed(2)} after. \`${command}\`: ${rounds === 1 ? "one round" : `medians of ${rounds} rounds`}, a ratio is the median of the ratios within each round. How: [benchmarks.md](${methodLink}).`;
}

export const BUSY =
  "**The machine was busy with other things: these times are noise; only counts and, with care, ratios say something.**";

/** @param {Report} report */
function projectsTable({ groups }) {
  return markdownTable(
    ["project", "files, folders, links", "size", "what"],
    groups.map(({ name, project }) => [
      name,
      grouped(project.entries),
      megabytes(project.bytes),
      project.about,
    ]),
    ["left", "right", "right", "left"],
  );
}

/** @param {readonly Judged[]} figures */
function figuresTable(figures) {
  const rows = figures.flatMap((figure) => [
    cells(figure.scenario, figure.ours, figure),
    cells("", figure.baseline),
    ...figure.others.map((row) => cells("", row)),
  ]);
  return markdownTable(
    ["scenario", "tool", "time", "least–most", "ratio", "limit", "", "CPU", "CPU ratio", "peak memory", ""],
    rows,
    ["left", "left", "right", "right", "right", "right", "left", "right", "right", "right", "left"],
  );
}

/** @param {string} scenario @param {Row} row @param {Judged} [figure] */
function cells(scenario, row, figure) {
  const { wallMs, ratio, cpuMs, cpuRatio, maxRssMb } = row;
  const tool = row.kind === "ours" ? `**${row.tool}**` : row.tool;
  if (wallMs === undefined) return [scenario, tool, firstLine(row.missing ?? ""), ...Array(8).fill("")];
  return [
    scenario,
    tool,
    seconds(wallMs.median),
    `${seconds(wallMs.least).replace(" s", "")}–${seconds(wallMs.most)}`,
    ratio === undefined ? "" : times(ratio.median),
    figure?.limit === undefined ? "" : `≤ ${times(figure.limit)}`,
    shown(figure?.time),
    cpuMs === undefined ? "" : seconds(cpuMs),
    cpuRatio === undefined ? "" : times(cpuRatio),
    maxRssMb === undefined ? "" : `${maxRssMb.toFixed(0)} MB`,
    figure?.maxRssMb === undefined ? "" : `${shown(figure.memory)} (≤ ${figure.maxRssMb} MB)`,
  ];
}

/** @param {import("./judge.mjs").Verdict | undefined} verdict */
function shown(verdict) {
  if (verdict === undefined || verdict === "shown") return "";
  return verdict === "missed" ? "**missed**" : verdict;
}

/** @param {string} text */
function firstLine(text) {
  return text.split("\n")[0] ?? "";
}

/** @param {readonly Judged[]} figures */
function workList(figures) {
  return figures
    .map(({ scenario, work }) => {
      const counts = Object.entries(work ?? {}).map(([name, number]) => `${name} ${grouped(number)}`);
      return `- ${scenario}: ${counts.length === 0 ? "no events" : counts.join(", ")}`;
    })
    .join("\n");
}

/** @param {Report} report */
function growthTable({ growth }) {
  const sizes = [...new Set(growth.flatMap(({ points }) => points.map(({ files }) => files)))];
  return markdownTable(
    ["", ...sizes.map((files) => `${grouped(files)} files`), "a file of the largest costs"],
    growth.map(({ name, kind, points, perFileGrowth }) => [
      kind === "ours" ? `**${name}**` : name,
      ...sizes.map((size) => {
        const point = points.find(({ files }) => files === size);
        return point === undefined ? "" : seconds(point.ms);
      }),
      `${times(perFileGrowth)}${kind === "ours" ? ` (≤ ${times(GROWTH_LIMIT)})` : ""}`,
    ]),
    ["left", ...sizes.map(() => /** @type {const} */ ("right")), "right"],
  );
}
