import { type Digest, decodeManifest } from "@oci-build/oci";
import { parseReference } from "@oci-build/registry";
import type { BaseImage } from "../base/base-image.js";
import { toBaseImage } from "../base/to-base-image.js";
import { buildError } from "../errors.js";
import { BASE_DIGEST, BASE_NAME } from "../image/base-annotations.js";
import type { ImageAccess } from "./image-access.js";
import { type ImageParts, withoutReading } from "./image-content.js";
import { type ImageDestination, parseDestination } from "./image-destination.js";
import { ImageSession } from "./image-session.js";
import type { OpenedImage } from "./opened-image.js";
import { type PutImage, putImage } from "./put-image.js";
import { rebaseDocuments } from "./rebase-documents.js";

/** What an image is rebased from and to. */
export interface RebaseImageOptions extends ImageAccess {
  /** The image that it was built on. Default: what its annotations `org.opencontainers.image.base.name` and `.digest` say. */
  readonly oldBase?: string | undefined;
  /** The image that it is to stand on. Default: what the name of the annotation stands for now. */
  readonly newBase?: string | undefined;
  /** Where the result goes, in the words of `copyImage`; at least one. */
  readonly destinations: readonly string[];
  /** `os/architecture[/variant]`. Default: linux on this machine's architecture. */
  readonly platform?: string | undefined;
}

/** An image on its new base. */
export interface RebasedImage {
  /** Of the manifest. */
  readonly digest: Digest;
  readonly oldBase: string;
  readonly newBase: string;
  /** How many layers are the image's own, and kept their bytes. */
  readonly layersKept: number;
  readonly outputs: readonly PutImage[];
}

/** Puts an image's own layers on another base, without a rebuild: no layer is made, read or changed but to copy it. What
 * the config inherited from the old base is inherited from the new one, and what the image set itself stays.
 *
 * Whether the result works is for the caller to know: what the layers were built with is not there any more. Equal images
 * give an equal result.
 * @throws OciBuildError IMAGE_BASE_MISMATCH, OPTION_INVALID, and as `openImage` and `copyImage` */
export async function rebaseImage(name: string, options: RebaseImageOptions): Promise<RebasedImage> {
  const targets = options.destinations.map((text) => parseDestination(text, "store"));
  await using session = new ImageSession(options);
  return await rebaseWithin(session, { ...options, name, targets });
}

/** A rebase within a session. */
export interface SessionRebase extends Pick<RebaseImageOptions, "newBase" | "oldBase" | "platform"> {
  readonly name: string;
  readonly targets: readonly ImageDestination[];
}

/** As `rebaseImage`, with a session that is open. */
export async function rebaseWithin(session: ImageSession, request: SessionRebase): Promise<RebasedImage> {
  const { name, targets } = request;
  if (targets.length === 0) {
    throw missing("--tag", "a rebased image needs a name or a place", "Write --tag NAME or --output PLACE.");
  }
  const platform = session.platform(request.platform);
  await using opened = await session.open(name);
  const found = await opened.forPlatform(platform);
  const image = toBaseImage(found);
  const { annotations = {} } = decodeManifest(found.manifest.bytes);
  const names = baseNames(request, annotations);
  await using openedOld = await session.open(names.oldBase);
  await using openedNew = await session.open(names.newBase);
  const oldBase = toBaseImage(await openedOld.forPlatform(image.platform));
  const newBase = toBaseImage(await openedNew.forPlatform(image.platform));
  const { config, manifest } = rebaseDocuments({
    ...{ image, oldBase, newBase, annotations },
    newBaseName: nameOf(openedNew),
  });
  const own = image.layers.slice(oldBase.layers.length);
  const layers = [...newBase.layers, ...own].map(({ descriptor }) => descriptor);
  const given = targets.flatMap((target) => (target.kind === "store" ? [target.name] : []));
  const parts: ImageParts = {
    root: manifest.descriptor,
    documents: [manifest],
    blobs: [config.descriptor, ...new Map(layers.map((layer) => [layer.digest, layer])).values()],
    source: withoutReading([config, manifest], layersOf(newBase, image)),
    repositories: [newBase, image].flatMap(({ mountFrom }) => mountFrom ?? []),
    names: given.length > 0 ? given : opened.names,
  };
  const outputs: PutImage[] = [];
  for (const target of targets) outputs.push(await putImage(parts, target, { session }));
  const { digest } = manifest.descriptor;
  return {
    ...{ digest, oldBase: oldBase.reference, newBase: newBase.reference },
    ...{ layersKept: own.length, outputs },
  };
}

function nameOf({ origin, reference }: OpenedImage): string | undefined {
  return origin === "file" || reference.startsWith("sha256:") ? undefined : reference;
}

/** @throws OciBuildError OPTION_INVALID when neither the caller nor the image names them; REGISTRY_REFERENCE_INVALID */
function baseNames(
  { oldBase, newBase }: SessionRebase,
  annotations: Readonly<Record<string, string>>,
): { readonly oldBase: string; readonly newBase: string } {
  if (oldBase !== undefined && newBase !== undefined) return { oldBase, newBase };
  const name = annotations[BASE_NAME];
  const digest = annotations[BASE_DIGEST];
  // What an image says is the name of an image, and no path of this machine.
  const tag = name === undefined ? undefined : parseReference(name).tag;
  const pinned = name === undefined || digest === undefined ? undefined : `${name}@${digest}`;
  const old = oldBase ?? pinned;
  if (old === undefined) {
    throw missing("--old-base", UNTOLD, "Name the base with --old-base, best by its digest.");
  }
  // Of a base that was pinned without a tag, the name alone would mean another one.
  const now = newBase ?? (tag === undefined ? undefined : name);
  if (now !== undefined) return { oldBase: old, newBase: now };
  const problem = name === undefined ? UNTOLD : `the image was built on ${name}, which has no tag`;
  throw missing("--new-base", problem, "Name the base to stand on with --new-base.");
}

const UNTOLD = "the image does not say what it was built on";

function layersOf(newBase: BaseImage, image: BaseImage): ImageParts["source"] {
  const isBelow = new Set(newBase.layers.map(({ descriptor }) => descriptor.digest));
  return {
    read: (digest, range, options) =>
      (isBelow.has(digest) ? newBase : image).blobs.read(digest, range, options),
  };
}

function missing(option: string, problem: string, hint: string): Error {
  return buildError("OPTION_INVALID", {
    message: `${option}: ${problem}`,
    data: { option, value: "" },
    hint,
  });
}
