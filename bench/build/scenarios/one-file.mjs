import { join } from "node:path";
import { bareCopy, bareWalk, tarPipe } from "../contenders/baselines.mjs";
import { makeOnce } from "../projects/make-once.mjs";
import { writeBigFile } from "../projects/write-big-file.mjs";
import { describeProject } from "./describe-project.mjs";
import { cold, noChange, oneChange } from "./our-scenarios.mjs";
import { workingTree } from "./working-tree.mjs";

const MIB = 1024 ** 2;
const MAX_RSS_MB = 400;
const COPY_LIMIT = 2.5;

/** One big file, such as a model or a database. @param {import("./bench.mjs").Bench} bench
 * @returns {Promise<import("../measure/contender.mjs").Group>} */
export async function oneFile(bench) {
  const recipe = { bytes: bench.size === "smoke" ? 3 * MIB : 1024 * MIB, seed: 3 };
  const folder = join(bench.projects, bench.size === "smoke" ? "one-file-smoke" : "one-file");
  await makeOnce(folder, JSON.stringify(recipe), (temporary) => writeBigFile(temporary, recipe));
  const file = join(folder, "data.bin");
  const tree = workingTree({ folder, file, offset: recipe.bytes / 2 + 12_345, settleMs: bench.settleMs });
  const shared = {
    project: "one-file",
    context: folder,
    dockerfile: join(bench.fixtures, "tree.Dockerfile"),
    scratch: bench.scratch,
    settleMs: bench.settleMs,
    tree,
  };
  return {
    name: "one-file",
    project: describeProject(folder, "seeded words of eight bytes; gzip -6 leaves about half"),
    restore: tree.restore,
    contenders: [
      bareCopy(file, join(bench.scratch, "copy.bin")),
      bareWalk(folder),
      tarPipe("pigz", bench.missing.pigz, { folder, scratch: bench.scratch }),
      cold(shared),
      noChange({ ...shared, output: "absent" }),
      noChange({ ...shared, output: "present" }),
      oneChange({ ...shared, action: "rebuild-one-byte" }),
    ],
    figures: [
      { scenario: "cold", baseline: "pigz" },
      { scenario: "no-change-output-absent.warm", baseline: "walk" },
      { scenario: "no-change-output-present.warm", baseline: "walk" },
      { scenario: "rebuild-one-byte.warm", baseline: "copy", limit: COPY_LIMIT },
    ].map(({ scenario, ...figure }) => ({
      ...figure,
      scenario: `one-file.${scenario}`,
      ours: `one-file.${scenario}`,
      others: [],
      maxRssMb: MAX_RSS_MB,
    })),
  };
}
