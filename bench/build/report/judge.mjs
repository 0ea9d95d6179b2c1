import { pairedRatios, summarize } from "../measure/statistics.mjs";

/** @typedef {import("../measure/run-group.mjs").Measured} Measured */
/** @typedef {import("../measure/contender.mjs").Figure} Figure */
/** @typedef {import("../measure/statistics.mjs").Summary} Summary */
/** @typedef {import("../measure/time-command.mjs").Sample} Sample */

/** One tool in one scenario. Ratios are to the scenario's baseline, round by round.
 * @typedef {object} Row
 * @property {string} tool
 * @property {Measured["kind"]} kind
 * @property {Summary} [wallMs]
 * @property {number} [cpuMs] Median of user and system time.
 * @property {number} [maxRssMb] The most of all rounds, in 10^6 bytes.
 * @property {Summary} [ratio] Of wall time.
 * @property {number} [cpuRatio]
 * @property {string} [missing] Why it was not measured. */

/** `met` and `missed` are of the limit; `shown` has none; `unmeasured` lacks ours or the baseline.
 * @typedef {"met" | "missed" | "shown" | "unmeasured"} Verdict */

/** @typedef {object} Judged
 * @property {string} scenario
 * @property {string} [variant]
 * @property {Verdict} time
 * @property {Verdict} memory
 * @property {number} [limit]
 * @property {number} [maxRssMb]
 * @property {Row} ours
 * @property {Row} baseline
 * @property {readonly Row[]} others
 * @property {import("../measure/work-counts.mjs").WorkCounts} [work] */

const KIB = 1024;

/** @param {Figure} figure @param {readonly Measured[]} measured @returns {Judged} */
export function judgeFigure(figure, measured) {
  const find = (/** @type {string} */ id) => {
    const found = measured.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`${figure.scenario} names ${id}, which nothing measures`);
    return found;
  };
  const base = find(figure.baseline);
  const mine = find(figure.ours);
  const ours = toRow(mine, base);
  const { limit, maxRssMb, variant } = figure;
  return {
    scenario: figure.scenario,
    time: verdict(ours.ratio?.median, limit),
    memory: verdict(ours.maxRssMb, maxRssMb),
    ...(variant === undefined ? {} : { variant }),
    ...(limit === undefined ? {} : { limit }),
    ...(maxRssMb === undefined ? {} : { maxRssMb }),
    ours,
    baseline: toRow(base, base),
    others: figure.others.map((id) => toRow(find(id), base)),
    ...(mine.work === undefined ? {} : { work: mine.work }),
  };
}

/** @param {number | undefined} value @param {number | undefined} limit @returns {Verdict} */
function verdict(value, limit) {
  if (limit === undefined) return "shown";
  if (value === undefined) return "unmeasured";
  return value <= limit ? "met" : "missed";
}

/** @param {Measured} measured @param {Measured} baseline @returns {Row} */
function toRow({ tool, kind, samples, missing }, baseline) {
  if (samples.length === 0) return { tool, kind, missing: missing ?? "no round" };
  const ratios = ratiosOf(samples, baseline.samples, ({ wallMs }) => wallMs);
  const cpu = valuesOf(samples, cpuOf).map(({ value }) => value);
  const cpuRatios = ratiosOf(samples, baseline.samples, cpuOf);
  const rss = samples.flatMap(({ maxRssKiB }) => (maxRssKiB === undefined ? [] : [maxRssKiB]));
  return {
    ...{ tool, kind, wallMs: summarize(samples.map(({ wallMs }) => wallMs)) },
    ...(ratios.length === 0 ? {} : { ratio: summarize(ratios) }),
    ...(cpu.length === 0 ? {} : { cpuMs: summarize(cpu).median }),
    ...(cpuRatios.length === 0 ? {} : { cpuRatio: summarize(cpuRatios).median }),
    ...(rss.length === 0 ? {} : { maxRssMb: (Math.max(...rss) * KIB) / 1e6 }),
  };
}

/** @param {readonly Sample[]} samples @param {readonly Sample[]} baseline
 * @param {(sample: Sample) => number | undefined} read */
function ratiosOf(samples, baseline, read) {
  return pairedRatios(valuesOf(samples, read), valuesOf(baseline, read));
}

/** @param {readonly Sample[]} samples @param {(sample: Sample) => number | undefined} read */
function valuesOf(samples, read) {
  return samples.flatMap((sample) => {
    const value = read(sample);
    return value === undefined ? [] : [{ round: sample.round, value }];
  });
}

/** @param {Sample} sample */
function cpuOf({ userMs, sysMs }) {
  return userMs === undefined || sysMs === undefined ? undefined : userMs + sysMs;
}
