import { stat } from "node:fs/promises";
import path from "node:path";
import {
  type BlobSource,
  type Descriptor,
  type ImageContent,
  type ImageRoot,
  type ImageSource,
  kindOfMediaType,
  openImageLayout,
  writeImageArchive,
  writeImageLayout,
} from "@oci-build/oci";
import { buildError } from "../errors.js";
import { outputError } from "../output/output-error.js";
import { writeWholeFile } from "../output/write-whole-file.js";
import type { ImageParts } from "./image-content.js";
import type { ImageDestination } from "./image-destination.js";

const REF_NAME = "org.opencontainers.image.ref.name";
const FULL_NAME = "io.containerd.image.name";

type FileDestination = Extract<ImageDestination, { kind: "file" }>;

/** Writes an image to a file, which is replaced, or adds it to a layout in a folder, where it takes the name that it is
 * given from whichever image had it. Whole or untouched. Gives the bytes of what there is then.
 * @throws OciBuildError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL, OCI_LAYOUT_OCCUPIED, IMAGE_LOCATION_INVALID */
export async function writeImageFile(
  parts: ImageParts,
  destination: FileDestination,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { form, path: place } = destination;
  if (form === "docker" && kindOfMediaType(parts.root.mediaType) === "index") throw severalPlatforms(place);
  const root = namedRoot(parts, destination);
  const file = path.resolve(place);
  if (form === "layout") return addToLayout({ roots: [root], blobs: parts.source }, file, signal);
  return writeWholeFile(file, async (handle) => {
    const content = { roots: [root], blobs: parts.source };
    const written = await writeImageArchive(content, (chunk) => handle.writeFile(chunk), { signal });
    return written.size;
  });
}

function namedRoot({ root, names }: ImageParts, { name, tag }: FileDestination): ImageRoot {
  if (tag !== undefined) return { descriptor: { ...root, annotations: { [REF_NAME]: tag } }, names: [] };
  return { descriptor: root, names: name === undefined ? names : [name] };
}

async function addToLayout(
  content: ImageContent,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  try {
    if (!(await isFile(path.join(folder, "index.json")))) {
      return (await writeImageLayout(content, folder, { signal })).size;
    }
    await using existing = await openImageLayout(folder);
    const merged = await mergedContent(existing, content);
    return (await writeImageLayout(merged, folder, { signal })).size;
  } catch (error) {
    throw outputError(error, folder);
  }
}

async function mergedContent(existing: ImageSource, { roots, blobs }: ImageContent): Promise<ImageContent> {
  const { manifests } = await existing.index();
  const kept = manifests.filter((image) => !roots.some((root) => takesPlaceOf(root, image)));
  const others = kept.map((descriptor): ImageRoot => {
    const name = descriptor.annotations?.[FULL_NAME];
    return { descriptor, names: name === undefined ? [] : [name] };
  });
  return { roots: [...others, ...roots], blobs: firstWith(existing, blobs) };
}

/** An image without a name is there once. */
function takesPlaceOf({ descriptor, names }: ImageRoot, other: Descriptor): boolean {
  const full = other.annotations?.[FULL_NAME];
  if (full !== undefined) return names.includes(full);
  const tag = other.annotations?.[REF_NAME];
  if (tag !== undefined) return descriptor.annotations?.[REF_NAME] === tag;
  return descriptor.digest === other.digest;
}

function firstWith(existing: ImageSource, added: BlobSource): BlobSource {
  return {
    async *read(digest) {
      const isThere = (await existing.size(digest)) !== undefined;
      yield* (isThere ? existing : added).read(digest);
    },
  };
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return false;
    throw error;
  }
}

function severalPlatforms(location: string): Error {
  const problem = "an archive for docker load holds one platform";
  return buildError("IMAGE_LOCATION_INVALID", {
    message: `${location}: ${problem}`,
    data: { location, problem },
    hint: "Leave --all out, or write oci-archive:FILE.",
  });
}
