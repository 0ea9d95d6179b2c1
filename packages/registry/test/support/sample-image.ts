import {
  assembleImage,
  assembleIndex,
  type BlobSource,
  type Descriptor,
  type Digest,
  digestOf,
  mediaTypes,
  type Platform,
  parseDiffId,
  type StoredDocument,
} from "@oci-build/oci";
import type { RegistryState } from "./registry-state.js";

/** An image of the tests, with all of its blobs. */
export interface SampleImage {
  readonly root: Descriptor;
  readonly manifest: StoredDocument;
  readonly config: StoredDocument;
  readonly layers: readonly Buffer[];
  /** Counts what was read of it. */
  readonly blobs: CountingBlobs;
}

export const amd64: Platform = { os: "linux", architecture: "amd64" };

/** An image of some layers, whose bytes are no tars: nothing here looks into them. */
export function sampleImage(layers: readonly Buffer[], platform: Platform = amd64): SampleImage {
  const { config, manifest } = assembleImage({
    config: { rootfs: { type: "layers", diff_ids: layers.map((layer) => parseDiffId(digestOf(layer))) } },
    layers: layers.map((layer) => ({
      mediaType: mediaTypes.layer,
      digest: digestOf(layer),
      size: layer.length,
    })),
    platform,
  });
  const blobs = new CountingBlobs([...layers, config.bytes, manifest.bytes]);
  return { root: manifest.descriptor, manifest, config, layers, blobs };
}

/** An index of images, with all of their blobs. */
export function sampleIndex(images: readonly SampleImage[]): {
  readonly root: Descriptor;
  readonly index: StoredDocument;
  readonly blobs: CountingBlobs;
} {
  const index = assembleIndex(images.map(({ root }) => root));
  const all = images.flatMap(({ layers, config, manifest }) => [...layers, config.bytes, manifest.bytes]);
  return { root: index.descriptor, index, blobs: new CountingBlobs([...all, index.bytes]) };
}

/** Puts an image into a registry without asking it. */
export function hold(state: RegistryState, name: string, { layers, config, manifest }: SampleImage): void {
  for (const bytes of [...layers, config.bytes]) state.addBlob(name, bytes);
  state.addManifest(name, { mediaType: manifest.descriptor.mediaType, bytes: manifest.bytes }, "latest");
}

/** Blobs in memory, which know what was read of them. */
export class CountingBlobs implements BlobSource {
  readonly reads: Digest[] = [];
  readonly #bytes: ReadonlyMap<Digest, Buffer>;

  constructor(blobs: readonly Buffer[]) {
    this.#bytes = new Map(blobs.map((bytes) => [digestOf(bytes), bytes]));
  }

  async *read(digest: Digest): AsyncGenerator<Uint8Array> {
    this.reads.push(digest);
    const bytes = this.#bytes.get(digest);
    if (bytes === undefined) throw new Error(`the test has no blob ${digest}`);
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
  }
}

const CHUNK_BYTES = 100_000;
