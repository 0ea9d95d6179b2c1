import type { Digest, Platform } from "@oci-build/oci";
import { familiarName, parseReference } from "@oci-build/registry";
import type { FoundImage, ImageOrigin } from "../base/image-origin.js";
import { buildError } from "../errors.js";
import { samePlatforms } from "./compare-locks.js";
import { findFirst, findPinned } from "./find-pinned.js";
import { imageEntry } from "./image-entry.js";
import { type LockedImage, lockedName } from "./locked-image.js";
import type { LockFile } from "./read-lock.js";

/** What pinning images needs. */
export interface LockedOriginContext {
  readonly lock: LockFile;
  /** Where images are looked for by their digests. */
  readonly origins: readonly ImageOrigin[];
  /** Asks the registry what a tag stands for now; undefined where nobody wants to know. */
  readonly tagDigest: ((reference: string) => Promise<Digest>) | undefined;
}

/** The images of a lock file, whatever their tags stand for by now. */
export class LockedOrigin implements ImageOrigin {
  readonly #context: LockedOriginContext;

  constructor(context: LockedOriginContext) {
    this.#context = context;
  }

  /** A name with a digest pins itself, and is not looked for in the lock file.
   * @throws OciBuildError LOCK_MISSING_ENTRY, LOCK_MISMATCH, LOCK_INVALID */
  async find(name: string, platform: Platform): Promise<FoundImage | undefined> {
    const { lock, origins } = this.#context;
    const reference = lockedName(name);
    if (reference === undefined) return findFirst(origins, name, platform);
    const entry = lock.images.get(reference);
    if (entry === undefined) throw missingEntry(reference, lock);
    await this.#checkTag(entry);
    const found = await findPinned(origins, entry, platform);
    if (found !== undefined && !samePlatforms(entry, imageEntry(reference, found))) {
      throw disagrees(entry, lock);
    }
    return found;
  }

  async #checkTag({ reference, digest }: LockedImage): Promise<void> {
    const { lock, tagDigest } = this.#context;
    const found = await tagDigest?.(reference);
    if (found !== undefined && found !== digest) throw moved({ reference, digest }, found, lock);
  }
}

function missingEntry(reference: string, { label }: LockFile): Error {
  return buildError("LOCK_MISSING_ENTRY", {
    message: `${label} does not pin ${reference}`,
    data: { path: label, reference },
    hint: "Run oci-build lock with the build arguments of this build, or build with --no-lock.",
  });
}

function moved(
  { reference, digest }: Pick<LockedImage, "digest" | "reference">,
  found: Digest,
  { label }: LockFile,
): Error {
  return buildError("LOCK_MISMATCH", {
    message: `${reference} is ${found} in the registry, and ${digest} in ${label}`,
    data: { path: label, reference, locked: digest, found },
    hint: `Run oci-build lock --update=${familiarName(parseReference(reference))}, or build without --pull.`,
  });
}

function disagrees({ reference, digest }: LockedImage, { label }: LockFile): Error {
  const problem = `the platforms of ${reference} are not those of ${digest}`;
  return buildError("LOCK_INVALID", {
    message: `${label}: ${problem}`,
    data: { path: label, line: undefined, problem },
    hint: "Run oci-build lock, which sets them right.",
  });
}
