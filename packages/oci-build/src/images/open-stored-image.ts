import type { Cache } from "@oci-build/cache";
import { type Descriptor, type Digest, digestHex, MANIFEST_MAX_BYTES, readBlob } from "@oci-build/oci";
import { familiarName, formatReference, parseReference, type Reference } from "@oci-build/registry";
import { describeDocument } from "../base/document-in-store.js";
import { documentsIn } from "../base/find-manifest.js";
import { buildError } from "../errors.js";
import { withTag } from "./image-location.js";
import { type OpenedImage, openedImage } from "./opened-image.js";
import { imageConfigs } from "./stored-configs.js";

/** The annotation under which an image of the store has its full name. */
const NAME = "org.opencontainers.image.ref.name";

type Store = Pick<Cache, "blobs" | "images">;

/** The full name of an image of the store; undefined for one that another tool put there. */
export function storedName(image: Descriptor): string | undefined {
  return image.annotations?.[NAME];
}

/** Opens the image that has a name in the local store, or undefined. By digest it need not have a name any more.
 * @throws OciBuildError CACHE_BLOB_MISSING, CACHE_BLOB_CORRUPT when the store has lost it */
export async function openStoredImage(reference: Reference, store: Store): Promise<OpenedImage | undefined> {
  const images = await store.images();
  const named = withTag(reference);
  const { digest } = named;
  const full = formatReference(named);
  const sameName = images.find((image) => storedName(image) === full);
  if (sameName !== undefined || digest === undefined) {
    return sameName && opened(full, sameName, { images, store });
  }
  const sameDigest = images.find((image) => image.digest === digest);
  const found = sameDigest ?? (await describeDocument(store.blobs, digest));
  return found && opened(full, found, { images, store });
}

/** Opens the image whose ID begins with some hex digits, or undefined.
 * @throws OciBuildError IMAGE_AMBIGUOUS when several do */
export async function openStoredId(text: string, store: Store): Promise<OpenedImage | undefined> {
  const images = await store.images();
  const prefix = text.replace(/^sha256:/, "");
  const byRoot = new Map<Digest, Descriptor>();
  for (const image of images) {
    const ids = [image.digest, ...(await imageConfigs(image, store.blobs))];
    if (ids.some((id) => digestHex(id).startsWith(prefix))) byRoot.set(image.digest, image);
  }
  const [found, ...others] = byRoot.values();
  if (found === undefined) return undefined;
  if (others.length === 0) return opened(storedName(found) ?? found.digest, found, { images, store });
  const names = [found, ...others].map((image) => shortName(image));
  throw buildError("IMAGE_AMBIGUOUS", {
    message: `several images have an ID that begins with ${text}: ${names.join(", ")}`,
    data: { id: text, names },
    hint: "Write more of the ID, or the name.",
  });
}

async function opened(
  reference: string,
  descriptor: Descriptor,
  { images, store }: { readonly images: readonly Descriptor[]; readonly store: Store },
): Promise<OpenedImage> {
  const { blobs } = store;
  const bytes = await readBlob(blobs, descriptor, MANIFEST_MAX_BYTES);
  const same = images.filter(({ digest }) => digest === descriptor.digest);
  return openedImage({
    reference,
    origin: "store",
    root: { descriptor, bytes },
    // What was pulled by digest has a name without a tag, which is of no use elsewhere.
    names: same.flatMap((image) => storedName(image) ?? []).filter((name) => !name.includes("@")),
    blobs,
    read: documentsIn(blobs),
    repository: undefined,
  });
}

function shortName(image: Descriptor): string {
  const name = storedName(image);
  return name === undefined ? image.digest : familiarName(parseReference(name));
}
