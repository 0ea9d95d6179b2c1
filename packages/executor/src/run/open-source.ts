import { realpathSync } from "node:fs";
import { systemErrorCode } from "@oci-build/oci";
import { resolvePath } from "@oci-build/snapshot";
import type { ExecMount, MountSource } from "../executor.js";
import { escapeField, lockedFlags, shownPart } from "./host-mounts.js";
import type { MountContext } from "./mount-context.js";
import type { MountParts } from "./mount-parts.js";
import { folderLookup, type Lookup, type MountedContent, partOfTree, pathOnHost } from "./mount-view.js";
import { mountInvalid } from "./stub-layer.js";

/** What a source is on the host's side, and what can be looked up in it. */
interface OpenedSource {
  readonly source: string;
  readonly options: readonly string[];
  readonly content: Lookup;
  readonly kept: MountedContent;
}

/** What a source is opened for. `target` is only named in messages. */
interface SourceUse {
  readonly writes: Extract<ExecMount, { kind: "bind" }>["writes"];
  readonly target: string;
  readonly parts: MountParts;
  readonly context: MountContext;
}

/** Mounts or copies a root, and gives a path in it.
 * @throws OciBuildError EXECUTOR_MOUNT_INVALID */
export async function openLayers(
  { root, path }: Extract<MountSource, { kind: "layers" }>,
  { writes, target, parts, context: { sources, links } }: SourceUse,
): Promise<OpenedSource> {
  const found = resolveSource(root.tree, path, target);
  let mounted: string;
  if (sources.kind === "copied") {
    mounted = await parts.copy((folder) => sources.copyTree(root.tree, folder));
  } else {
    const names = (await sources.folders(root)).map((folder) => links.name(folder)).reverse();
    mounted = parts.overlay(names, { tree: root.tree, writes, facts: sources.overlay });
  }
  return {
    source: pathOnHost(mounted, found),
    options: [],
    content: partOfTree(root.tree, found),
    kept: "fixed",
  };
}

/** Gives a path in a folder of the host, or in an overlay over it or a copy of it where its changes are thrown away.
 * @throws OciBuildError EXECUTOR_MOUNT_INVALID */
export async function openFolder(
  { folder, path }: Extract<MountSource, { kind: "folder" }>,
  use: SourceUse,
): Promise<OpenedSource> {
  const { writes, target, parts } = use;
  const { sources, mapping, look, hostMounts: readHostMounts } = use.context;
  const real = realFolder(folder, target);
  if (writes === "discarded" && sources.kind === "copied") {
    const copy = await parts.copy((into) => sources.copyFolder(real, into));
    const copied = folderLookup(copy, look);
    const within = resolveSource(copied, path, target);
    const content = partOfTree(copied, within);
    return { source: pathOnHost(copy, within), options: [], content, kept: "fixed" };
  }
  const tree = folderLookup(real, look);
  const found = resolveSource(tree, path, target);
  const content = partOfTree(tree, found);
  const source = pathOnHost(real, found);
  if (writes === "discarded")
    return { options: [], content, kept: "shared", source: discarded(real, found, { tree, ...use }) };
  const hostMounts = readHostMounts();
  // A copy of a mount in a user namespace keeps these, and a change that leaves them out is refused.
  const options = mapping === "root" ? [] : lockedFlags(hostMounts, source);
  const part = found === "" ? source : parts.bind(source, content, shownPart(hostMounts, source));
  return { source: part, options, content, kept: "shared" };
}

/** A part of an overlay over a folder. */
function discarded(
  folder: string,
  path: string,
  { tree, parts, context: { sources, links } }: SourceUse & { readonly tree: Lookup },
): string {
  if (sources.kind === "copied") throw new TypeError("there is no overlayfs here");
  const names = [links.name(folder)];
  const at = parts.overlay(names, { tree, writes: "discarded", facts: sources.overlay });
  if (path === "") return at;
  return parts.bind(pathOnHost(at, path), partOfTree(tree, path), {
    device: { at },
    path: escapeField(`/${path}`),
  });
}

function resolveSource(tree: Lookup, path: string, target: string): string {
  const found = resolvePath(tree, path, "follow-last");
  if (found.entry === undefined) throw mountInvalid(target, `its source has no ${JSON.stringify(path)}`);
  return found.path;
}

function realFolder(folder: string, target: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    throw mountInvalid(target, `its source ${JSON.stringify(folder)} is not there`);
  }
}
