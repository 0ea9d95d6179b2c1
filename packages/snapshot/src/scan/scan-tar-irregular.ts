import { cleanArchivePath, type EntryMeta, type LayerEntry, type TarEntry } from "@oci-build/oci";
import { OpenDirectories } from "../stack/open-directories.js";
import { type OtherRow, type RowMeta, TreeTableBuilder } from "../stack/tree-table-builder.js";
import { type FileTree, fileTreeOf } from "../tree/file-tree.js";
import { layerInvalid } from "../tree/layer-invalid.js";
import type { TarArchive } from "./scan-tar-archive.js";
import { type DraftTable, impliedMeta } from "./scan-tar-draft.js";
import { TarFileReader } from "./scan-tar-file.js";

/** A link, FIFO or device; unlike files these can have further names only as entries of their own. */
type SpecialEntry = Exclude<TarEntry, { type: "file" | "directory" | "hardlink" }>;

/** Collects the members of any archive and places them one by one, as they would be unpacked. */
export class IrregularTar {
  readonly #archive: TarArchive;
  readonly #entries: LayerEntry[] = [];
  readonly #special = new Map<string, SpecialEntry>();

  constructor(archive: TarArchive) {
    this.#archive = archive;
  }

  /** @throws OciBuildError TAR_PATH_UNSAFE, SNAPSHOT_LAYER_INVALID */
  add(member: TarEntry, dataOffset: number): void {
    const path = cleanArchivePath(member.path);
    const entry = this.#treeEntry(member, path, dataOffset);
    if (isSpecial(entry)) this.#special.set(path, entry);
    else this.#special.delete(path);
    this.#entries.push(entry);
  }

  /** The tree that the members make, by column.
   * @throws OciBuildError SNAPSHOT_LAYER_INVALID, SNAPSHOT_LINK_LOOP */
  finish(): DraftTable {
    return draftOfTree(fileTreeOf(this.#entries));
  }

  #treeEntry(member: TarEntry, path: string, offset: number): LayerEntry {
    switch (member.type) {
      case "file": {
        const place = { archive: this.#archive, path, offset, size: member.size };
        return { ...member, path, open: () => new TarFileReader(place) };
      }
      case "hardlink": {
        const target = cleanArchivePath(member.target);
        const linked = this.#special.get(target);
        return linked === undefined ? { ...member, path, target } : { ...linked, path };
      }
      case "symlink":
        return { ...member, path, mode: 0o777 };
      default:
        return { ...member, path };
    }
  }
}

function isSpecial(entry: LayerEntry): entry is SpecialEntry {
  return entry.type === "symlink" || entry.type === "fifo" || entry.type.endsWith("device");
}

function draftOfTree(tree: FileTree): DraftTable {
  const entryOfRoot = tree.get("");
  const root = entryOfRoot === undefined ? impliedMeta : metaOf(entryOfRoot);
  const builder = new TreeTableBuilder(1024, root);
  const open = new OpenDirectories(builder, root);
  const dataOffsets = [0];
  const groups = new Map<string, number>();
  for (const entry of tree.entries()) {
    const name = open.enter(entry.path);
    if (name === undefined) throw layerInvalid(entry.path, "its path is too long");
    const meta = metaOf(entry);
    if (entry.type === "directory") open.push(builder.directory(open.row, name, meta), entry.path);
    else if (entry.type === "file") {
      const row = builder.file(open.row, name, { ...meta, first: entry.size });
      const first = entry.linkGroup === undefined ? undefined : groups.get(entry.linkGroup);
      if (first !== undefined) builder.link(row, first);
      else if (entry.linkGroup !== undefined) groups.set(entry.linkGroup, row);
    } else builder.other(open.row, name, { ...meta, ...specialRow(entry) });
    dataOffsets.push(entry.type === "file" ? offsetOf(tree, entry.path) : 0);
  }
  return { table: builder.table(), dataOffsets };
}

function specialRow(entry: SpecialEntry): Pick<OtherRow, "type" | "first" | "second" | "text"> {
  const { type } = entry;
  if (type === "symlink") return { type, first: 0, second: 0, text: entry.target };
  if (type === "fifo") return { type, first: 0, second: 0, text: "" };
  return { type, first: entry.deviceMajor, second: entry.deviceMinor, text: "" };
}

function metaOf({ mode, uid, gid, mtimeSec, xattrs }: EntryMeta): RowMeta {
  return { mode, uid, gid, mtimeSec, xattrs };
}

function offsetOf(tree: FileTree, path: string): number {
  const reader = tree.openFile(path);
  if (reader instanceof TarFileReader) return reader.place.offset;
  throw new TypeError(`${path} is no file of the archive`);
}
