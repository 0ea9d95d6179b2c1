import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { withCleanUp } from "../build/clean-up.mjs";
import { describeHost, describeHostAfter } from "../build/describe-host.mjs";
import { runGroup } from "../build/measure/run-group.mjs";
import { probeTime } from "../build/measure/time-command.mjs";
import { makeScratch, removeScratch } from "../build/scratch-folder.mjs";
import { selectGroups } from "../build/select-figures.mjs";
import { debianTar } from "./base/debian-tar.mjs";
import { makeBases } from "./base/make-bases.mjs";
import { findCallers } from "./find-callers.mjs";
import { baseSize } from "./groups/base-size.mjs";
import { cached } from "./groups/cached.mjs";
import { runTrue } from "./groups/run-true.mjs";
import { unpack } from "./groups/unpack.mjs";
import { writtenFiles } from "./groups/written-files.mjs";
import { judgeRun } from "./report/judge-run.mjs";

/** @typedef {import("./options.mjs").RunBenchOptions} RunBenchOptions */
/** @typedef {import("./find-callers.mjs").Caller} Caller */
/** @typedef {import("./report/report.mjs").RunReport} RunReport */
/** @typedef {import("./report/report.mjs").RunReportGroup} RunReportGroup */
/** @typedef {import("./groups/run-bench.mjs").RunGroup} RunGroup */
/** @typedef {(bench: import("./groups/run-bench.mjs").RunBench, add: Add) => Promise<RunGroup>} GroupMaker */
/** @typedef {(step: () => void) => void} Add */

/** @type {ReadonlyMap<string, GroupMaker>} */
const makers = new Map([
  ["run-true", runTrue],
  ["base-size", baseSize],
  ["cached", cached],
  ["files-real", (bench) => writtenFiles(bench, "real")],
  ["files-tiny", (bench) => writtenFiles(bench, "tiny")],
  ["unpack", (bench) => unpack(bench, "disk")],
  ["unpack-memory", (bench) => unpack(bench, "memory")],
]);

/** Runs what the options ask for. @param {RunBenchOptions} options @param {(line: string) => void} tell
 * @returns {Promise<Omit<RunReport, "command" | "methodLink">>} */
export async function runBench(options, tell) {
  mkdirSync(options.folder, { recursive: true });
  const before = await describeHost(options.folder);
  const time = probeTime();
  const { groups, problems } = await withCleanUp(async (add) => {
    const scratch = makeScratch(options.folder);
    add(() => removeScratch(scratch));
    tell("bases: preparing");
    const found = findCallers({ scratch, bases: await findBases(options, scratch), add });
    /** @type {RunReportGroup[]} */
    const done = [];
    for (const caller of found.callers) {
      for (const name of selectGroups([...makers.keys()], options.only)) {
        if (caller !== found.callers[0] && !isForOthers(name, options)) continue;
        const group = await runOne({ name, caller, scratch, options, time, tell, add });
        if (group !== undefined) done.push(group);
      }
    }
    return { groups: done, problems: found.problems };
  });
  return {
    rounds: Math.max(1, options.rounds),
    host: await describeHostAfter(before),
    groups,
    problems: [
      ...(time === "none" ? ["no GNU time here: no CPU times"] : []),
      ...problems,
      ...groups.flatMap(problemsOf),
    ],
  };
}

/** Who runs a build whose steps are cached makes no difference. Whether a user can build at all one group shows.
 * @param {string} name @param {RunBenchOptions} options */
function isForOthers(name, { size }) {
  return size === "smoke" ? name === "run-true" : name !== "cached";
}

/** @param {RunBenchOptions} options @param {string} scratch */
async function findBases({ base, folder, size }, scratch) {
  return makeBases({
    ...{ tar: base ?? (await debianTar()), folder: join(folder, "projects"), scratch },
    size: size === "smoke" ? "tiny" : "whole",
  });
}

/** @param {{ readonly name: string, readonly caller: Caller, readonly scratch: string,
 *   readonly options: RunBenchOptions, readonly time: "gnu" | "none", readonly tell: (line: string) => void,
 *   readonly add: Add }} run
 * @returns {Promise<RunReportGroup | undefined>} */
async function runOne({ name, caller, scratch, options, time, tell, add }) {
  const { size, rounds, peerRounds, only } = options;
  const title = `${name}, as ${caller.kind}`;
  tell(`${title}: preparing`);
  const group = await makers.get(name)?.({ size, rounds, peerRounds, scratch, caller }, add);
  if (group === undefined) return undefined;
  const figures = group.figures.filter((figure) => only === undefined || isChosen(figure.name, only));
  const measured = await runGroup(neededBy(figures, group.contenders), {
    ...{ rounds: rounds * (group.roundsFactor ?? 1), scratch, time, tell },
    // Times of the smoke test mean nothing, and a busy disk takes long.
    flush: () => (size === "smoke" ? undefined : void spawnSync("sync")),
  });
  return {
    ...{ name, caller: caller.kind, about: group.about, measured },
    figures: figures.map((figure) => judgeRun(figure, measured)),
  };
}

/** @param {string} name @param {string} only */
function isChosen(name, only) {
  return name.includes(only) || only.includes(name);
}

/** @param {RunGroup["figures"]} figures @param {RunGroup["contenders"]} contenders */
function neededBy(figures, contenders) {
  const terms = figures.flatMap(({ wall, cpu }) => [wall.of, wall.by, cpu?.of, cpu?.by]);
  const ids = new Set(terms.flatMap((term) => [term?.id, term?.less]));
  return contenders.filter(({ id }) => ids.has(id));
}

/** @param {RunReportGroup} group */
function problemsOf({ name, caller, measured }) {
  return measured.flatMap(({ id, missing }) =>
    missing === undefined ? [] : [`${name}, as ${caller}: ${id}: ${missing}`],
  );
}
