import { type FileHandle, open } from "node:fs/promises";
import type { Digest, FoundSegment, LayerSegment, NamedSegment } from "@oci-build/oci";
import type { SegmentTable } from "../layers/segment-table.js";
import { corrupt } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { digestPath } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";
import { readSegmentTable } from "./read-segment-table.js";

/** One blob of the store with its table; it stays readable while it is held, also when it is collected meanwhile. */
export interface BlobSegments {
  readonly digest: Digest;
  readonly path: string;
  readonly count: number;
  find(key: string): FoundSegment | undefined;
  findPrefix(name: string): NamedSegment | undefined;
  /** Gives this segment no more. */
  drop(key: string): void;
  close(): Promise<void>;
}

/** Opens a blob for its segments; undefined when its table or the blob itself is gone, or is another than was stored,
 * the latter with a warning. The caller closes it. */
export async function openBlobSegments(
  store: StoreContext,
  digest: Digest,
): Promise<BlobSegments | undefined> {
  const table = await readSegmentTable(store, digest);
  if (table === undefined) return undefined;
  const path = digestPath(store.paths.blobs, digest);
  const handle = await readOrWarn(store, path, () => openWhole(path, table));
  return handle === undefined ? undefined : blobSegments(path, table, handle);
}

async function openWhole(path: string, table: SegmentTable): Promise<FileHandle> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    if (size !== table.size) throw corrupt(path, `it has ${size} bytes, expected ${table.size}`);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function blobSegments(path: string, table: SegmentTable, handle: FileHandle): BlobSegments {
  const rows = new Map(Array.from({ length: table.count }, (_, row) => [table.key(row), row]));
  let prefixes: ReadonlyMap<string, number> | undefined;
  return {
    digest: table.digest,
    path,
    count: table.count,
    find: (key) => {
      const row = rows.get(key);
      return row === undefined ? undefined : foundSegment(table.segment(row), handle);
    },
    findPrefix: (name) => {
      prefixes ??= prefixRows(table);
      const row = prefixes.get(name);
      return row === undefined ? undefined : table.segment(row);
    },
    drop: (key) => void rows.delete(key),
    close: () => handle.close(),
  };
}

function prefixRows(table: SegmentTable): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (let row = 0; row < table.count; row++) {
    const name = table.prefixName(row);
    if (name !== undefined) rows.set(name, row);
  }
  return rows;
}

function foundSegment(segment: LayerSegment, handle: FileHandle): FoundSegment {
  const { rawSize, rawCrc32, size, digest } = segment;
  return { rawSize, rawCrc32, size, digest, read: () => readSegment(handle, segment) };
}

async function readSegment(handle: FileHandle, { offset, size }: LayerSegment): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, offset + filled);
    if (bytesRead === 0) throw new RangeError(`the blob ends at ${offset + filled}, before ${offset + size}`);
    filled += bytesRead;
  }
  return bytes;
}
