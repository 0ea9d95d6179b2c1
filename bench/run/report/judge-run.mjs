import { summarize } from "../../build/measure/statistics.mjs";

/** @typedef {import("../../build/measure/run-group.mjs").Measured} Measured */
/** @typedef {import("../../build/measure/time-command.mjs").Sample} Sample */
/** @typedef {import("../../build/measure/statistics.mjs").Summary} Summary */
/** @typedef {import("../groups/run-bench.mjs").RunFigure} RunFigure */
/** @typedef {import("../groups/run-bench.mjs").Quotient} Quotient */
/** @typedef {import("../groups/run-bench.mjs").Term} Term */

/** A figure with its values: milliseconds, or a ratio.
 * @typedef {object} JudgedRun
 * @property {string} name
 * @property {string} tool
 * @property {RunFigure["kind"]} kind
 * @property {"ms" | "ratio"} unit
 * @property {number} [limit]
 * @property {"met" | "missed" | "shown" | "unmeasured"} verdict Of the wall time.
 * @property {Summary} [wall]
 * @property {Summary} [cpu]
 * @property {string} [missing] Why there are no values. */

/** @param {RunFigure} figure @param {readonly Measured[]} measured @returns {JudgedRun} */
export function judgeRun({ name, tool, kind, wall, cpu = wall, limit }, measured) {
  /** @type {JudgedRun["unit"]} */
  const unit = wall.by === undefined ? "ms" : "ratio";
  const walls = valuesOf(wall, measured, ({ wallMs, partMs }) => partMs ?? wallMs);
  const cpus = valuesOf(cpu, measured, cpuOf);
  const shared = { name, tool, kind, unit, ...(limit === undefined ? {} : { limit }) };
  if (walls.length === 0)
    return { ...shared, verdict: "unmeasured", missing: reasonOf(wall, measured) ?? "no round" };
  const summary = summarize(walls);
  return {
    ...shared,
    verdict: limit === undefined ? "shown" : summary.median <= limit ? "met" : "missed",
    wall: summary,
    ...(cpus.length === 0 ? {} : { cpu: summarize(cpus) }),
  };
}

/** One value for each round that all took part in, so that all of them met the same state of the machine.
 * @param {Quotient} quotient @param {readonly Measured[]} measured
 * @param {(sample: Sample) => number | undefined} read */
function valuesOf({ of, by }, measured, read) {
  const rounds = new Set(measured.flatMap(({ samples }) => samples.map(({ round }) => round)));
  return [...rounds].flatMap((round) => {
    const at = (/** @type {string} */ id) => {
      const sample = measured.find((one) => one.id === id)?.samples.find((one) => one.round === round);
      return sample === undefined ? Number.NaN : (read(sample) ?? Number.NaN);
    };
    const value = termValue(of, at) / (by === undefined ? 1 : termValue(by, at));
    return Number.isFinite(value) ? [value] : [];
  });
}

/** @param {Term} term @param {(id: string) => number} at */
function termValue({ id, less, parts = 1 }, at) {
  return (at(id) - (less === undefined ? 0 : at(less))) / parts;
}

/** @param {Sample} sample */
function cpuOf({ userMs, sysMs }) {
  return userMs === undefined || sysMs === undefined ? undefined : userMs + sysMs;
}

/** @param {Quotient} quotient @param {readonly Measured[]} measured */
function reasonOf({ of, by }, measured) {
  const ids = [of.id, of.less, by?.id, by?.less];
  return measured.find(({ id, missing }) => missing !== undefined && ids.includes(id))?.missing;
}
