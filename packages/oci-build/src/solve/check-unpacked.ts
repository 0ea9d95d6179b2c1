import { createHash } from "node:crypto";
import { join } from "node:path";
import type { UnpackedFolder } from "@oci-build/cache";
import type { HostFolders } from "@oci-build/executor";
import { type LayerEntry, type LayerFile, parseDigest, type TreeEntry, type TreeFile } from "@oci-build/oci";
import { type ContentEntry, digestedEntries, emptyFileTree } from "@oci-build/snapshot";
import { compareEntries } from "../explain/compare-entries.js";
import { describeChange } from "../explain/describe-files.js";
import type { FileChange } from "../explain/file-change.js";

type Folders = Pick<HostFolders, "read" | "space">;

/** Where an executor has a layer's files in the folder that it keeps of it. */
const FILES = "root";

const READ_BYTES = 256 * 1024;

/** Says what is wrong with the files of an unpacked layer, as its tree has them; undefined for a sound one, and for one
 * that cannot be judged here: its tree is not known, or its owners mean others to this user. Times are not looked at.
 * @throws OciBuildError CHANGES_UNREADABLE, CHANGES_TOO_MANY */
export async function checkUnpacked(
  { folder, space, tree, diffId }: UnpackedFolder,
  folders: Folders,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (tree === undefined || space !== folders.space) return undefined;
  const entries: TreeEntry[] = [];
  for await (const batch of folders.read(join(folder, FILES), signal))
    for (const entry of batch) entries.push(await withDigest(entry));
  const [expected, found] = await Promise.all([entriesOf(tree), entriesOf({ diffId, entries })]);
  const changes = compareEntries(expected, found).flatMap((change) => told(change, { space, expected }));
  const [first] = changes;
  if (first === undefined) return undefined;
  const others = changes.length === 1 ? "" : `, and ${changes.length - 1} more`;
  return `it is not what was unpacked: ${describeChange(first)}${others}`;
}

function entriesOf(
  tree: Parameters<ReturnType<typeof emptyFileTree>["applyLayer"]>[0],
): Promise<readonly ContentEntry[]> {
  return digestedEntries(emptyFileTree(nothingIsRead).applyLayer(tree));
}

/** Trees of layers have the digests of all files. */
function nothingIsRead(): never {
  throw new TypeError("a layer's tree lacks a digest");
}

async function withDigest(entry: LayerEntry): Promise<TreeEntry> {
  if (entry.type !== "file") return entry;
  const { path, mode, uid, gid, mtimeSec, xattrs, size, linkGroup } = entry;
  const meta = { path, mode, uid, gid, mtimeSec, xattrs, size, linkGroup };
  return { type: "file", ...meta, digest: await digestOf(entry), dataOffset: 0 };
}

async function digestOf({ open }: LayerFile): Promise<TreeFile["digest"]> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const reader = await open();
  try {
    for (let count = await reader.read(buffer); count > 0; count = await reader.read(buffer)) {
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    await reader.close();
  }
  return parseDigest(`sha256:${hash.digest("hex")}`);
}

/** A change that is none of what unpacking makes of a layer: what is not described has made-up parents, only root can
 * make devices, and with one id all files are root's. */
function told(
  change: FileChange,
  { space, expected }: { readonly space: string; readonly expected: readonly ContentEntry[] },
): readonly FileChange[] {
  const isSingle = space.startsWith("single");
  if (change.kind === "deleted" && /device$/.test(change.type) && !space.startsWith("root")) return [];
  if (change.kind === "added" && change.type === "directory") {
    const isParent = expected.some(({ path }) => path.startsWith(`${change.path}/`));
    return isParent ? [] : [change];
  }
  if (change.kind !== "changed" || !isSingle) return [change];
  const attributes = change.attributes.filter(({ name }) => name !== "uid" && name !== "gid");
  return attributes.length === 0 ? [] : [{ ...change, attributes }];
}
