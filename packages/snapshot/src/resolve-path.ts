import type { Entry } from "@oci-build/oci";
import { snapshotError } from "./errors.js";
import type { Snapshot } from "./snapshot.js";

/** Where a path leads. `path` has no links in it but maybe its last name; `entry` is undefined when nothing is there. */
export interface ResolvedPath {
  readonly path: string;
  readonly entry: Entry | undefined;
}

/** Most links followed for one path: 255, as containerd does. */
const RESOLVE_MAX_LINKS = 255;

/** Resolves a path inside a tree as if its root were the root of a file system: absolute links start again at the
 * root, `..` stops at it, so no path leaves the tree. Names that do not exist are kept, and what lies below a file is
 * taken as missing. Empty and `.` components do not count, nor do slashes at the ends.
 * "keep-last" does not follow the last component when it is a link.
 * @throws OciBuildError SNAPSHOT_LINK_LOOP after 255 links
 * @see https://github.com/containerd/continuity/blob/v0.4.5/fs/path.go */
export function resolvePath(
  snapshot: Pick<Snapshot, "get">,
  path: string,
  last: "follow-last" | "keep-last",
): ResolvedPath {
  const pending = components(path).reverse();
  const resolved: string[] = [];
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === "..") {
      resolved.pop();
      continue;
    }
    resolved.push(name);
    if (last === "keep-last" && pending.length === 0) break;
    const entry = snapshot.get(resolved.join("/"));
    if (entry?.type !== "symlink") continue;
    if (++links > RESOLVE_MAX_LINKS) throw linkLoop(path);
    resolved.pop();
    if (entry.target.startsWith("/")) resolved.length = 0;
    pending.push(...components(entry.target).reverse());
  }
  const found = resolved.join("/");
  return { path: found, entry: snapshot.get(found) };
}

function components(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function linkLoop(path: string): Error {
  return snapshotError("SNAPSHOT_LINK_LOOP", {
    message: `path ${JSON.stringify(path)} leads through more than ${RESOLVE_MAX_LINKS} symbolic links`,
    data: { path, limit: RESOLVE_MAX_LINKS },
    hint: "Look for links that lead to themselves.",
  });
}
