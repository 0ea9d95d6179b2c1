/** What scenarios are made from: places, sizes, and what is on this machine.
 * @typedef {object} Bench
 * @property {import("../options.mjs").Size} size
 * @property {number} rounds
 * @property {number} peerRounds
 * @property {number} settleMs
 * @property {string} projects Folder of the projects, kept between runs.
 * @property {string} fixtures
 * @property {string} scratch An empty folder, removed in the end.
 * @property {{ readonly gzip: string | undefined, readonly pigz: string | undefined }} missing
 * @property {import("../contenders/buildah.mjs").BuildahSetup} buildah
 * @property {import("../contenders/containerify.mjs").ContainerifySetup} containerify
 * @property {string} registry Address of a registry with an empty image. */

export {};
