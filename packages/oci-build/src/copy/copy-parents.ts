import { compilePatterns, resolvePath } from "@oci-build/snapshot";
import { type ChangeTree, joinPath } from "./change-tree.js";
import { copiedEntry, putMissingDirectories } from "./copy-entries.js";
import { type CopyRequest, madeOwner } from "./copy-request.js";
import { missingSource } from "./missing-source.js";
import { cleanNames, hasWildcard } from "./resolve-wildcards.js";

/** `COPY --parents`: what a pattern matches below the pivot (`pivot/./pattern`, else the root), with the directories
 * on the way to it. Directories take the source's metadata.
 * @throws OciBuildError COPY_SOURCE_MISSING when a source without wildcards does not exist */
export function copyWithParents(request: CopyRequest, source: string, tree: ChangeTree): void {
  const { pivot, pattern } = splitPivot(source);
  const { snapshot } = request.source;
  const base = resolvePath(snapshot, pivot, "follow-last");
  if (!hasWildcard(pivot) && !hasWildcard(pattern)) requireExisting(request, joinPath(base.path, pattern));
  const written = request.step.destination.replace(/^\/+|\/+$/g, "");
  const target = tree.resolve(written);
  tree.makeDirectories(target, madeOwner(request));
  const include = compilePatterns([pattern]);
  visit("");

  function visit(inside: string): void {
    request.signal?.throwIfAborted();
    for (const name of snapshot.list(joinPath(base.path, inside)) ?? []) {
      const relative = joinPath(inside, name);
      const entry = snapshot.get(joinPath(base.path, relative));
      if (entry === undefined || request.exclude?.matches(relative)) continue;
      if (include.matches(relative)) {
        putMissingDirectories(
          request,
          { from: joinPath(base.path, inside), to: joinPath(target, inside) },
          tree,
        );
        tree.put(copiedEntry(request, entry, joinPath(target, relative)));
      }
      if (entry.type === "directory") visit(relative);
    }
  }
}

function requireExisting(request: CopyRequest, path: string): void {
  if (resolvePath(request.source.snapshot, path, "keep-last").entry !== undefined) return;
  throw missingSource(request.source, path);
}

function splitPivot(source: string): { pivot: string; pattern: string } {
  const at = source.indexOf("/./");
  const pivot = at < 0 ? "" : source.slice(0, at);
  const pattern = at < 0 ? source : source.slice(at + "/./".length);
  return { pivot: cleanNames(pivot).join("/"), pattern: cleanNames(pattern).join("/") };
}
