import type { Xattrs } from "@oci-build/oci";
import { isOverlayXattr } from "./overlay-xattrs.js";

/** The attributes of a file as a tar for GNU tar has them: without overlayfs's own, which an archive has no right to, and
 * with "%" and "=" of names escaped. */
export function writableXattrs(xattrs: Xattrs | undefined): Xattrs | undefined {
  if (xattrs === undefined) return undefined;
  const kept = [...xattrs].filter(([name]) => !isOverlayXattr(name));
  return new Map(kept.map(([name, value]) => [name.replaceAll("%", "%25").replaceAll("=", "%3D"), value]));
}
