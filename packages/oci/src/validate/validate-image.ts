import { layoutFileShape } from "../image/document-shapes.js";
import type { ImageSource } from "../image/image-source.js";
import { checkDockerArchive } from "./check-docker-archive.js";
import { checkDockerManifest } from "./check-docker-manifest.js";
import { checkDocument } from "./check-document.js";
import { checkRootIndex } from "./check-index.js";
import { compareDockerManifest } from "./compare-docker-manifest.js";
import { type Mismatch, mismatchLog } from "./mismatch.js";
import { defaultLimits, type ValidateLimits, type Validation } from "./validation.js";

/** How an image is validated. */
export interface ValidateOptions {
  readonly signal?: AbortSignal | undefined;
  /** What is beyond is listed as `layer.limit`; the default takes any layer that is in use. */
  readonly limits?: Partial<ValidateLimits> | undefined;
}

/** Recomputes all that an image states about itself and lists every mismatch; an empty list means a sound image.
 *
 * Checked are the form of all documents by the rules of the image-spec's JSON schemas, digests and sizes of all blobs,
 * diffIDs by decompressing, the tar of each layer, and that `manifest.json`, where there is one, agrees with
 * `index.json`. What is broken never ends the check; what cannot be checked is listed as `layer.unverified`.
 * Memory stays bounded whatever the image holds; each layer is read twice.
 * @throws what reading the source throws, and the signal's reason; never for what is wrong with the image
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/spec.md */
export async function validateImage(
  source: ImageSource,
  { signal, limits }: ValidateOptions = {},
): Promise<readonly Mismatch[]> {
  const log = mismatchLog();
  const validation: Validation = {
    source,
    log,
    signal,
    limits: { ...defaultLimits, ...limits },
    blobSizes: new Map(),
    layers: new Map(),
    images: new Map(),
  };
  for (const path of source.files.duplicates) {
    log.add({ path, rule: "file.duplicate", stated: "once", found: "several times" });
  }
  if (source.kind === "docker-archive") await checkDockerArchive(validation);
  else await checkLayout(validation);
  return log.all;
}

async function checkLayout(validation: Validation): Promise<void> {
  await checkDocument(validation, "oci-layout", layoutFileShape);
  const roots = await checkRootIndex(validation);
  if ((await validation.source.files.size("manifest.json")) === undefined) return;
  compareDockerManifest(validation, await checkDockerManifest(validation), roots);
}
