import type { Cache, StoredLayer } from "@oci-build/cache";
import {
  type DiffId,
  type Digest,
  type FileReader,
  isOciBuildError,
  type LayerReader,
  layerReader,
  OciBuildError,
  type TreeFile,
} from "@oci-build/oci";

interface OpenedLayer {
  readonly digest: Digest;
  readonly reader: LayerReader;
}

/** Opens files of the layers that a build has made or found so far, straight from their blobs. */
export class LayerFiles {
  readonly #cache: Pick<Cache, "blobs">;
  readonly #readers = new Map<DiffId, OpenedLayer>();
  readonly #later = new Map<DiffId, () => Promise<StoredLayer>>();

  constructor(cache: Pick<Cache, "blobs">) {
    this.#cache = cache;
  }

  /** Makes a layer's files known. */
  add({ diffId, digest, segments }: StoredLayer): void {
    if (this.#readers.has(diffId)) return;
    const { blobs } = this.#cache;
    const range = (offset: number, length: number): AsyncIterable<Uint8Array> =>
      blobs.read(digest, { offset, length });
    this.#readers.set(diffId, { digest, reader: layerReader(range, segments) });
  }

  /** Makes the files of a layer known that is stored when the first of them is read. */
  addLater(diffId: DiffId, store: () => Promise<StoredLayer>): void {
    this.#later.set(diffId, store);
  }

  open(diffId: DiffId, file: TreeFile): FileReader {
    const layer = this.#readers.get(diffId);
    if (layer !== undefined) return namingBlob(layer.reader.openFile(file), layer.digest);
    const store = this.#later.get(diffId);
    if (store === undefined) throw new TypeError(`the layer ${diffId} is not part of this build`);
    return lateReader(async () => {
      this.add(await store());
      return this.open(diffId, file);
    });
  }
}

/** A reader that is opened at its first read. */
function lateReader(open: () => Promise<FileReader>): FileReader {
  let opening: Promise<FileReader> | undefined;
  return {
    async read(target) {
      opening ??= open();
      return (await opening).read(target);
    },
    async close() {
      await (await opening)?.close();
    },
  };
}

/** A reader whose errors name the blob, so that a damaged one can be forgotten. */
function namingBlob(reader: FileReader, digest: Digest): FileReader {
  const rethrow = (error: unknown): never => {
    if (!isOciBuildError(error, "LAYER_SEGMENT_CORRUPT")) throw error;
    const { code, exitCode, message, hint, cause, data } = error;
    throw new OciBuildError(code, exitCode, { message, hint, cause, data: { ...data, digest } });
  };
  return {
    read(target) {
      try {
        const count = reader.read(target);
        return typeof count === "number" ? count : count.catch(rethrow);
      } catch (error) {
        return rethrow(error);
      }
    },
    close: () => reader.close(),
  };
}
