/** One thing that is measured: a whole process with what comes before it.
 * @typedef {object} Contender
 * @property {string} id Unique in its group.
 * @property {string} scenario `<project>.<action>.<cache>`, or what a baseline does.
 * @property {string} tool
 * @property {"ours" | "baseline" | "peer"} kind
 * @property {(round: number) => void | Promise<void>} [prepare] Not timed. Needs nothing that another contender left.
 * @property {(mode: "timed" | "counted") => import("./time-command.mjs").Command} command
 * @property {number} [maxRounds]
 * @property {string} [missing] Why it cannot run here.
 * @property {(stdout: string, stderr: string) => number} [part] How much of its wall time counts, in ms, by what it
 *   said.
 * @property {(stdout: string) => number} [countEntries] How many entries of the project its result holds. */

/** One figure: how many times as long as the baseline our build takes.
 * @typedef {object} Figure
 * @property {string} scenario
 * @property {string} ours Id of a contender.
 * @property {string} baseline Id of a contender.
 * @property {readonly string[]} others Ids of contenders to show beside them.
 * @property {string} [variant] The end of the scenario's name, where several are to be compared with each other.
 * @property {number} [limit] The ratio to reach; without one the figure is only shown.
 * @property {number} [maxRssMb] The peak memory to keep, in 10^6 bytes. */

/** Contenders that take part in the same rounds, on one project.
 * @typedef {object} Group
 * @property {string} name
 * @property {Project} project
 * @property {readonly Contender[]} contenders
 * @property {readonly Figure[]} figures
 * @property {number} [roundsFactor] More rounds where one is short.
 * @property {() => void} [restore] Undoes what the group changed in its project. */

/** @typedef {{ readonly folder: string, readonly about: string, readonly entries: number, readonly bytes: number }} Project */

export {};
