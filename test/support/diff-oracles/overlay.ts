import fs from "node:fs";
import path from "node:path";
import type { LayerEntry } from "@oci-build/oci";
import { fileTreeOf } from "../../../packages/snapshot/src/index.js";
import { hasTool, runTool } from "../tools.js";
import { changes, scanned } from "./scanned-tree.js";

/** The folders of one overlay. */
export interface OverlayFolders {
  readonly lower: string;
  readonly upper: string;
  readonly merged: string;
}

/** Makes empty folders for an overlay. */
export function overlayFolders(folder: string): OverlayFolders {
  const [lower = "", upper = "", merged = ""] = ["lower", "upper", "merged", "work"].map((name) => {
    fs.mkdirSync(path.join(folder, name), { recursive: true });
    return path.join(folder, name);
  });
  return { lower, upper, merged };
}

/** Edits the lower folder through an overlay, which is unmounted whatever happens. Without redirects, copies without
 * data and an index, the upper folder alone says what changed.
 * @see https://docs.kernel.org/filesystems/overlayfs.html */
export async function throughOverlay<T>(
  { lower, upper, merged }: OverlayFolders,
  edit: () => Promise<T>,
): Promise<T> {
  const work = path.join(path.dirname(upper), "work");
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work},redirect_dir=off,metacopy=off,index=off`;
  runTool("mount", ["-t", "overlay", "overlay", "-o", options, merged]);
  try {
    return await edit();
  } finally {
    runTool("umount", [merged]);
  }
}

/** Why overlays cannot be mounted in a folder; undefined when they can. */
export async function overlayObstacle(folder: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "only root can mount";
  if (!hasTool("getfattr")) return "getfattr is not installed";
  try {
    return await throughOverlay(overlayFolders(folder), async () => undefined);
  } catch (error) {
    return `overlayfs cannot be mounted: ${String((error as { readonly stderr?: unknown }).stderr).trim()}`;
  }
}

/** An upper folder as a layer's entries: devices 0,0 are whiteouts, and an attribute marks opaque directories. */
export async function upperEntries(upper: string): Promise<readonly LayerEntry[]> {
  const entries = await changes(fileTreeOf([]), await scanned(upper));
  const opaque = opaqueDirectories(upper);
  return entries.flatMap((entry): readonly LayerEntry[] => {
    const isWhiteout =
      entry.type === "character-device" && entry.deviceMajor === 0 && entry.deviceMinor === 0;
    if (isWhiteout) return [{ type: "whiteout", path: entry.path }];
    return opaque.has(entry.path) ? [entry, { type: "opaque", path: entry.path }] : [entry];
  });
}

/** getfattr fails for what lacks the attribute, and goes on. */
function opaqueDirectories(upper: string): ReadonlySet<string> {
  const listing = "getfattr -R -P -h -n trusted.overlay.opaque . 2>/dev/null || true";
  const found = runTool("sh", ["-c", listing], upper);
  return new Set([...found.matchAll(/^# file: (.*)$/gm)].map(([, name = ""]) => name));
}
