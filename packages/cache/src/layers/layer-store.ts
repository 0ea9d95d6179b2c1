import type { DiffId, Digest, LayerTree, LayerWritten } from "@oci-build/oci";
import type { BlobStore, BlobWriter, LayerBlob, StoredLayer } from "../blob-store.js";
import { cacheError } from "../errors.js";
import { readSegmentTable, segmentsKind } from "../segments/read-segment-table.js";
import { corrupt, readSealed, type SealedKind, writeSealed } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { digestPath } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";
import { treeDiffId } from "./decode-tree.js";
import { encodeTree } from "./encode-tree.js";
import { encodeSegments, listSegments } from "./segment-table.js";
import { storedTree } from "./stored-tree.js";

const MiB = 1024 * 1024;

/** About 2,800,000 entries. */
export const TREE_MAX_BYTES: number = 512 * MiB;

export const treeKind: SealedKind = { name: "tree", version: 1, maxBytes: TREE_MAX_BYTES };

/** Writes a layer's bytes to `sink` in order and tells what it wrote. `sinkDigest` gives the digest of what the sink
 * got so far, for whoever would not hash the bytes once more. */
export type WriteLayer = (
  sink: (chunk: Uint8Array) => Promise<void>,
  sinkDigest: () => Digest,
) => Promise<LayerWritten>;

/** Layers: a blob each, with its segment table (by blob) and its tree (by diffId) beside it. */
export class LayerStore {
  readonly #store: StoreContext;
  readonly #blobs: BlobStore;

  constructor(store: StoreContext, blobs: BlobStore) {
    this.#store = store;
    this.#blobs = blobs;
  }

  async write(write: WriteLayer): Promise<StoredLayer> {
    const writer = await this.#blobs.writer();
    try {
      const written = await write(
        (chunk) => writer.write(chunk),
        () => writer.digest(),
      );
      const found = writer.digest();
      if (found !== written.digest) throw otherBytes(written, found);
      // The blob waits for the disk; meanwhile the rest is made. Nothing runs on when one of them fails.
      const tree = this.#encodeTree(written.tree);
      const parts = [this.#commit(writer, written), this.#writeSegments(written), tree];
      await Promise.allSettled(parts);
      await Promise.all(parts);
      return { ...written, tree: await tree };
    } finally {
      await writer.discard();
    }
  }

  /** The layer, if all its parts are there and sound. The blob's bytes are checked when they are read. */
  async read(blob: LayerBlob): Promise<StoredLayer | undefined> {
    const segments = await this.#readSegments(blob);
    if (segments === undefined) return undefined;
    const tree = await this.#readTreeBytes(blob.diffId);
    if (tree === undefined || !(await this.#hasBlob(blob))) return undefined;
    const { mediaType, digest, size, diffId, uncompressedSize } = blob;
    return {
      ...{ mediaType, digest, size, diffId, uncompressedSize, segments },
      tree: this.#treeOf(diffId, tree),
    };
  }

  async readTree(diffId: DiffId): Promise<LayerTree | undefined> {
    const bytes = await this.#readTreeBytes(diffId);
    return bytes === undefined ? undefined : this.#treeOf(diffId, bytes);
  }

  async writeTree(tree: LayerTree): Promise<void> {
    await this.#encodeTree(tree);
  }

  /** Writes a tree, and gives it as it is read back. */
  async #encodeTree(tree: LayerTree): Promise<LayerTree> {
    const { diffId, entries } = tree;
    const path = this.#treePath(diffId);
    const bytes = encodeTree(tree);
    await writeSealed(this.#store, path, { kind: treeKind, body: bytes });
    return storedTree({ diffId, path, bytes }, entries);
  }

  async #commit(writer: BlobWriter, written: LayerWritten): Promise<void> {
    const { size } = await writer.commit(written.digest);
    if (size !== written.size) throw otherBytes(written, `${size} bytes`);
  }

  async #writeSegments(layer: LayerWritten): Promise<void> {
    const path = digestPath(this.#store.paths.segments, layer.digest);
    await writeSealed(this.#store, path, { kind: segmentsKind, body: encodeSegments(layer, layer.segments) });
  }

  async #readSegments({ digest }: LayerBlob): Promise<StoredLayer["segments"] | undefined> {
    const table = await readSegmentTable(this.#store, digest);
    return table === undefined ? undefined : listSegments(table);
  }

  #readTreeBytes(diffId: DiffId): Promise<Buffer | undefined> {
    const path = this.#treePath(diffId);
    return readOrWarn(this.#store, path, async () => {
      const bytes = await readSealed(path, treeKind);
      if (treeDiffId(bytes) !== diffId) throw corrupt(path, "it is the tree of another layer");
      return bytes;
    });
  }

  async #hasBlob({ digest, size }: LayerBlob): Promise<boolean> {
    const path = digestPath(this.#store.paths.blobs, digest);
    const found = await readOrWarn(this.#store, path, () => this.#blobs.size(digest));
    if (found === undefined || found === size) return found === size;
    this.#store.onWarning(corrupt(path, `it has ${found} bytes, expected ${size}`));
    return false;
  }

  #treeOf(diffId: DiffId, bytes: Buffer): LayerTree {
    return storedTree({ diffId, path: this.#treePath(diffId), bytes });
  }

  #treePath(diffId: DiffId): string {
    return digestPath(this.#store.paths.trees, diffId);
  }
}

function otherBytes(written: LayerWritten, found: string): Error {
  const { digest, size } = written;
  return cacheError("CACHE_DIGEST_MISMATCH", {
    message: `the layer ${digest} of ${size} bytes was told, found ${found}`,
    data: { expected: digest, found },
  });
}
