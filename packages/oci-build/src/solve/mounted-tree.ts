import type { RootFileSystem, RootLayer } from "@oci-build/executor";
import type { ContentDigest, DiffId } from "@oci-build/oci";
import { writeLayer } from "@oci-build/oci";
import { resolvePath } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import { ChangeTree } from "../copy/change-tree.js";
import { copyEntries } from "../copy/copy-entries.js";
import type { CopySource } from "../copy/copy-request.js";
import { missingSource } from "../copy/missing-source.js";
import type { MountAttributes } from "../plan/run-step.js";
import { digestChanges } from "./digest-changes.js";
import { layerEntries } from "./layer-entries.js";
import type { LayerFiles } from "./layer-files.js";
import { StageRoot } from "./stage-root.js";

/** A part of a tree that a command is to see. */
export interface MountedTree {
  /** Where it lies in its tree, links followed, without a leading slash. */
  readonly path: string;
  /** What is to be seen, below the name `VIEW_NAME`, itself included. */
  readonly changes: ChangeSet;
}

/** What stands for a part of a tree while it is looked at alone. */
const VIEW_NAME = "mounted";

/** Where the mounted part lies in what `mountedView` makes, and in a folder that was filled with that. */
export const VIEW_PATH: string = `/${VIEW_NAME}`;

export interface MountedTreeContext {
  readonly layerFiles: LayerFiles;
  readonly signal: AbortSignal | undefined;
}

/** Finds what a mount shows. `written` is the source as the Dockerfile has it; `own` are attributes of the shown directory
 * that are not those of its tree.
 * @throws OciBuildError COPY_SOURCE_MISSING, SNAPSHOT_LINK_LOOP, COPY_RESERVED_NAME, COPY_SOURCE_UNSUPPORTED */
export function mountedTree(
  source: CopySource,
  written: string,
  { layerFiles, signal, own }: MountedTreeContext & { readonly own?: Partial<MountAttributes> },
): MountedTree {
  const { snapshot } = source;
  const { path, entry } = resolvePath(snapshot, written, "follow-last");
  if (entry === undefined) throw missingSource(source, path, written);
  const tree = new ChangeTree(StageRoot.empty(layerFiles).snapshot());
  if (entry.type === "directory") {
    tree.put({ entry: { ...entry, ...own, path: VIEW_NAME }, mtime: "source" });
  }
  const request = { source, owner: undefined, chmod: undefined, exclude: undefined, signal };
  copyEntries(request, { from: path, to: VIEW_NAME }, tree);
  return { path, changes: tree.changeSet() };
}

/** The content digest of what a mount shows, wherever it comes from. */
export function mountedContent({ changes }: MountedTree, signal?: AbortSignal): Promise<ContentDigest> {
  return digestChanges(changes, { signal });
}

/** A file system of one layer. */
export interface MountedView {
  readonly root: RootFileSystem;
  readonly layer: RootLayer;
}

/** A file system that holds what a mount shows and nothing else, as one layer that is made while it is read.
 * `VIEW_PATH` is where the mounted part lies in it. */
export async function mountedView(
  { changes }: MountedTree,
  { layerFiles, signal }: MountedTreeContext,
): Promise<MountedView> {
  const entries = () => layerEntries(changes, { createdSec: 0, digests: "known" });
  const write = (sink: (chunk: Uint8Array) => Promise<void>) =>
    writeLayer(entries(), sink, { compression: "none", signal });
  const { diffId } = await write(() => Promise.resolve());
  const tree = StageRoot.empty(layerFiles).withEntries(entries).snapshot();
  const layer = viewLayer(diffId, write);
  return { root: { layers: [layer], tree }, layer };
}

function viewLayer(
  diffId: DiffId,
  write: (sink: (chunk: Uint8Array) => Promise<void>) => Promise<unknown>,
): RootLayer {
  return { diffId, open: () => pulled(write) };
}

/** What a writer sends, for whoever asks. The writer waits until its chunk was taken. */
async function* pulled(
  write: (sink: (chunk: Uint8Array) => Promise<void>) => Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const writing = write((chunk) => writer.write(Uint8Array.from(chunk))).then(
    () => writer.close(),
    (error: unknown) => writer.abort(error),
  );
  // Whoever reads is told by the stream itself.
  const ended = writing.catch(() => undefined);
  try {
    yield* readable;
  } finally {
    await ended;
  }
}
