// node bench/build.mjs [--quick] …: how fast builds are, beside other tools. See docs/benchmarks.md.
import { join } from "node:path";
import { parseOptions, usage } from "./build/options.mjs";
import { writeData, writePages } from "./build/report/report.mjs";
import { isGood, verdictLines } from "./build/report/summary.mjs";
import { runBench } from "./build/run-bench.mjs";
import { published, runBenchScript } from "./command/bench-main.mjs";

await runBenchScript({
  script: "bench/build.mjs",
  usage,
  parseOptions,
  async run(options, command) {
    const found = await runBench(options, (line) => console.log(line));
    const report = { ...found, command, methodLink: "../../docs/benchmarks.md" };
    writeData(options.results, report);
    writePages(options.results, report);
    if (options.publish) writePages(published, { ...report, methodLink: "../benchmarks.md" });
    for (const line of verdictLines(report, options.size)) console.log(line);
    console.log(`\n${join(options.results, "build.md")}`);
    return isGood(report, options.size) ? 0 : 1;
  },
});
