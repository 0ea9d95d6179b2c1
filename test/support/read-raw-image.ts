import {
  decodeManifest,
  type ImageManifest,
  MANIFEST_MAX_BYTES,
  openImageArchive,
  readBlob,
} from "@oci-build/oci";
import type { RawImage } from "./final-image.js";

/** The only image of an archive that we wrote. */
export async function readRawImage(file: string): Promise<RawImage> {
  const source = await openImageArchive(file);
  try {
    const [descriptor] = (await source.index()).manifests;
    if (descriptor === undefined) throw new Error(`${file} holds no image`);
    const manifest: ImageManifest = decodeManifest(await readBlob(source, descriptor, MANIFEST_MAX_BYTES));
    const blob = (of: ImageManifest["config"]): Promise<Buffer> => readBlob(source, of, of.size);
    return {
      config: JSON.parse((await blob(manifest.config)).toString("utf8")) as unknown,
      layers: await Promise.all(manifest.layers.map(blob)),
    };
  } finally {
    await source.close();
  }
}
