import fs from "node:fs";
import path from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { LayerEntry } from "@oci-build/oci";
import { type Snapshot, treeAsLayer } from "@oci-build/snapshot";
import { outputError } from "../output-error.js";
import { FolderWriter } from "./folder-writer.js";

/** What became of a tree. `leftOut` names what a folder cannot have. */
export interface TreeWritten {
  readonly path: string | undefined;
  /** Bytes of its files, or of the tar. */
  readonly size: number;
  readonly leftOut: readonly string[];
}

/** So many bytes are written at most before others have their turn, and as many names. */
const TURN_BYTES = 4 * 1024 * 1024;
const TURN_NAMES = 64;

/** Writes a tree into a folder, which is made where it is missing: each file is whole or untouched, what else lies in
 * the folder stays. All belongs to whoever builds, so that nothing keeps the set-user-ID and set-group-ID bits, as with
 * any change of owner; extended attributes are left out, too.
 * Differs: FIFOs and devices are left out, which buildx makes where it may.
 * Differs: a folder in the way of a file is an error; buildx removes it with all that it holds.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what reading the tree throws */
export async function writeTreeFolder(
  tree: Snapshot,
  dest: string,
  signal: AbortSignal | undefined,
): Promise<TreeWritten> {
  const folder = path.resolve(dest);
  const writer = new FolderWriter(openFolder(folder));
  const leftOut: string[] = [];
  let [turnBytes, turnNames] = [0, 0];
  for (const entry of treeAsLayer(tree)) {
    signal?.throwIfAborted();
    if (isLeftOut(entry)) {
      leftOut.push(entry.path);
      continue;
    }
    const writing = writer.write(entry);
    if (writing !== undefined) await writing;
    turnBytes += entry.type === "file" ? entry.size : 0;
    turnNames += 1;
    if (turnBytes < TURN_BYTES && turnNames < TURN_NAMES) continue;
    await turn();
    [turnBytes, turnNames] = [0, 0];
  }
  writer.finish();
  return { path: folder, size: writer.fileBytes, leftOut };
}

/** Links on the way to the folder are followed, links in it never. */
function openFolder(folder: string): string {
  try {
    fs.mkdirSync(folder, { recursive: true });
    return fs.realpathSync.native(folder);
  } catch (error) {
    throw outputError(error, folder);
  }
}

function isLeftOut({ type }: LayerEntry): boolean {
  return type === "fifo" || type === "character-device" || type === "block-device";
}
