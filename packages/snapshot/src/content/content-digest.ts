import {
  type ContentDigest,
  compareTreePaths,
  digestHex,
  type EntryMeta,
  parseContentDigest,
} from "@oci-build/oci";
import { snapshotError } from "../errors.js";
import type { Placement } from "../subtree/placement.js";
import type { Subtree } from "../subtree/subtree.js";
import type { ContentEntry, DigestedFile } from "./content-entry.js";
import { typeBytes, writeXattrs } from "./entry-frames.js";
import { FrameWriter } from "./frame-writer.js";

/** Stands at the beginning, so that a new format never gives an old digest. */
const formatName = "oci-build content 1";

const endByte = 0;

/** The digest of a tree or change set without times: of the path, type, mode, owner, size, link target, device numbers,
 * extended attributes and file digest of each entry, and of which files are hard links of each other.
 *
 * Entries come in the order of `compareTreePaths`; a whiteout or opaque mark may stand beside an entry of its path.
 * A hard link counts by its path and the path of its file's first name, whether it is given as `hardlink` or as a file
 * with a `linkGroup`; a group of which only one name is here counts as a plain file. An entry for the root (`""`) counts
 * if it is given. The same content gives the same digest on every system and in every release with this format.
 * @throws OciBuildError SNAPSHOT_ENTRY_ORDER */
export function contentDigest(entries: Iterable<ContentEntry>): ContentDigest {
  const digester = new ContentDigester();
  for (const entry of entries) digester.add(entry);
  return digester.finish();
}

/** Makes the digest that `contentDigest` gives from entries and whole subtrees, in their order. */
export class ContentDigester {
  readonly #frames = new FrameWriter();
  readonly #links: LinkNames = { firstOfGroup: new Map(), firstOfLink: new Map() };
  #previous: Placed | undefined;

  constructor() {
    this.#frames.text(formatName);
  }

  /** @throws OciBuildError SNAPSHOT_ENTRY_ORDER */
  add(entry: ContentEntry): void {
    if (this.#previous !== undefined) checkOrder(this.#previous, entry);
    writeEntry(this.#frames, entry, this.#links);
    this.#previous = entry;
  }

  /** Adds the entries of a plain subtree, whose digests are known, as if each were added at its place.
   * @throws OciBuildError SNAPSHOT_ENTRY_ORDER */
  addSubtree(subtree: Subtree, placement: Placement): void {
    const { first, last } = subtree.ends(placement);
    if (first === undefined || last === undefined) return;
    if (this.#previous !== undefined) checkOrder(this.#previous, first);
    subtree.writeContent(this.#frames, placement);
    this.#previous = last;
  }

  /** The digest of all that was added; nothing can be added after. */
  finish(): ContentDigest {
    this.#frames.byte(endByte);
    return parseContentDigest(`sha256:${this.#frames.finish()}`);
  }
}

/** The first name of each file that has several, by group, and by its other names where they are `hardlink` entries. */
interface LinkNames {
  readonly firstOfGroup: Map<string, string>;
  readonly firstOfLink: Map<string, string>;
}

function writeEntry(frames: FrameWriter, entry: ContentEntry, links: LinkNames): void {
  const first = firstName(entry, links);
  if (first === undefined) {
    writeSingle(frames, entry);
    return;
  }
  // The rest of a hard link is its file's, which stands before it.
  frames.byte(typeBytes.hardlink);
  frames.text(entry.path);
  frames.text(first);
}

/** The first name of the file that an entry is a further name of. */
function firstName(entry: ContentEntry, links: LinkNames): string | undefined {
  if (entry.type === "hardlink") {
    const first = links.firstOfLink.get(entry.target) ?? entry.target;
    links.firstOfLink.set(entry.path, first);
    return first;
  }
  if (entry.type !== "file" || entry.linkGroup === undefined) return undefined;
  const first = links.firstOfGroup.get(entry.linkGroup);
  if (first === undefined) links.firstOfGroup.set(entry.linkGroup, entry.path);
  return first;
}

function writeSingle(frames: FrameWriter, entry: ContentEntry): void {
  frames.byte(typeBytes[entry.type]);
  frames.text(entry.path);
  if (entry.type === "whiteout" || entry.type === "opaque" || entry.type === "hardlink") return;
  writeMeta(frames, entry);
  if (entry.type === "file") writeFile(frames, entry);
  else if (entry.type === "symlink") frames.text(entry.target);
  else if (entry.type === "character-device" || entry.type === "block-device") {
    frames.number(entry.deviceMajor);
    frames.number(entry.deviceMinor);
  }
}

function writeMeta(frames: FrameWriter, meta: EntryMeta): void {
  frames.number(meta.mode);
  frames.number(meta.uid);
  frames.number(meta.gid);
  writeXattrs(frames, meta.xattrs);
}

function writeFile(frames: FrameWriter, file: DigestedFile): void {
  frames.number(file.size);
  frames.hex(digestHex(file.digest));
}

/** What of an entry decides its order. */
type Placed = Pick<ContentEntry, "path" | "type">;

function checkOrder(previous: Placed, entry: Placed): void {
  const order = compareTreePaths(previous.path, entry.path);
  if (order < 0 || (order === 0 && isMark(previous) !== isMark(entry))) return;
  throw snapshotError("SNAPSHOT_ENTRY_ORDER", {
    message: `entry ${JSON.stringify(entry.path)} does not come after ${JSON.stringify(previous.path)}`,
    data: { path: entry.path, previous: previous.path },
  });
}

function isMark(entry: Placed): boolean {
  return entry.type === "whiteout" || entry.type === "opaque";
}
