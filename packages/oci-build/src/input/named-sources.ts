import { findContext, type NamedContexts } from "../base/named-context.js";
import type { CopySource } from "../copy/copy-request.js";
import { type ContextScan, contextSource } from "./context-source.js";
import { readContextIgnoreFile } from "./read-ignore-file.js";

/** What scanning named contexts has in common; `index` is what their own ignore files are to be added to. */
export interface NamedScan extends Pick<ContextScan, "written" | "emit" | "signal"> {
  readonly index: Omit<NonNullable<ContextScan["index"]>, "ignoreText">;
}

/** The folders of named contexts as trees, by name, each scanned when it is first asked for. Each has an ignore file of
 * its own, which no Dockerfile replaces. */
export function namedSources(
  contexts: NamedContexts,
  { index, ...scan }: NamedScan,
): (name: string) => Promise<CopySource> {
  const sources = new Map<string, () => Promise<CopySource>>();
  return (name) => {
    const context = findContext(contexts, name);
    if (context?.kind !== "folder") throw new TypeError(`no folder has the name ${name}`);
    const { folder } = context;
    const known = sources.get(folder.root);
    if (known !== undefined) return known();
    const ignore = readContextIgnoreFile(folder);
    const ownIndex = { ...index, ignoreText: ignore?.text };
    const source = contextSource({ ...scan, folder, ignore: ignore?.matcher, index: ownIndex });
    sources.set(folder.root, source);
    return source();
  };
}
