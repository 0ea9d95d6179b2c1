import { applyChmod } from "@oci-build/dockerfile";
import type { Entry } from "@oci-build/oci";
import { buildError } from "../errors.js";
import type { Change } from "./change.js";
import { baseName, type ChangeTree, joinPath, parentPath } from "./change-tree.js";
import type { CopyRequest } from "./copy-request.js";

const WHITEOUT_PREFIX = ".wh.";

/** A place in the source tree and where it goes; both without links on the way. */
export interface Copied {
  readonly from: string;
  readonly to: string;
}

/** Copies one entry that is no directory, or what is in a directory. The directory itself exists at the destination
 * and keeps its metadata; directories inside it take the source's.
 * @throws OciBuildError COPY_DESTINATION_CONFLICT, COPY_RESERVED_NAME, COPY_SOURCE_UNSUPPORTED, BUILD_ABORTED */
export function copyEntries(request: CopyRequest, { from, to }: Copied, tree: ChangeTree): void {
  const { snapshot } = request.source;
  const entry = snapshot.get(from);
  if (entry !== undefined && entry.type !== "directory") {
    tree.put(copiedEntry(request, entry, to));
    return;
  }
  // A conflict of the destination itself shows here, before its first entry.
  tree.makeDirectories(to, { uid: 0, gid: 0 });
  copyContents(request, { from, to }, tree, "");
}

function copyContents(request: CopyRequest, { from, to }: Copied, tree: ChangeTree, inside: string): void {
  request.signal?.throwIfAborted();
  const { exclude, source } = request;
  for (const name of source.snapshot.list(from) ?? []) {
    const path = joinPath(from, name);
    const relative = joinPath(inside, name);
    const entry = source.snapshot.get(path);
    if (entry === undefined) continue;
    const target = joinPath(to, name);
    const isExcluded = exclude?.matches(relative) === true;
    if (!isExcluded) {
      putMissingDirectories(request, { from, to }, tree);
      tree.put(copiedEntry(request, entry, target));
    }
    if (entry.type !== "directory") continue;
    if (isExcluded && !exclude.couldReincludeBelow(relative)) continue;
    copyContents(request, { from: path, to: target }, tree, relative);
  }
}

/** Copies the directories, without what is in them, that the destination lacks on the way to a selected entry. */
export function putMissingDirectories(request: CopyRequest, { from, to }: Copied, tree: ChangeTree): void {
  if (tree.get(to) !== undefined) return;
  putMissingDirectories(request, { from: parentPath(from), to: parentPath(to) }, tree);
  const entry = request.source.snapshot.get(from);
  if (entry !== undefined) tree.put(copiedEntry(request, entry, to));
}

/** A source entry as the step writes it: new path, `--chown`, `--chmod`. */
export function copiedEntry(request: CopyRequest, entry: Entry, path: string): Change {
  refuseReservedName(path);
  if (request.source.kind === "context" && isDevice(entry)) throw unsupported(entry);
  const { owner, chmod, source } = request;
  const mode =
    chmod === undefined || entry.type === "symlink"
      ? entry.mode
      : applyChmod(entry.mode, kindOf(entry), chmod);
  const written = { ...entry, path, mode, ...owner };
  const origin = entry.type === "file" ? { snapshot: source.snapshot, path: entry.path } : undefined;
  return { entry: written, mtime: source.kind === "inline" ? "record" : "source", origin };
}

function kindOf(entry: Entry): "directory" | "file" {
  return entry.type === "directory" ? "directory" : "file";
}

function isDevice(entry: Entry): boolean {
  return entry.type === "character-device" || entry.type === "block-device";
}

/** @throws OciBuildError COPY_RESERVED_NAME for names that would delete what lies below */
export function refuseReservedName(path: string): void {
  if (!baseName(path).startsWith(WHITEOUT_PREFIX)) return;
  throw buildError("COPY_RESERVED_NAME", {
    message: `names beginning with ${WHITEOUT_PREFIX} delete files of the layers below: /${path}`,
    data: { path: `/${path}` },
    hint: "Rename the file, or leave it out with .dockerignore.",
  });
}

function unsupported(entry: Entry): Error {
  return buildError("COPY_SOURCE_UNSUPPORTED", {
    message: `the build context holds a device: ${entry.path}`,
    data: { path: entry.path, type: entry.type },
    hint: "Leave it out with .dockerignore.",
  });
}
