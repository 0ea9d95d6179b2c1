import { randomFillSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  assembleImage,
  digestOf,
  imageContent,
  mediaTypes,
  parseDiffId,
  writeImageLayout,
} from "../../packages/oci/dist/index.js";

const LAYERS = 5;

/** An image of so many bytes, in five layers that no compression makes smaller. They are gzip, since skopeo would
 * compress what is not. */
export async function makeLayout(folder, size) {
  const layers = Array.from({ length: LAYERS }, () => {
    const bytes = randomFillSync(Buffer.allocUnsafe(Math.floor(size / LAYERS)));
    return { diffId: parseDiffId(digestOf(bytes)), stored: gzipSync(bytes, { level: 0 }) };
  });
  const described = layers.map(({ stored }) => ({
    mediaType: mediaTypes.layerGzip,
    digest: digestOf(stored),
    size: stored.length,
  }));
  const image = assembleImage({
    config: { rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) } },
    layers: described,
    platform: { os: "linux", architecture: "amd64" },
  });
  const blobs = new Map(described.map(({ digest }, at) => [digest, layers[at].stored]));
  const source = {
    async *read(digest) {
      yield blobs.get(digest);
    },
  };
  const names = ["docker.io/library/app:latest"];
  await writeImageLayout(imageContent([{ ...image, names }], source), folder);
}
