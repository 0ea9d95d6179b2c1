import { encodeEntryHeader, type LayerEntry, type TarEntry } from "@oci-build/oci";
import { treeEntries } from "./tree-lines.js";

const BLOCK_BYTES = 512;

/** A tar with a member for each line (see `tree`), in the lines' order and with their paths as they stand. */
export function tarBytes(...lines: readonly string[]): Buffer {
  const blocks = treeEntries(...lines).flatMap((entry) => [
    encodeEntryHeader(tarEntry(entry)),
    ...dataBlocks(entry),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function tarEntry(entry: LayerEntry): TarEntry {
  if (entry.type === "whiteout" || entry.type === "opaque") throw new TypeError(`no member: ${entry.path}`);
  return entry;
}

function dataBlocks(entry: LayerEntry): readonly Buffer[] {
  if (entry.type !== "file") return [];
  const bytes = Buffer.alloc(Math.ceil(entry.size / BLOCK_BYTES) * BLOCK_BYTES);
  const reader = entry.open();
  if ("read" in reader) void reader.read(bytes);
  return [bytes];
}
