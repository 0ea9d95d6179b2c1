import { familiarName, parseReference } from "@oci-build/registry";
import type { LockChange } from "../../lock/compare-locks.js";
import type { LockReport } from "../../lock/lock-options.js";
import { safeText } from "../safe-text.js";

/** What `oci-build lock` tells: an entry that changed a line, then what became of the file. */
export function lockLines({ label, images, changes, outcome }: LockReport): readonly string[] {
  const count = images.length === 1 ? "1 image" : `${images.length} images`;
  const verdict = {
    written: `wrote ${label}: ${count}`,
    unchanged: images.length === 0 ? "there is no image to pin" : `${label} is up to date: ${count}`,
    outdated: `${label} is out of date`,
  };
  return [...changes.map(changeLine), safeText(verdict[outcome])];
}

function changeLine({ kind, reference, before, after }: LockChange): string {
  const name = familiarName(parseReference(reference));
  const digests = [before, after].filter((digest) => digest !== undefined);
  return `${kind.padEnd("changed".length)}  ${name}  ${[...new Set(digests)].join(" -> ")}`;
}
