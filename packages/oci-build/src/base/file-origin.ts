import { stat } from "node:fs/promises";
import {
  type Descriptor,
  type Digest,
  type ImageIndex,
  type ImageSource,
  openImageArchive,
  openImageLayout,
  type Platform,
  parseDigest,
} from "@oci-build/oci";
import { buildError } from "../errors.js";
import { describeDocument } from "./document-in-store.js";
import { documentsIn, findManifest } from "./find-manifest.js";
import type { FoundImage, ImageOrigin } from "./image-origin.js";

/** The image of a file or folder that a context names. */
export interface FileImage {
  readonly kind: "oci-layout" | "oci-archive";
  readonly path: string;
  /** A tag, a full name or a digest; the only image when it is left out, or `latest`. */
  readonly target: string | undefined;
}

const REF_NAME = "org.opencontainers.image.ref.name";
const FULL_NAME = "io.containerd.image.name";

/** Images in a layout or an archive. Whoever made it closes it. */
export class FileOrigin implements ImageOrigin, AsyncDisposable {
  readonly #image: FileImage;
  #source: Promise<ImageSource> | undefined;

  constructor(image: FileImage) {
    this.#image = image;
  }

  async find(name: string, platform: Platform): Promise<FoundImage> {
    this.#source ??= openSource(this.#image);
    const source = await this.#source;
    const descriptor = await this.#descriptor(source, await source.index());
    const found = await findManifest(descriptor, { reference: name, read: documentsIn(source), platform });
    return { reference: name, ...found, blobs: source, distance: "near" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = this.#source === undefined ? [] : await Promise.allSettled([this.#source]);
    for (const source of opened) if (source.status === "fulfilled") await source.value.close();
  }

  async #descriptor(source: ImageSource, index: ImageIndex): Promise<Descriptor> {
    const { target, path } = this.#image;
    if (target?.startsWith("sha256:") === true)
      return byDigest(source, index, { digest: parseDigest(target), path });
    const wanted = target ?? "latest";
    const named = index.manifests.find((image) => isNamed(image, wanted));
    const [first, ...others] = index.manifests;
    // As buildx does: what has no such name is found where there is but one.
    const found = named ?? (others.length === 0 ? first : undefined);
    if (found !== undefined) return found;
    throw missing(path, wanted, index);
  }
}

async function openSource({ kind, path }: FileImage): Promise<ImageSource> {
  if (kind === "oci-archive") return openImageArchive(path);
  // A folder was asked for, but a tar of one is as clear.
  return (await isFile(path)) ? openImageArchive(path) : openImageLayout(path);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return false;
    throw error;
  }
}

/** A manifest may be there without being listed: one platform of an index, for example. */
async function byDigest(
  source: ImageSource,
  index: ImageIndex,
  { digest, path }: { readonly digest: Digest; readonly path: string },
): Promise<Descriptor> {
  const listed = index.manifests.find((image) => image.digest === digest);
  const found = listed ?? (await describeDocument(source, digest));
  if (found !== undefined) return found;
  throw missing(path, digest, index);
}

function isNamed({ annotations }: Descriptor, wanted: string): boolean {
  const full = annotations?.[FULL_NAME];
  return annotations?.[REF_NAME] === wanted || full === wanted || full?.endsWith(`:${wanted}`) === true;
}

function missing(path: string, wanted: string, { manifests }: ImageIndex): Error {
  const names = manifests.map(({ annotations, digest }) => annotations?.[REF_NAME] ?? digest);
  return buildError("BASE_IMAGE_MISSING", {
    message: `${path} holds no image named ${wanted}`,
    data: { reference: wanted, available: names.slice(0, NAMES_TOLD_MAX) },
    hint: names.length === 0 ? undefined : `It holds ${names.slice(0, NAMES_TOLD_MAX).join(", ")}.`,
  });
}

const NAMES_TOLD_MAX = 10;
