import type { Digest } from "@oci-build/oci";
import type { LockedImage, LockedImages } from "./locked-image.js";

/** What is different between two lock files for one image. `changed` with equal digests: what the file says of the
 * platforms was not what the digest stands for. JSON-safe. */
export interface LockChange {
  readonly kind: "added" | "changed" | "removed";
  /** In full, with a tag. */
  readonly reference: string;
  readonly before?: Digest | undefined;
  readonly after?: Digest | undefined;
}

/** The differences in order of their references. */
export function compareLocks(before: LockedImages, after: LockedImages): readonly LockChange[] {
  const references = [...new Set([...before.keys(), ...after.keys()])].sort();
  return references.flatMap((reference): readonly LockChange[] => {
    const [old, now] = [before.get(reference), after.get(reference)];
    if (old !== undefined && now !== undefined && isSame(old, now)) return [];
    const kind = old === undefined ? "added" : now === undefined ? "removed" : "changed";
    return [{ kind, reference, before: old?.digest, after: now?.digest }];
  });
}

function isSame(a: LockedImage, b: LockedImage): boolean {
  return a.digest === b.digest && a.mediaType === b.mediaType && samePlatforms(a, b);
}

/** Whether two entries tell of the same manifests. */
export function samePlatforms(
  { platforms: a }: Pick<LockedImage, "platforms">,
  { platforms: b }: Pick<LockedImage, "platforms">,
): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
