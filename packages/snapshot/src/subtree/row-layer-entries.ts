import type { Digest, LayerEntry, LayerFile, Xattrs } from "@oci-build/oci";
import { pathIn } from "../path-in.js";
import { entryKinds } from "../scan/entry-kind.js";
import { pathOfRow } from "../scan/table-entry.js";
import type { Placement } from "./placement.js";
import type { RowFiles } from "./subtree.js";
import type { RowRange } from "./write-rows.js";

/** A directory by its row, in its tree and at its new place. */
interface Directory {
  readonly row: number;
  readonly source: string;
  readonly placed: string;
}

const directoryKind = entryKinds.indexOf("directory");
const fileKind = entryKinds.indexOf("file");
const symlinkKind = entryKinds.indexOf("symlink");
const fifoKind = entryKinds.indexOf("fifo");

/** The entries of a plain run of rows as a layer takes them, each made in one go: with 70,000 files, copies of copies
 * are a good part of the time that is not reading. */
export function* rowLayerEntries(
  range: RowRange & { readonly path: string },
  placement: Placement,
  digests: "known" | "unknown",
): Iterable<LayerEntry> {
  const { files, first, end } = range;
  const { names, columns } = files.table;
  const skipped = range.path === "" ? 0 : range.path.length + 1;
  let directory: Directory = { row: first - 1, source: range.path, placed: placement.path };
  for (let row = first; row < end; row++) {
    const parent = columns.parent[row] ?? 0;
    if (parent !== directory.row) directory = directoryAt(parent);
    const name = names[row] ?? "";
    const placed = pathIn(directory.placed, name);
    const kind = columns.kind[row] ?? 0;
    const meta = metaOf(files, row, { path: placed, placement });
    const source = pathIn(directory.source, name);
    if (kind === fileKind) yield fileEntry(files, { row, source, digests }, meta);
    else yield otherEntry(files, row, meta);
    if (kind === directoryKind) directory = { row, source, placed };
  }

  function directoryAt(row: number): Directory {
    const source = pathOfRow(files.table, row);
    return { row, source, placed: pathIn(placement.path, source.slice(skipped)) };
  }
}

interface RowMeta {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly xattrs: Xattrs | undefined;
}

function metaOf(
  { table }: RowFiles,
  row: number,
  { path, placement }: { readonly path: string; readonly placement: Placement },
): RowMeta {
  const { kind, mode, uid, gid, mtimeSec } = table.columns;
  const { owner, modeOf } = placement;
  const own = mode[row] ?? 0;
  const type = kind[row] === directoryKind ? "directory" : "file";
  return {
    path,
    mode: modeOf === undefined || kind[row] === symlinkKind ? own : modeOf(own, type),
    uid: owner?.uid ?? uid[row] ?? 0,
    gid: owner?.gid ?? gid[row] ?? 0,
    mtimeSec: mtimeSec[row] ?? 0,
    xattrs: table.xattrs.get(row),
  };
}

function fileEntry(
  files: RowFiles,
  {
    row,
    source,
    digests,
  }: { readonly row: number; readonly source: string; readonly digests: "known" | "unknown" },
  { path, mode, uid, gid, mtimeSec, xattrs }: RowMeta,
): LayerFile {
  const size = files.table.columns.size[row] ?? 0;
  const digest: Digest | undefined = digests === "known" ? files.digests.get(row) : undefined;
  const digestIs = digest !== undefined && files.checksBytes(row) ? "known" : "expected";
  const open = () => files.open(row, source);
  return { type: "file", path, mode, uid, gid, mtimeSec, xattrs, size, digest, digestIs, open };
}

function otherEntry({ table }: RowFiles, row: number, meta: RowMeta): LayerEntry {
  const kind = table.columns.kind[row] ?? 0;
  if (kind === directoryKind) return { type: "directory", ...meta };
  if (kind === fifoKind) return { type: "fifo", ...meta };
  if (kind === symlinkKind) return { type: "symlink", ...meta, target: table.targets.get(row) ?? "" };
  throw new TypeError(`row ${row} is no plain entry`);
}
