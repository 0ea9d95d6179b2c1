import { resolvePath, type Snapshot } from "@oci-build/snapshot";
import { unpackArchive } from "./archive-source.js";
import type { ChangeSet } from "./change.js";
import { ChangeTree } from "./change-tree.js";
import { copyEntries } from "./copy-entries.js";
import { copyWithParents } from "./copy-parents.js";
import { type CopyRequest, madeOwner } from "./copy-request.js";
import { inlineSnapshot } from "./inline-snapshot.js";
import { missingSource } from "./missing-source.js";
import { cleanNames, resolveWildcards } from "./resolve-wildcards.js";
import { baseName, joinPath, parentPath } from "./tree-paths.js";

/** What a COPY or ADD writes onto a tree: selection, links, destination, owners and modes resolved as BuildKit does.
 * Reads no file's bytes but those of archives to be unpacked.
 * @throws OciBuildError COPY_*, ADD_*, PATTERN_INVALID, SNAPSHOT_LINK_LOOP */
export async function selectCopy(request: CopyRequest, parent: Snapshot): Promise<ChangeSet> {
  const tree = new ChangeTree(parent);
  for (const { path } of request.step.sources) {
    if (request.step.parents === "keep") copyWithParents(request, path, tree);
    else await copySource(request, path, tree);
  }
  for (const { name, content } of request.step.inlineFiles) {
    const path = cleanNames(name).join("/");
    const source = { kind: "inline", snapshot: inlineSnapshot({ name: path, content }) } as const;
    copyPath({ ...request, source, owner: madeOwner(request) }, { path, written: name }, tree);
  }
  return tree.changeSet();
}

async function copySource(request: CopyRequest, source: string, tree: ChangeTree): Promise<void> {
  const matches = resolveWildcards(request.source, source);
  for (const path of matches.paths) {
    if (matches.kind === "wildcard" && request.exclude?.matches(baseName(path))) continue;
    if (request.step.archives === "unpack" && (await unpackArchive(request, path, tree))) continue;
    copyPath(request, { path, written: source }, tree);
  }
}

/** A source's path, and how the Dockerfile has it. */
interface NamedPath {
  readonly path: string;
  readonly written: string;
}

/** Copies one existing path: a file to or into the destination, a directory's contents into it. */
function copyPath(request: CopyRequest, { path, written: named }: NamedPath, tree: ChangeTree): void {
  const { destination } = request.step;
  const owner = madeOwner(request);
  const source = resolvePath(request.source.snapshot, path, "follow-last");
  if (source.entry === undefined) throw missingSource(request.source, path, named);
  const written = destination.replace(/^\/+|\/+$/g, "");
  const ensured = destination.endsWith("/") ? written : parentPath(written);
  tree.makeDirectories(tree.resolve(ensured), owner);
  const target = tree.resolve(written);
  const existing = tree.get(target);
  if (source.entry.type === "directory") {
    if (existing === undefined) tree.makeDirectories(target, owner);
    copyEntries(request, { from: source.path, to: target }, tree);
    return;
  }
  const file = existing?.type === "directory" ? joinPath(target, baseName(path)) : target;
  tree.makeDirectories(parentPath(file), owner);
  copyEntries(request, { from: source.path, to: file }, tree);
}
