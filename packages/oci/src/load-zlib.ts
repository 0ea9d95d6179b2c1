/** Node's zlib, loaded where something is first packed or unpacked: a build that finds all in the cache does neither, and
 * loading takes a hundredth of its time. */
export function loadZlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib");
}
