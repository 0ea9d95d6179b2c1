import type { LayerEntry } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";

/** All of a tree but its root, as a tar has it: of the names of a file the first has its bytes, the others are links to
 * that one. */
export function* fileEntries(tree: Snapshot): Iterable<LayerEntry> {
  const firsts = new Map<string, string>();
  for (const entry of tree.entries()) {
    if (entry.type !== "file") {
      yield entry;
      continue;
    }
    const { linkGroup, ...file } = entry;
    const first = linkGroup === undefined ? undefined : firsts.get(linkGroup);
    if (first !== undefined) {
      const { path, mode, uid, gid, mtimeSec, xattrs } = file;
      yield { type: "hardlink", path, mode, uid, gid, mtimeSec, xattrs, target: first };
      continue;
    }
    if (linkGroup !== undefined) firsts.set(linkGroup, file.path);
    yield { ...file, open: () => tree.openFile(file.path) };
  }
}
