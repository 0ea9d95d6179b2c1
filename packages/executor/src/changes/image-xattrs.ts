import type { Xattrs } from "@oci-build/oci";
import { isOverlayXattr } from "../unpack/overlay-xattrs.js";

/** The attributes of a file that belong to its image, of those that GNU tar tells; undefined when there are none.
 * Labels of the host's security modules do not; capabilities do. The tar has "%" and "=" of names escaped. */
export function imageXattrs(xattrs: Xattrs | undefined): Xattrs | undefined {
  if (xattrs === undefined) return undefined;
  const kept = [...xattrs].filter(([name]) => !isOverlayXattr(name) && !isHostLabel(name));
  if (kept.length === 0) return undefined;
  return new Map(kept.map(([name, value]) => [name.replaceAll("%3D", "=").replaceAll("%25", "%"), value]));
}

function isHostLabel(name: string): boolean {
  return name.startsWith("security.") && name !== "security.capability";
}
