import { stat } from "node:fs/promises";
import {
  type Descriptor,
  type ImageIndex,
  type ImageSource,
  isOciBuildError,
  MANIFEST_MAX_BYTES,
  openImageArchive,
  openImageLayout,
  readBlob,
} from "@oci-build/oci";
import { formatReference, parseReference } from "@oci-build/registry";
import { describeDocument } from "../base/document-in-store.js";
import { documentsIn } from "../base/find-manifest.js";
import { formatLocation, type ImageLocation, targetDigest, withTag } from "./image-location.js";
import { missingImage } from "./missing-image.js";
import { type OpenedImage, openedImage } from "./opened-image.js";

/** The annotations under which an entry of `index.json` has its name. */
const REF_NAME = "org.opencontainers.image.ref.name";
const FULL_NAME = "io.containerd.image.name";

const NAMES_TOLD_MAX = 10;

export type FileLocation = Extract<ImageLocation, { kind: "file" }>;

/** Opens an image of a layout or an archive.
 * @throws OciBuildError IMAGE_MISSING, OCI_ARCHIVE_UNREADABLE, OCI_ARCHIVE_INVALID and those of documents */
export async function openFileImage(location: FileLocation): Promise<OpenedImage> {
  const source = await openImageFile(location);
  try {
    const index = await source.index();
    const descriptor = await findRoot(source, index, location);
    const root = { descriptor, bytes: await readBlob(source, descriptor, MANIFEST_MAX_BYTES) };
    return openedImage({
      reference: formatLocation(location),
      origin: "file",
      root,
      names: namesOf(index, descriptor),
      blobs: source,
      read: documentsIn(source),
      repository: undefined,
      close: () => source.close(),
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Opens a layout or an archive, whichever lies there; the caller closes it. */
export async function openImageFile({ path }: Pick<FileLocation, "path">): Promise<ImageSource> {
  return (await isFolder(path)) ? openImageLayout(path) : openImageArchive(path);
}

/** The image of an index that a file's target names.
 * @throws OciBuildError IMAGE_MISSING */
async function findRoot(
  source: ImageSource,
  index: ImageIndex,
  { path, target }: Pick<FileLocation, "path" | "target">,
): Promise<Descriptor> {
  const digest = targetDigest(target);
  const found =
    digest === undefined
      ? listedImage(index, target)
      : (index.manifests.find((image) => image.digest === digest) ??
        (await describeDocument(source, digest)));
  if (found !== undefined) return found;
  throw missingImage(`${path}${target === undefined ? "" : `:${target}`}`, {
    problem: target === undefined ? "it holds several images, or none" : "it holds no image of that name",
    available: [...new Set(index.manifests.map(toldName))].slice(0, NAMES_TOLD_MAX),
  });
}

function listedImage({ manifests }: ImageIndex, target: string | undefined): Descriptor | undefined {
  if (target === undefined) {
    const digests = new Set(manifests.map(({ digest }) => digest));
    return digests.size === 1 ? manifests[0] : manifests.find((image) => isNamed(image, "latest"));
  }
  return manifests.find((image) => isNamed(image, target));
}

/** A name is a tag alone, as the image-spec has it, or the whole name, as Docker's users or containerd say it. */
function isNamed({ annotations }: Descriptor, wanted: string): boolean {
  const full = annotations?.[FULL_NAME];
  if (annotations?.[REF_NAME] === wanted || full === wanted) return true;
  if (full === undefined) return false;
  return full.endsWith(`:${wanted}`) || full === fullName(wanted);
}

function fullName(text: string): string | undefined {
  try {
    return formatReference(withTag(parseReference(text)));
  } catch (error) {
    if (isOciBuildError(error, "REGISTRY_REFERENCE_INVALID")) return undefined;
    throw error;
  }
}

function namesOf({ manifests }: ImageIndex, { digest }: Descriptor): readonly string[] {
  const same = manifests.filter((image) => image.digest === digest);
  return [...new Set(same.flatMap(({ annotations }) => annotations?.[FULL_NAME] ?? []))];
}

function toldName({ annotations, digest }: Descriptor): string {
  return annotations?.[FULL_NAME] ?? annotations?.[REF_NAME] ?? digest;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    // Opening it as a file tells what is wrong with it.
    if (error instanceof Error && "syscall" in error) return false;
    throw error;
  }
}
