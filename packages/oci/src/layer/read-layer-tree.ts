import { createHash } from "node:crypto";
import { type Digest, parseDiffId, parseDigest } from "../digest.js";
import { ociError } from "../errors.js";
import { cleanArchivePath } from "../tar/clean-archive-path.js";
import { readTar, type TarMember } from "../tar/read-tar.js";
import type { ReadTarOptions } from "../tar/tar-headers.js";
import { inTreeOrder } from "./in-tree-order.js";
import { treeEntryOf, treeFileOf } from "./layer-member.js";
import type { LayerTree, TreeEntry } from "./layer-tree.js";
import { readMarker } from "./whiteout-name.js";

/** The tree of a layer, from its uncompressed tar: every member with its path made relative to the root, deletions
 * recognised, files with their digests and where their bytes begin. Names of AUFS's own (`.wh..wh.…`) are left out, as all
 * tools do. `diffId` is of the whole source.
 *
 * Order is that of `compareTreePaths` where that changes nothing (see `inTreeOrder`), since such trees are stacked in a
 * fraction of the time. Else it is the tar's, and a path that the tar has twice is there twice: the later one holds.
 * @throws OciBuildError as `readTar`, and TAR_PATH_UNSAFE
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets */
export async function readLayerTree(
  source: AsyncIterable<Uint8Array>,
  options: ReadTarOptions = {},
): Promise<LayerTree> {
  const hash = createHash("sha256");
  const entries: TreeEntry[] = [];
  for await (const member of readTar(
    hashed(source, (chunk) => hash.update(chunk)),
    options,
  )) {
    const entry = await treeEntry(member);
    if (entry !== undefined) entries.push(entry);
  }
  return { diffId: parseDiffId(`sha256:${hash.digest("hex")}`), entries: inTreeOrder(entries) };
}

async function* hashed(
  source: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    take(chunk);
    yield chunk;
  }
}

async function treeEntry(member: TarMember): Promise<TreeEntry | undefined> {
  const path = cleanArchivePath(member.entry.path);
  const marker = readMarker(path);
  if (marker === "unsafe") throw unsafe(path);
  if (marker === "ignored") return undefined;
  if (marker !== undefined) return marker;
  const entry = { ...member.entry, path };
  if (entry.type === "hardlink") {
    return treeEntryOf({ ...entry, target: cleanArchivePath(entry.target) }, entry.mtimeSec);
  }
  if (entry.type !== "file") return treeEntryOf(entry, entry.mtimeSec);
  const { dataOffset } = member;
  return treeFileOf(entry, entry.mtimeSec, { digest: await digestOfBody(member), dataOffset });
}

async function digestOfBody({ body }: TarMember): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of body) hash.update(chunk);
  return parseDigest(`sha256:${hash.digest("hex")}`);
}

function unsafe(path: string): Error {
  return ociError("TAR_PATH_UNSAFE", {
    message: `${JSON.stringify(path)} deletes no file inside the layer`,
    data: { path },
  });
}
