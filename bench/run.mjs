// node bench/run.mjs [--quick] …: what RUN costs, beside other tools. See docs/benchmarks.md.
import { join } from "node:path";
import { published, runBenchScript } from "./command/bench-main.mjs";
import { parseOptions, usage } from "./run/options.mjs";
import { writeData, writePage } from "./run/report/report.mjs";
import { isGood, verdictLines } from "./run/report/summary.mjs";
import { runBench } from "./run/run-bench.mjs";

await runBenchScript({
  script: "bench/run.mjs",
  ...(process.platform === "linux" ? {} : { obstacle: "RUN needs Linux, and so do its figures" }),
  usage,
  parseOptions,
  async run(options, command) {
    const found = await runBench(options, (line) => console.log(line));
    const report = { ...found, command, methodLink: "../../docs/benchmarks.md" };
    writeData(options.results, report);
    writePage(options.results, report);
    if (options.publish) writePage(published, { ...report, methodLink: "../benchmarks.md" });
    for (const line of verdictLines(report, options.size)) console.log(line);
    console.log(`\n${join(options.results, "run.md")}`);
    return isGood(report, options.size) ? 0 : 1;
  },
});
