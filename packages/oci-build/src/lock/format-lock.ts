import type { LockedImage, LockedImages } from "./locked-image.js";

/** The version of the format that this program reads and writes. */
export const LOCK_VERSION = 1;

/** The text of a lock file: TOML, one key a line, images in the given order and platforms by name, so that a change of one
 * image is a change of its lines alone, and two changes merge. `dockerfile` is the name of the file it belongs to. */
export function formatLock(images: readonly LockedImage[], dockerfile: string): string {
  const head = [
    `# The images of ${printable(dockerfile)}, pinned to digests by "oci-build lock". To be committed, not edited.`,
    `version = ${LOCK_VERSION}`,
  ];
  return `${[head, ...images.map(entryLines)].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Images by their references, in the order in which a lock file has them. */
export function inOrder(images: LockedImages): readonly LockedImage[] {
  return [...images.values()].sort((a, b) => byCodeUnits(a.reference, b.reference));
}

function entryLines({ reference, digest, mediaType, platforms }: LockedImage): readonly string[] {
  const sorted = Object.entries(platforms).sort(([a], [b]) => byCodeUnits(a, b));
  return [
    `[image."${reference}"]`,
    `digest = "${digest}"`,
    `media-type = "${mediaType}"`,
    ...sorted.map(([platform, manifest]) => `platform."${platform}" = "${manifest}"`),
  ];
}

/** A comment ends where the line does. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, "?");
}

/** The same order in every locale. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
