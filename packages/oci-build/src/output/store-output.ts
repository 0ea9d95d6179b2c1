import type { Cache } from "@oci-build/cache";
import { type BlobSource, type Descriptor, decodeManifest, sizedBlob, withDocuments } from "@oci-build/oci";
import { inParallel } from "../base/in-parallel.js";
import { keepingBlob } from "../base/keeping-blob.js";
import type { BuiltOutput } from "../options/build-options.js";
import type { OutputImage } from "./output-image.js";
import { tellOutput } from "./tell-output.js";
import type { ResultContext } from "./write-result.js";

/** How many layers of a base are fetched at once. */
const FETCHES_AT_ONCE = 4;

const NAME = "org.opencontainers.image.ref.name";

/** What storing an image needs. */
export interface StoreContext extends Pick<ResultContext, "emit" | "signal"> {
  readonly cache: Pick<Cache, "blobs" | "images" | "tagImage">;
}

/** Keeps an image in the local store: all of its blobs, those of its base too, then its names. */
export async function storeOutput(
  names: readonly string[],
  image: OutputImage,
  context: StoreContext,
): Promise<BuiltOutput> {
  const label = { action: "store", destination: names.join(", ") } as const;
  const { outcome } = await tellOutput(label, context.emit, async () => {
    const size = await storeBlobs(image, context);
    const isNamed = await nameAll(names, image.image.manifest.descriptor, context);
    return { size, outcome: size === 0 && isNamed === "already" ? "unchanged" : "written" } as const;
  });
  return { kind: "store", names, outcome };
}

/** Gives the bytes that the store did not have. */
async function storeBlobs({ image, layers }: OutputImage, context: StoreContext): Promise<number> {
  const { config, manifest } = image;
  const source = withDocuments([config, manifest], layers.passed);
  const all = [...decodeManifest(manifest.bytes).layers, config.descriptor, manifest.descriptor];
  const sizes = await inParallel(unique(all), FETCHES_AT_ONCE, (blob) => storeBlob(blob, source, context));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function storeBlob(
  blob: Descriptor,
  source: BlobSource,
  { cache: { blobs }, signal }: StoreContext,
): Promise<number> {
  const { digest, size } = blob;
  if ((await blobs.size(digest)) === size) return 0;
  for await (const chunk of keepingBlob(sizedBlob(source.read(digest), blob), { blobs, digest, signal }))
    void chunk;
  return size;
}

async function nameAll(
  names: readonly string[],
  image: Descriptor,
  { cache }: StoreContext,
): Promise<"already" | "named"> {
  const known = await cache.images();
  const missing = names.filter(
    (name) =>
      !known.some(({ annotations, digest }) => annotations?.[NAME] === name && digest === image.digest),
  );
  for (const name of missing) await cache.tagImage(name, image);
  return missing.length === 0 ? "already" : "named";
}

function unique(blobs: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}
