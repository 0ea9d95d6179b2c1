import type { OverlayFacts } from "./host-facts.js";

/** How every overlay is mounted, beside its directories. A copied-up file carries its data, and a renamed directory its
 * files, so that the upper directory is all that changed. No redirection is followed either: a lower layer's bytes are
 * not ours (and `off` would still follow where the kernel is told to, which `userxattr` does not go with). */
const COMMON = ["redirect_dir=nofollow", "metacopy=off", "index=off"] as const;

/** The options of overlayfs for all that is mounted here, without its directories. `volatile` spares the flush of what
 * is packed into a layer at once.
 * @see https://docs.kernel.org/filesystems/overlayfs.html */
export function overlayOptions({ xattrs, volatile }: OverlayFacts): readonly string[] {
  return [
    ...COMMON,
    ...(xattrs === "user" ? ["userxattr"] : []),
    ...(volatile === "taken" ? ["volatile"] : []),
  ];
}
