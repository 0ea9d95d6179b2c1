/** Where overlayfs keeps its marks: see `OverlayFacts`. */
export type OverlayXattrs = "trusted" | "user";

const marks = ["trusted.overlay.", "user.overlay."];

/** Whether an extended attribute is overlayfs's own. In a layer it would hide or redirect what the layer has no right to,
 * so none is taken from an archive, and none goes into one. */
export function isOverlayXattr(name: string): boolean {
  return marks.some((mark) => name.startsWith(mark));
}

/** The attribute that hides what the layers below have in a directory; its value is `y`. */
export function opaqueXattr(xattrs: OverlayXattrs): string {
  return `${xattrs}.overlay.opaque`;
}
