import type { Xattrs } from "@oci-build/oci";
import type { ContentEntry } from "./content-entry.js";
import type { FrameWriter } from "./frame-writer.js";

/** The first byte of each entry. Values are part of the format. */
export const typeBytes: { readonly [Type in ContentEntry["type"]]: number } = {
  directory: 1,
  file: 2,
  symlink: 3,
  fifo: 4,
  "character-device": 5,
  "block-device": 6,
  hardlink: 7,
  whiteout: 8,
  opaque: 9,
};

/** Extended attributes by name, whatever order they came in. */
export function writeXattrs(frames: FrameWriter, xattrs: Xattrs | undefined): void {
  frames.number(xattrs?.size ?? 0);
  if (xattrs === undefined) return;
  for (const [name, value] of [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    frames.text(name);
    frames.bytes(value);
  }
}
