import { cleanArchivePath, type LayerEntry, type TarEntry, type TarMember } from "@oci-build/oci";
import { BodyReader } from "./body-reader.js";
import { imageXattrs } from "./image-xattrs.js";

/** A name of an upper directory as a layer has it. */
export interface UpperEntry {
  readonly entry: LayerEntry;
  /** Whether it is a directory that hides what lies below. */
  readonly hides: "below" | "nothing";
}

const opaqueMarks = ["trusted.overlay.opaque", "user.overlay.opaque"];
const YES = 0x79;

/** Understands the members of a tar of an upper directory, one after the other.
 *
 * Hard links of deletions are deletions: overlayfs links them all to one file. Those of links, FIFOs and devices become
 * entries of their own, since a layer's hard links lead to files. */
export class UpperEntries {
  readonly #special = new Map<string, LayerEntry>();

  read({ entry: member, body }: TarMember): UpperEntry {
    const path = cleanArchivePath(member.path);
    const entry = this.#entry({ ...member, path }, body);
    if (entry.type !== "file" && entry.type !== "directory" && entry.type !== "hardlink") {
      this.#special.set(path, entry);
    }
    return { entry, hides: isOpaque(member) ? "below" : "nothing" };
  }

  #entry(member: TarEntry, body: AsyncIterable<Uint8Array>): LayerEntry {
    const { path, mode, uid, gid, mtimeSec } = member;
    if (member.type === "hardlink") {
      const target = cleanArchivePath(member.target);
      const special = this.#special.get(target);
      return special === undefined
        ? { type: "hardlink", path, mode, uid, gid, mtimeSec, target }
        : { ...special, path };
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

/** Newer kernels have other values than `y` for directories that hide nothing. */
function isOpaque({ type, xattrs }: TarEntry): boolean {
  return type === "directory" && opaqueMarks.some((name) => xattrs?.get(name)?.[0] === YES);
}

function withoutXattrs(
  member: Exclude<TarEntry, { type: "hardlink" }>,
): Exclude<TarEntry, { type: "hardlink" }> {
  const { xattrs: _, ...rest } = member;
  return rest;
}
