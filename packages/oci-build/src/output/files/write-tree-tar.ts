import path from "node:path";
import type { Writable } from "node:stream";
import { type LayerSink, writeLayer } from "@oci-build/oci";
import { type Snapshot, treeAsLayer } from "@oci-build/snapshot";
import { listeningForErrors, writeToStream } from "../write-to-stream.js";
import { writeWholeFile } from "../write-whole-file.js";
import type { TreeWritten } from "./write-tree-folder.js";

/** Writes a tree as one tar, into a file that is whole or untouched, or to a stream.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what reading the tree throws */
export async function writeTreeTar(
  tree: Snapshot,
  dest: string | Writable,
  signal: AbortSignal | undefined,
): Promise<TreeWritten> {
  const write = async (sink: LayerSink): Promise<number> => {
    const { size } = await writeLayer(treeAsLayer(tree), sink, { compression: "none", signal });
    return size;
  };
  if (typeof dest === "string") {
    const file = path.resolve(dest);
    const size = await writeWholeFile(file, (handle) => write((chunk) => handle.writeFile(chunk)));
    return { path: file, size, leftOut: [] };
  }
  const size = await listeningForErrors(dest, () => write((chunk) => writeToStream(dest, chunk, signal)));
  return { path: undefined, size, leftOut: [] };
}
