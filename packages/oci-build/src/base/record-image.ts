import { type Cache, keyField, type StepKey, type StepRecord, stepKey } from "@oci-build/cache";
import type { StoredDocument } from "@oci-build/oci";
import { formatPlatform } from "../plan/global-args.js";
import { type BaseImage, pinnedName } from "./base-image.js";

/** The key of an image's record: all that it is follows from these. */
function imageRecordKey({ documents, platform }: Pick<BaseImage, "documents" | "platform">): StepKey {
  return stepKey([
    keyField("operation", "string", "base image"),
    keyField(
      "documents",
      "digest-list",
      documents.map(({ descriptor }) => descriptor.digest),
    ),
    keyField("platform", "string", formatPlatform(platform)),
  ]);
}

/** Keeps an image's documents in the store, and has it keep what it has of the layers, for as long as builds use the
 * image. */
export async function recordImage(
  image: BaseImage,
  cache: Pick<Cache, "blobs" | "lookUp" | "record">,
): Promise<StepRecord> {
  const key = imageRecordKey(image);
  const known = await cache.lookUp(key);
  if (image.distance === "far") for (const document of image.documents) await keepDocument(document, cache);
  return (
    known ??
    cache.record(key, {
      stepName: `FROM ${pinnedName(image)}`,
      image: {
        documents: image.documents.map(({ descriptor }) => descriptor.digest),
        layers: image.layers.map(({ descriptor, diffId }) => ({ digest: descriptor.digest, diffId })),
      },
    })
  );
}

async function keepDocument(
  { descriptor, bytes }: StoredDocument,
  { blobs }: Pick<Cache, "blobs">,
): Promise<void> {
  if ((await blobs.size(descriptor.digest)) === descriptor.size) return;
  const writer = await blobs.writer();
  try {
    await writer.write(bytes);
    await writer.commit(descriptor.digest);
  } finally {
    await writer.discard();
  }
}
