import { applyChmod } from "@oci-build/dockerfile";
import type { Entry } from "@oci-build/oci";
import type { PatternMatcher, Placement } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { Change } from "./change.js";
import type { ChangeTree } from "./change-tree.js";
import type { EntrySource } from "./copy-request.js";
import { placedEntry } from "./graft-changes.js";
import { joinPath } from "./tree-paths.js";

/** A place in the source tree and where it goes; both without links on the way. */
export interface Copied {
  readonly from: string;
  readonly to: string;
}

/** What of a tree is copied: paths relative to its top. Without `include`, everything. */
interface Selection {
  readonly include: PatternMatcher | undefined;
}

/** A directory on the way to an entry. `isPlaced` once it stands at the destination as it should. */
interface Way extends Copied {
  readonly above: Way | undefined;
  isPlaced: boolean;
}

/** Copies one entry that is no directory, or what is in a directory. The directory itself exists at the destination
 * and keeps its metadata; directories inside it take the source's.
 * @throws OciBuildError COPY_DESTINATION_CONFLICT, COPY_RESERVED_NAME, COPY_SOURCE_UNSUPPORTED, BUILD_ABORTED */
export function copyEntries(
  request: EntrySource,
  { from, to }: Copied,
  tree: ChangeTree,
  selection: Selection = { include: undefined },
): void {
  const entry = request.source.snapshot.get(from);
  if (entry !== undefined && entry.type !== "directory") {
    tree.put(copiedEntry(request, entry, to));
    return;
  }
  // A conflict of the destination itself shows here, before its first entry.
  tree.makeDirectories(to, { uid: 0, gid: 0 });
  const copying = { request, tree, ...selection };
  copyContents(copying, { from, to, above: undefined, isPlaced: true }, "");
}

interface Copying extends Selection {
  readonly request: EntrySource;
  readonly tree: ChangeTree;
}

function copyContents(copying: Copying, way: Way, inside: string): void {
  const { request, tree, include } = copying;
  const { exclude, signal, source } = request;
  signal?.throwIfAborted();
  if (graftContents(copying, way)) return;
  for (const name of source.snapshot.list(way.from) ?? []) {
    const from = joinPath(way.from, name);
    const to = joinPath(way.to, name);
    const relative = joinPath(inside, name);
    const entry = source.snapshot.get(from);
    if (entry === undefined) continue;
    const isExcluded = exclude?.matches(relative) === true;
    const isSelected = !isExcluded && include?.matches(relative) !== false;
    if (isSelected) {
      placeWay(copying, way);
      tree.put(copiedEntry(request, entry, to));
    }
    if (entry.type !== "directory") continue;
    if (isExcluded && !exclude.couldReincludeBelow(relative)) continue;
    copyContents(copying, { from, to, above: way, isPlaced: isSelected }, relative);
  }
}

/** Copies a directory's content at once, where nothing of it needs a decision of its own. */
function graftContents({ request, tree, include }: Copying, { from, to, isPlaced }: Way): boolean {
  if (!isPlaced || include !== undefined || request.exclude !== undefined) return false;
  const { snapshot } = request.source;
  const subtree = snapshot.subtree?.(from);
  if (subtree === undefined || !tree.isEmptyBelow(to)) return false;
  const survey = subtree.survey();
  if (!survey.isPlain) return false;
  if (survey.entries > 0) {
    const placement = { path: to, ...attributesOf(request) };
    tree.graft({ snapshot, subtree, placement, survey });
  }
  return true;
}

/** Makes the directories, without what is in them, on the way to a selected entry. Those that exist keep all but their
 * mode, as in BuildKit. */
function placeWay(copying: Copying, way: Way): void {
  if (way.isPlaced) return;
  if (way.above !== undefined) placeWay(copying, way.above);
  const { request, tree } = copying;
  const entry = request.source.snapshot.get(way.from);
  if (entry !== undefined) tree.putDirectory(copiedEntry(request, entry, way.to), entry.mode);
  way.isPlaced = true;
}

/** A source entry as the step writes it: new path, `--chown`, `--chmod`. */
function copiedEntry(request: EntrySource, entry: Entry, path: string): Change {
  if (request.source.kind === "context" && isDevice(entry)) throw unsupported(entry);
  const { source } = request;
  const origin = entry.type === "file" ? { snapshot: source.snapshot, path: entry.path } : undefined;
  const mtime = source.kind === "inline" ? "record" : "source";
  return { entry: placedEntry(entry, path, attributesOf(request)), mtime, origin };
}

/** What `--chown` and `--chmod` make of an entry. */
function attributesOf({ owner, chmod }: EntrySource): Pick<Placement, "owner" | "modeOf"> {
  const modeOf: Placement["modeOf"] =
    chmod === undefined ? undefined : (mode, type) => applyChmod(mode, type, chmod);
  return { owner, modeOf };
}

function isDevice(entry: Entry): boolean {
  return entry.type === "character-device" || entry.type === "block-device";
}

function unsupported(entry: Entry): Error {
  return buildError("COPY_SOURCE_UNSUPPORTED", {
    message: `the build context holds a device: ${entry.path}`,
    data: { path: entry.path, type: entry.type },
    hint: "Leave it out with .dockerignore.",
  });
}
