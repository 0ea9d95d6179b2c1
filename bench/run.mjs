// node bench/run.mjs [--quick] …: what RUN costs, beside other tools. See docs/benchmarks.md.
import { join } from "node:path";
import { mustRun, runScript } from "../scripts/run-command.mjs";
import { UsageError } from "./build/options.mjs";
import { parseOptions, usage } from "./run/options.mjs";
import { writeData, writePage } from "./run/report/report.mjs";
import { isGood, verdictLines } from "./run/report/summary.mjs";
import { runBench } from "./run/run-bench.mjs";

const USAGE_STATUS = 2;
const root = join(import.meta.dirname, "..");
const published = join(root, "docs/benchmarks");

await runScript(main);

async function main() {
  const options = readOptions();
  if (typeof options === "number") return options;
  if (process.platform !== "linux") {
    console.error("error: RUN needs Linux, and so do its figures");
    return 1;
  }
  // They would change what is measured.
  for (const name of ["SOURCE_DATE_EPOCH", "OCI_BUILD_CACHE_DIR"]) delete process.env[name];
  if (options.ourselves === "compile") await mustRun(process.execPath, [join(root, "scripts/build.mjs")]);
  const found = await runBench(options, (line) => console.log(line));
  // Where things are on this machine says nothing.
  const flags = process.argv
    .slice(2)
    .join(" ")
    .replaceAll(/ ?--(?:results|base)[ =]\S+/g, "");
  const report = {
    ...found,
    command: `node bench/run.mjs ${flags}`.trim(),
    methodLink: "../../docs/benchmarks.md",
  };
  writeData(options.results, report);
  writePage(options.results, report);
  if (options.publish) writePage(published, { ...report, methodLink: "../benchmarks.md" });
  for (const line of verdictLines(report, options.size)) console.log(line);
  console.log(`\n${join(options.results, "run.md")}`);
  return isGood(report, options.size) ? 0 : 1;
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
