import {
  cleanArchivePath,
  type LayerEntry,
  type TarEntry,
  type TarMember,
  type Xattrs,
} from "@oci-build/oci";
import { BodyReader } from "./body-reader.js";
import { imageXattrs } from "./image-xattrs.js";

/** A name of an upper directory as a layer has it. */
export interface UpperEntry {
  readonly entry: LayerEntry;
  /** Whether it is a directory that hides what lies below. */
  readonly hides: "below" | "nothing";
}

const YES = 0x79;

/** Understands the members of a tar of an upper directory, one after the other.
 *
 * Hard links of deletions are deletions: overlayfs links them all to one file. Those of links, FIFOs and devices become
 * entries of their own, since a layer's hard links lead to files. Hard links have the attributes of their file, for
 * whoever unpacks a layer gives a link its owner, and that takes capabilities from the file. */
export class UpperEntries {
  readonly #opaqueXattr: string;
  readonly #special = new Map<string, LayerEntry>();
  readonly #xattrs = new Map<string, Xattrs>();

  /** `opaqueXattr` is the mark of directories that hide what lies below. */
  constructor(opaqueXattr: string) {
    this.#opaqueXattr = opaqueXattr;
  }

  read({ entry: member, body }: TarMember): UpperEntry {
    const path = cleanArchivePath(member.path);
    const entry = this.#entry({ ...member, path }, body);
    if (entry.type === "file") {
      if (entry.xattrs !== undefined) this.#xattrs.set(path, entry.xattrs);
    } else if (entry.type !== "directory" && entry.type !== "hardlink") this.#special.set(path, entry);
    return { entry, hides: this.#isOpaque(member) ? "below" : "nothing" };
  }

  /** Newer kernels have other values than `y` for directories that hide nothing. */
  #isOpaque({ type, xattrs }: TarEntry): boolean {
    return type === "directory" && xattrs?.get(this.#opaqueXattr)?.[0] === YES;
  }

  #entry(member: TarEntry, body: AsyncIterable<Uint8Array>): LayerEntry {
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
    return entry.type === "file" ? { ...entry, open: () => new BodyReader(body) } : entry;
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
