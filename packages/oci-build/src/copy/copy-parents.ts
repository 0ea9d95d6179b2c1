import { compilePatterns, resolvePath } from "@oci-build/snapshot";
import type { ChangeTree } from "./change-tree.js";
import { copyEntries } from "./copy-entries.js";
import { type CopyRequest, madeOwner } from "./copy-request.js";
import { missingSource } from "./missing-source.js";
import { cleanNames, hasWildcard, resolveWildcards } from "./resolve-wildcards.js";
import { joinPath } from "./tree-paths.js";

/** `COPY --parents`: what a pattern matches below the pivot (`pivot/./pattern`, else the root), with the directories
 * on the way to it. New directories take the source's metadata, existing ones its mode.
 *
 * Differs: a pivot with wildcards finds directories only; BuildKit copies the files that it finds, too.
 * @throws OciBuildError COPY_SOURCE_MISSING when the pivot, or a source without wildcards, does not exist */
export function copyWithParents(request: CopyRequest, source: string, tree: ChangeTree): void {
  const { snapshot } = request.source;
  const { pivot, pattern } = splitPivot(source);
  const pivots = resolveWildcards(request.source, pivot);
  if (pivots.kind === "path" && !hasWildcard(pattern))
    requireExisting(request, joinPath(pivot, pattern), source);
  const written = request.step.destination.replace(/^\/+|\/+$/g, "");
  const include = compilePatterns([pattern]);
  for (const path of pivots.paths) {
    const { path: from, entry } = resolvePath(snapshot, path, "follow-last");
    if (snapshot.list(from) === undefined) {
      if (pivots.kind === "wildcard" && entry !== undefined) continue;
      throw missingSource(request.source, path, source);
    }
    const to = tree.resolve(written);
    tree.makeDirectories(to, madeOwner(request));
    copyEntries(request, { from, to }, tree, { include });
  }
}

function requireExisting(request: CopyRequest, path: string, source: string): void {
  if (resolvePath(request.source.snapshot, path, "keep-last").entry !== undefined) return;
  throw missingSource(request.source, path, source);
}

function splitPivot(source: string): { pivot: string; pattern: string } {
  const at = source.indexOf("/./");
  const pivot = at < 0 ? "" : source.slice(0, at);
  const pattern = at < 0 ? source : source.slice(at + "/./".length);
  return { pivot: cleanNames(pivot).join("/"), pattern: cleanNames(pattern).join("/") };
}
