import type { Cache, StoredLayer } from "@oci-build/cache";
import { type DiffId, type FileReader, type LayerReader, layerReader, type TreeFile } from "@oci-build/oci";

/** Opens files of the layers that a build has made or found so far, straight from their blobs. */
export class LayerFiles {
  readonly #cache: Cache;
  readonly #readers = new Map<DiffId, LayerReader>();

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** Makes a layer's files known. */
  add({ diffId, digest, segments }: StoredLayer): void {
    if (this.#readers.has(diffId)) return;
    const { blobs } = this.#cache;
    const range = (offset: number, length: number): AsyncIterable<Uint8Array> =>
      blobs.read(digest, { offset, length });
    this.#readers.set(diffId, layerReader(range, segments));
  }

  open(diffId: DiffId, file: TreeFile): FileReader | Promise<FileReader> {
    const reader = this.#readers.get(diffId);
    if (reader === undefined) throw new TypeError(`the layer ${diffId} is not part of this build`);
    return reader.openFile(file);
  }
}
