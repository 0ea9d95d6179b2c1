import { homedir } from "node:os";
import { join } from "node:path";

/** Where all benchmarks keep what they make once. @param {NodeJS.ProcessEnv} env */
export function benchFolder(env) {
  return env["OCI_BUILD_BENCH_DIR"] ?? join(cacheFolder(env), "oci-build-bench");
}

/** @param {NodeJS.ProcessEnv} env */
function cacheFolder(env) {
  if (process.platform === "win32") return env["LOCALAPPDATA"] ?? join(homedir(), "AppData/Local");
  if (process.platform === "darwin") return join(homedir(), "Library/Caches");
  return env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
}
