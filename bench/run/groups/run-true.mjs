import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { probeBuildah } from "../../build/contenders/buildah.mjs";
import { missingProgram } from "../../build/contenders/missing-program.mjs";
import { bareRuntime, bareUnshare, unpackBase } from "../contenders/bare-run.mjs";
import { buildahRun, pullBase } from "../contenders/buildah-run.mjs";
import { ourRun } from "../contenders/our-run.mjs";
import { unlessRefused } from "../contenders/unless-refused.mjs";
import { stepCounts, trueLines } from "./true-lines.mjs";

/** @typedef {import("./run-bench.mjs").RunBench} RunBench */
/** @typedef {import("./run-bench.mjs").RunFigure} RunFigure */
/** @typedef {import("../../build/measure/contender.mjs").Contender} Contender */
/** @typedef {{ readonly contenders: readonly Contender[], readonly figure: RunFigure }} Measured */

/** BuildKit with runc takes 60 to 100 ms in the same kind of run. */
const LIMITS_MS = { "util-linux": 40, crun: undefined, runc: 120 };
const executors = /** @type {const} */ (["util-linux", "crun", "runc"]);

/** What one more RUN costs that does nothing. @param {RunBench} bench
 * @returns {Promise<import("./run-bench.mjs").RunGroup>} */
export async function runTrue(bench) {
  const { caller, scratch } = bench;
  const { many, one } = stepCounts(bench.size);
  const parts = many - one;
  const root = await unpackBase(caller, caller.bases.debian, scratch);
  const bare = [bareUnshare({ caller, root, times: parts })];
  for (const runtime of /** @type {const} */ (["crun", "runc"])) {
    if (missingProgram(runtime) === undefined)
      bare.push(await bareRuntime({ caller, root, times: parts, runtime, scratch }));
  }
  const measured = [];
  for (const executor of executors) measured.push(await ours(bench, executor));
  for (const contender of bare) measured.push(await bareFigure(contender, { parts, scratch }));
  measured.push(...(await buildah(bench)));
  return {
    about: `One \`RUN true\` on Debian: a build of ${many} steps less one of ${one}, by ${parts}; what is bare is run ${parts} times. All that a step needs is there from earlier builds, and each step is run and recorded.`,
    contenders: measured.flatMap(({ contenders }) => contenders),
    figures: measured.map(({ figure }) => figure),
  };
}

/** @param {RunBench} bench @param {(typeof executors)[number]} executor @returns {Promise<Measured>} */
async function ours({ caller, scratch, size }, executor) {
  const counts = stepCounts(size);
  const limit = LIMITS_MS[executor];
  const build = (/** @type {"many" | "one"} */ which) =>
    ourRun({
      ...{ id: `${executor}.${which}`, tool: "oci-build", caller, place: caller.folder, store: "store" },
      ...{ base: caller.bases.debian, lines: trueLines(counts[which]), flags: ["--executor", executor] },
    });
  // What every Linux has needs no trial.
  const one = executor === "util-linux" ? build("one") : await unlessRefused(build("one"), scratch);
  return pair({ many: build("many"), one, name: executor, tool: `oci-build, ${executor}`, counts, limit });
}

/** @param {RunBench} bench @returns {Promise<readonly Measured[]>} */
async function buildah({ caller, scratch, size, rounds, peerRounds }) {
  if (peerRounds === 0 || caller.kind !== "root") return [];
  const setup = probeBuildah(scratch);
  if ("missing" in setup) return [];
  const place = { scratch: caller.folder, driver: setup.driver, store: join(caller.folder, "buildah") };
  mkdirSync(place.store);
  await pullBase(caller.bases.debian, place);
  const counts = stepCounts(size);
  const found = [];
  for (const isolation of /** @type {const} */ (["chroot", "oci"])) {
    const name = `buildah-${isolation}`;
    const build = (/** @type {"many" | "one"} */ which) => ({
      ...buildahRun({
        ...{ id: `${name}.${which}`, tool: "buildah", isolation, lines: trueLines(counts[which]) },
        ...place,
      }),
      maxRounds: Math.min(rounds, peerRounds),
    });
    const one = await unlessRefused(build("one"), scratch);
    const tool = `buildah, ${isolation} (${setup.driver})`;
    found.push(pair({ many: build("many"), one, name, tool, counts }));
  }
  return found;
}

/** @param {{ readonly many: Contender, readonly one: Contender, readonly name: string, readonly tool: string,
 *   readonly counts: ReturnType<typeof stepCounts>, readonly limit?: number | undefined }} options
 * @returns {Measured} */
function pair({ many, one, name, tool, counts, limit }) {
  return {
    contenders: [one.missing === undefined ? many : { ...many, missing: one.missing }, one],
    figure: {
      ...{ name: `run-true.${name}`, tool, kind: one.kind },
      wall: { of: { id: many.id, less: one.id, parts: counts.many - counts.one } },
      ...(limit === undefined ? {} : { limit }),
    },
  };
}

/** @param {Contender} contender @param {{ parts: number, scratch: string }} options @returns {Promise<Measured>} */
async function bareFigure(contender, { parts, scratch }) {
  const { id, tool } = contender;
  return {
    contenders: [await unlessRefused(contender, scratch)],
    figure: { name: `run-true.${id.replace(" ", "-")}`, tool, kind: "baseline", wall: { of: { id, parts } } },
  };
}
