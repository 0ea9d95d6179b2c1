/** What groups are made from.
 * @typedef {object} RunBench
 * @property {import("../options.mjs").RunSize} size
 * @property {number} peerRounds Rounds of other builders, no more than there are; 0 leaves them out.
 * @property {number} rounds
 * @property {string} scratch An empty folder, removed in the end.
 * @property {import("../find-callers.mjs").Caller} caller Who builds. */

/** Contenders that take part in the same rounds, and what is read out of their times.
 * @typedef {object} RunGroup
 * @property {string} about
 * @property {readonly import("../../build/measure/contender.mjs").Contender[]} contenders
 * @property {readonly RunFigure[]} figures
 * @property {number} [roundsFactor] More rounds where one is short. */

/** A time, or one time by another, of each round.
 * @typedef {object} RunFigure
 * @property {string} name
 * @property {string} tool
 * @property {"ours" | "baseline" | "peer"} kind
 * @property {Quotient} wall
 * @property {Quotient} [cpu] Where it is another one than that of wall times.
 * @property {number} [limit] In milliseconds, or of a ratio. */

/** @typedef {{ readonly of: Term, readonly by?: Term }} Quotient */

/** What one contender took, less what another one did, by a number of equal parts.
 * @typedef {{ readonly id: string, readonly less?: string, readonly parts?: number }} Term */

export {};
