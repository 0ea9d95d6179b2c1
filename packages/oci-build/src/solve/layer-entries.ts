import type { Digest, LayerEntry } from "@oci-build/oci";
import type { ChangeSet, LayerChange } from "../copy/change.js";
import { isGraft, originOf } from "../copy/graft-changes.js";
import { unknownOrigin } from "./digest-changes.js";

/** How the entries of a layer are made of changes. */
export interface LayerEntriesOptions {
  /** The time of directories that the builder makes. */
  readonly createdSec: number;
  /** Whether the files' digests are known, so that the bytes read must have them. */
  readonly digests: "known" | "unknown";
}

/** The entries of a layer, one by one. Files are opened when the layer is written. */
export function* layerEntries(changes: ChangeSet, options: LayerEntriesOptions): Iterable<LayerEntry> {
  for (const part of changes.parts) {
    if (isGraft(part)) yield* part.subtree.layerEntries(part.placement, options.digests);
    else yield layerEntry(part, options);
  }
}

function layerEntry(change: LayerChange, { createdSec, digests }: LayerEntriesOptions): LayerEntry {
  const { entry } = change;
  const mtimeSec = change.mtime === "record" ? createdSec : entry.mtimeSec;
  if (entry.type !== "file") return { ...entry, mtimeSec };
  const { snapshot, path } = originOf(change) ?? unknownOrigin(entry.path);
  const open = () => snapshot.openFile(path);
  if (digests === "unknown") return { ...entry, mtimeSec, open };
  // After hashing there is no promise; a digest that is not there yet need not be checked.
  const digest: Digest | Promise<Digest> = snapshot.fileDigest(path);
  if (typeof digest !== "string") return { ...entry, mtimeSec, open };
  const digestIs = snapshot.checksBytes?.(path) === true ? "known" : "expected";
  return { ...entry, mtimeSec, digest, digestIs, open };
}
