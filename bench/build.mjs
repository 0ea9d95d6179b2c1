// node bench/build.mjs [--quick] …: how fast builds are, beside other tools. See docs/benchmarks.md.
import { join } from "node:path";
import { mustRun, runScript } from "../scripts/run-command.mjs";
import { parseOptions, UsageError, usage } from "./build/options.mjs";
import { GROWTH_LIMIT } from "./build/report/judge-growth.mjs";
import { writeData, writePages } from "./build/report/report.mjs";
import { runBench } from "./build/run-bench.mjs";

const USAGE_STATUS = 2;
const root = join(import.meta.dirname, "..");
const published = join(root, "docs/benchmarks");

await runScript(main);

async function main() {
  const options = readOptions();
  if (typeof options === "number") return options;
  // They would change what is measured.
  for (const name of ["SOURCE_DATE_EPOCH", "OCI_BUILD_CACHE_DIR"]) delete process.env[name];
  if (options.ourselves === "compile") await mustRun(process.execPath, [join(root, "scripts/build.mjs")]);
  const found = await runBench(options, (line) => console.log(line));
  // Where the pages go is a folder of this machine.
  const flags = process.argv
    .slice(2)
    .join(" ")
    .replace(/ ?--results[ =]\S+/, "");
  const command = `node bench/build.mjs ${flags}`.trim();
  const report = { ...found, command, methodLink: "../../docs/benchmarks.md" };
  writeData(options.results, report);
  writePages(options.results, report);
  if (options.publish) writePages(published, { ...report, methodLink: "../benchmarks.md" });
  return summarize(report, options);
}

function readOptions() {
  try {
    const options = parseOptions(process.argv.slice(2), process.env);
    if (options !== "help") return options;
    console.log(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`error: ${error.message}\n\n${usage}`);
    return USAGE_STATUS;
  }
}

/** Prints the verdicts; status 1 when a limit was missed or something did not run as it should.
 * @param {import("./build/report/report.mjs").Report} report
 * @param {import("./build/options.mjs").BenchOptions} options */
function summarize(report, { size, results }) {
  console.log("");
  // Times of tiny projects mean nothing.
  for (const verdict of size === "smoke" ? [] : verdictLines(report)) console.log(verdict);
  for (const problem of report.problems) console.log(line("note", problem));
  console.log(`\n${join(results, "build.md")}`);
  return isGood(report, size) ? 0 : 1;
}

/** @param {import("./build/report/report.mjs").Report} report */
function verdictLines({ groups, growth }) {
  const figures = groups.flatMap((group) => group.figures);
  const lines = figures.flatMap(({ scenario, time, memory, ours, limit, maxRssMb, baseline }) => [
    line(
      time,
      `${scenario}: ${ours.ratio?.median.toFixed(2) ?? "?"}× ${baseline.tool}${limit === undefined ? "" : `, limit ${limit}`}`,
    ),
    ...(memory === "missed"
      ? [line(memory, `${scenario}: ${ours.maxRssMb?.toFixed(0)} MB, limit ${maxRssMb}`)]
      : []),
  ]);
  const bent = growth
    .filter(({ kind, perFileGrowth }) => kind === "ours" && perFileGrowth > GROWTH_LIMIT)
    .map(({ name, perFileGrowth }) =>
      line("missed", `growth of ${name}: a file costs ${perFileGrowth.toFixed(2)}× in the largest tree`),
    );
  return [...lines, ...bent];
}

/** @param {string} word @param {string} text */
function line(word, text) {
  return `${word.padEnd(10)}  ${text}`;
}

/** @param {import("./build/report/report.mjs").Report} report @param {import("./build/options.mjs").Size} size */
function isGood({ groups, growth, problems }, size) {
  if (problems.some((problem) => !problem.includes("not run: "))) return false;
  if (size === "smoke") return true;
  const verdicts = groups.flatMap((group) => group.figures).flatMap(({ time, memory }) => [time, memory]);
  const isLinear = growth.every(
    ({ kind, perFileGrowth }) => kind !== "ours" || perFileGrowth <= GROWTH_LIMIT,
  );
  return isLinear && !verdicts.includes("missed");
}
