import { ourRun } from "../contenders/our-run.mjs";
import { stepCounts, trueLines } from "./true-lines.mjs";

const LIMIT = 1.2;
const executor = "util-linux";

/** Whether a step costs more on a larger base. @param {import("./run-bench.mjs").RunBench} bench
 * @returns {Promise<import("./run-bench.mjs").RunGroup>} */
export async function baseSize({ caller, size }) {
  const counts = stepCounts(size);
  const bases = /** @type {const} */ (["small", "large"]);
  const build = (/** @type {(typeof bases)[number]} */ name, /** @type {"many" | "one"} */ which) =>
    ourRun({
      ...{ id: `${name}.${which}`, tool: "oci-build", caller, place: caller.folder, store: `store-${name}` },
      ...{ base: caller.bases[name], lines: trueLines(counts[which]), flags: ["--executor", executor] },
    });
  const term = (/** @type {(typeof bases)[number]} */ name) => ({
    ...{ id: `${name}.many`, less: `${name}.one`, parts: counts.many - counts.one },
  });
  const about = bases.map((name) => `${(caller.bases[name].bytes / 1e6).toFixed(0)} MB`).join(" and ");
  const tool = `oci-build, ${executor}`;
  return {
    about: `The same \`RUN true\` on bases of ${about}. The first is a shell and generated files, the second Debian and 8,300 generated files of 100 kB.`,
    contenders: bases.flatMap((name) => [build(name, "many"), build(name, "one")]),
    figures: [
      ...bases.map((name) => ({
        ...{ name: `base-size.${name}`, tool, kind: /** @type {const} */ ("ours"), wall: { of: term(name) } },
      })),
      {
        ...{ name: "base-size.ratio", tool, kind: "ours", limit: LIMIT },
        wall: { of: term("large"), by: term("small") },
      },
    ],
  };
}
