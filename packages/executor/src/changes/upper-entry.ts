import {
  cleanArchivePath,
  type FileReader,
  type LayerEntry,
  type TarEntry,
  type TarMember,
  type Xattrs,
} from "@oci-build/oci";
import { imageXattrs } from "./image-xattrs.js";

/** A name of an upper directory as a layer has it. */
export interface UpperEntry {
  readonly entry: LayerEntry;
  /** Whether it is a directory that hides what lies below. */
  readonly hides: "below" | "nothing";
}

const YES = 0x79;

interface UpperEntriesOptions {
  /** The mark of directories that hide what lies below. */
  readonly opaqueXattr: string;
  /** The time of a path whose header says 0. */
  readonly zeroMtime: (path: string) => number;
}

/** Understands the members of a tar of an upper directory, one after the other.
 *
 * Hard links of deletions are deletions: overlayfs links them all to one file. Those of links, FIFOs and devices become
 * entries of their own, since a layer's hard links lead to files. Hard links have the attributes of their file, for
 * whoever unpacks a layer gives a link its owner, and that takes capabilities from the file. */
export class UpperEntries {
  readonly #options: UpperEntriesOptions;
  readonly #special = new Map<string, LayerEntry>();
  readonly #xattrs = new Map<string, Xattrs>();

  constructor(options: UpperEntriesOptions) {
    this.#options = options;
  }

  *read(members: Iterable<TarMember>): Generator<UpperEntry> {
    for (const { entry, body } of members) yield this.#upperEntry(entry, body);
  }

  #upperEntry(member: TarEntry, body: FileReader): UpperEntry {
    const path = cleanArchivePath(member.path);
    const mtimeSec = member.mtimeSec === 0 ? this.#options.zeroMtime(path) : member.mtimeSec;
    // Most names are of such files, and a copy of a copy takes longer than reading what is in it.
    if (member.type === "file" && member.xattrs === undefined) {
      const { type, mode, uid, gid, size } = member;
      return { entry: { type, path, mode, uid, gid, mtimeSec, size, open: () => body }, hides: "nothing" };
    }
    const entry = this.#entry({ ...member, path, mtimeSec }, body);
    if (entry.type === "file") {
      if (entry.xattrs !== undefined) this.#xattrs.set(path, entry.xattrs);
    } else if (entry.type !== "directory" && entry.type !== "hardlink") this.#special.set(path, entry);
    return { entry, hides: this.#isOpaque(member) ? "below" : "nothing" };
  }

  /** Newer kernels have other values than `y` for directories that hide nothing. */
  #isOpaque({ type, xattrs }: TarEntry): boolean {
    return type === "directory" && xattrs?.get(this.#options.opaqueXattr)?.[0] === YES;
  }

  #entry(member: TarEntry, body: FileReader): LayerEntry {
    const { path, mode, uid, gid, mtimeSec } = member;
    if (member.type === "hardlink") {
      const target = cleanArchivePath(member.target);
      const special = this.#special.get(target);
      if (special !== undefined) return { ...special, path };
      const xattrs = this.#xattrs.get(target);
      const link = { type: "hardlink", path, mode, uid, gid, mtimeSec, target } as const;
      return xattrs === undefined ? link : { ...link, xattrs };
    }
    if (isWhiteout(member)) return { type: "whiteout", path };
    const xattrs = imageXattrs(member.xattrs);
    const entry = xattrs === undefined ? withoutXattrs(member) : { ...member, xattrs };
    return entry.type === "file" ? { ...entry, open: () => body } : entry;
  }
}

function isWhiteout(member: TarEntry): boolean {
  return member.type === "character-device" && member.deviceMajor === 0 && member.deviceMinor === 0;
}

function withoutXattrs(
  member: Exclude<TarEntry, { type: "hardlink" }>,
): Exclude<TarEntry, { type: "hardlink" }> {
  const { xattrs: _, ...rest } = member;
  return rest;
}
