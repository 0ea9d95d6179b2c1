import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { withCleanUp } from "./clean-up.mjs";
import { startBaseRegistry } from "./contenders/base-registry.mjs";
import { probeBuildah } from "./contenders/buildah.mjs";
import { installContainerify } from "./contenders/containerify.mjs";
import { missingProgram } from "./contenders/missing-program.mjs";
import { describeHost, describeHostAfter } from "./describe-host.mjs";
import { runGroup } from "./measure/run-group.mjs";
import { probeTime } from "./measure/time-command.mjs";
import { checkEntries } from "./report/check-entries.mjs";
import { judgeFigure } from "./report/judge.mjs";
import { judgeGrowth } from "./report/judge-growth.mjs";
import { grouped, megabytes } from "./report/units.mjs";
import { growth, growthName, growthSizes } from "./scenarios/growth.mjs";
import { nodeApp } from "./scenarios/node-app.mjs";
import { oneFile } from "./scenarios/one-file.mjs";
import { smallApp } from "./scenarios/small-app.mjs";
import { makeScratch, removeScratch } from "./scratch-folder.mjs";
import { selectFigures, selectGroups } from "./select-figures.mjs";

/** @typedef {import("./options.mjs").BenchOptions} BenchOptions */
/** @typedef {import("./scenarios/bench.mjs").Bench} Bench */
/** @typedef {import("./report/report.mjs").Report} Report */
/** @typedef {import("./report/report.mjs").ReportGroup} ReportGroup */

/** Runs what the options ask for. @param {BenchOptions} options @param {(line: string) => void} tell
 * @returns {Promise<Omit<Report, "command" | "methodLink">>} */
export async function runBench(options, tell) {
  mkdirSync(options.folder, { recursive: true });
  const before = await describeHost(options.folder);
  const registry = await startBaseRegistry();
  const time = probeTime();
  const groups = await withCleanUp(async (add) => {
    add(() => registry.close());
    const scratch = makeScratch(options.folder);
    add(() => removeScratch(scratch));
    const bench = await makeBench(options, scratch, registry.address);
    const makers = groupMakers(bench);
    /** @type {ReportGroup[]} */
    const done = [];
    for (const name of selectGroups([...makers.keys()], options.only)) {
      const group = await runOne(name, makers.get(name), { bench, options, time, tell, add });
      if (group !== undefined) done.push(group);
    }
    return done;
  });
  return {
    rounds: Math.max(1, options.rounds),
    host: await describeHostAfter(before),
    groups,
    growth: growthOf(groups, options.size),
    problems: [
      ...(time === "none" ? ["no GNU time here: no CPU times and no memory"] : []),
      ...groups.flatMap(problemsOf),
    ],
  };
}

/** @param {BenchOptions} options @param {string} scratch @param {string} registry @returns {Promise<Bench>} */
async function makeBench({ size, rounds, peerRounds, settleMs, folder }, scratch, registry) {
  const missing = `not run: --${size}`;
  return {
    ...{ size, rounds, peerRounds, settleMs, scratch, registry },
    projects: join(folder, "projects"),
    fixtures: join(import.meta.dirname, "../fixtures"),
    // Only shown beside pigz, and slow.
    missing: { gzip: size === "quick" ? missing : missingProgram("gzip"), pigz: missingProgram("pigz") },
    buildah: size === "quick" ? { missing } : probeBuildah(scratch),
    // The smoke test needs no network.
    containerify:
      size === "quick" || size === "smoke"
        ? { missing }
        : await installContainerify(join(folder, "containerify")),
  };
}

/** @param {Bench} bench @returns {ReadonlyMap<string, () => Promise<import("./measure/contender.mjs").Group>>} */
function groupMakers(bench) {
  return new Map([
    /** @type {const} */ (["node-app", () => nodeApp(bench)]),
    /** @type {const} */ (["one-file", () => oneFile(bench)]),
    /** @type {const} */ (["small-app", () => smallApp(bench)]),
    ...growthSizes(bench.size).map(
      (files) => /** @type {const} */ ([growthName(files), () => growth(bench, files)]),
    ),
  ]);
}

/** @param {string} name @param {(() => Promise<import("./measure/contender.mjs").Group>) | undefined} make
 * @param {{ readonly bench: Bench, readonly options: BenchOptions, readonly time: "gnu" | "none",
 *   readonly tell: (line: string) => void, readonly add: (step: () => void) => void }} run
 * @returns {Promise<ReportGroup | undefined>} */
async function runOne(name, make, { bench, options, time, tell, add }) {
  tell(`${name}: preparing`);
  const group = await make?.();
  if (group === undefined) return undefined;
  const { project } = group;
  const { contenders, figures } = selectFigures(group, options.only);
  if (figures.length === 0) return undefined;
  tell(`${name}: ${grouped(project.entries)} entries, ${megabytes(project.bytes)}`);
  const rounds = options.rounds * (group.roundsFactor ?? 1);
  const restore = () => group.restore?.();
  add(restore);
  const measured = await runGroup(contenders, {
    rounds,
    scratch: bench.scratch,
    time,
    flush: flushOf(bench),
    tell,
  });
  restore();
  return { name, project, measured, figures: figures.map((figure) => judgeFigure(figure, measured)) };
}

/** @param {Bench} bench @returns {() => void} */
function flushOf({ size }) {
  // Times of the smoke test mean nothing, and a busy disk takes long.
  return () => (size === "smoke" ? undefined : void spawnSync("sync"));
}

/** @param {readonly ReportGroup[]} groups @param {import("./options.mjs").Size} size */
function growthOf(groups, size) {
  const sizes = growthSizes(size).flatMap((files) => {
    const group = groups.find(({ name }) => name === growthName(files));
    return group === undefined ? [] : [{ files, measured: group.measured }];
  });
  return sizes.length < 2 ? [] : judgeGrowth(sizes);
}

/** @param {ReportGroup} group */
function problemsOf({ name, project, measured }) {
  const missing = measured.flatMap(({ id, missing }) =>
    missing === undefined ? [] : [`${name}: ${id}: ${missing}`],
  );
  return [...checkEntries(name, project.entries, measured), ...missing];
}
