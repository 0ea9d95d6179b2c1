import { shellQuote } from "./shell-quote.js";

/** Shell lines around what is made in a root that others may be changing; `$m` is mount(8). */
export interface LinkGuard {
  readonly begin: string;
  readonly end: string;
}

/** Between `begin` and `end`, no link of the root that is mounted at `root` leads anywhere. `flags` are those of its mount.
 *
 * Needs Linux 5.10; older ones follow links as ever. */
export function linkGuard(root: string, flags: readonly string[]): LinkGuard {
  const remount = (more: readonly string[]): string =>
    `"$m" -n -c -o ${["remount", "bind", ...flags, ...more].join(",")} ${shellQuote(root)}`;
  return { begin: remount(["nosymfollow"]), end: remount([]) };
}
