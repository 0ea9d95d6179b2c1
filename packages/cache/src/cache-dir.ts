import { posix, win32 } from "node:path";
import { cacheError } from "./errors.js";

const folderName = "oci-build";

/** The folder of the cache when the user names none.
 *
 * `OCI_BUILD_CACHE_DIR` as it stands, else `oci-build` in the platform's cache folder: `$XDG_CACHE_HOME` (ignored
 * when relative, as its specification asks) or `~/.cache`, on macOS `~/Library/Caches`, on Windows `%LOCALAPPDATA%`.
 * An empty variable counts as unset. `home` is `os.homedir()`, which may be empty.
 * @throws OciBuildError CACHE_NO_FOLDER when nothing says where
 * @see https://specifications.freedesktop.org/basedir-spec/0.8/#variables */
export function defaultCacheDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  const named = env["OCI_BUILD_CACHE_DIR"];
  if (named !== undefined && named !== "") return named;
  const path = platform === "win32" ? win32 : posix;
  const folder = platformFolder(env, platform, home);
  if (folder !== undefined && path.isAbsolute(folder)) return path.join(folder, folderName);
  throw cacheError("CACHE_NO_FOLDER", {
    message: "no folder for the cache: the home folder is unknown",
    data: { platform },
    hint: "Set OCI_BUILD_CACHE_DIR or pass --cache-dir.",
  });
}

function platformFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string | undefined {
  if (platform === "win32") {
    return absolute(env["LOCALAPPDATA"], win32) ?? below(home, win32, "AppData", "Local");
  }
  if (platform === "darwin") return below(home, posix, "Library", "Caches");
  return absolute(env["XDG_CACHE_HOME"], posix) ?? below(home, posix, ".cache");
}

function absolute(folder: string | undefined, path: typeof posix): string | undefined {
  return folder !== undefined && path.isAbsolute(folder) ? folder : undefined;
}

/** Undefined rather than a folder relative to wherever the process stands. */
function below(home: string, path: typeof posix, ...names: readonly string[]): string | undefined {
  return home === "" ? undefined : path.join(home, ...names);
}
