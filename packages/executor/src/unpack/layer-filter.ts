import {
  cleanArchivePath,
  type DiffId,
  encodeEntryHeader,
  type TarEntry,
  TarHeaders,
  tarEntryOf,
} from "@oci-build/oci";
import { executorError } from "../errors.js";
import type { IdMapping } from "../space/id-space.js";
import { LayerPaths, type PathVerdict, whiteout } from "./layer-paths.js";
import { type OverlayXattrs, opaqueXattr } from "./overlay-xattrs.js";
import type { UnpackLimits } from "./unpack-limits.js";
import { writableXattrs } from "./writable-xattrs.js";

const BLOCK_BYTES = 512;
const END_BLOCKS = 2;
const OPAQUE_NAME = ".wh..wh..opq";
const IGNORED_PREFIX = ".wh..wh.";
const WHITEOUT_PREFIX = ".wh.";

export interface LayerFilterOptions {
  readonly diffId: DiffId;
  readonly mapping: IdMapping;
  readonly overlayXattrs: OverlayXattrs;
  readonly limits: UnpackLimits;
}

/** Turns a layer's tar into one that can be unpacked as it stands: all paths are clean and lie in directories that the
 * tar has before them, links lead nowhere on the way, deletions are overlayfs's. It is fed with pieces of the layer's
 * tar, and gives pieces of the new one; files' bytes are not copied.
 *
 * Differs: where the caller is not root no devices can be made, and deletions take their place, so that nothing is seen
 * there; Docker leaves them out.
 * Differs: a character device 0/0 is a deletion, as it is to overlayfs wherever it comes from. */
export class LayerFilter {
  readonly #options: LayerFilterOptions;
  readonly #headers: TarHeaders;
  readonly #paths: LayerPaths;
  /** How much of the layer's tar came before the piece at hand. */
  #offset = 0;
  /** What is still to be passed on of the data of the member at hand. */
  #dataNext = 0;
  #dataEnd = 0;
  #devicesLeftOut = 0;

  constructor(options: LayerFilterOptions) {
    this.#options = options;
    this.#headers = new TarHeaders({
      maxBytes: options.limits.maxBytes,
      maxMembers: options.limits.maxEntries,
    });
    this.#paths = new LayerPaths(opaqueXattr(options.overlayXattrs));
  }

  /** The paths of the layer, complete after `finish`. */
  get paths(): Pick<LayerPaths, "implied" | "hidesAll"> {
    return this.#paths;
  }

  /** How many devices a command will miss: it has a /dev of its own. */
  get devicesLeftOut(): number {
    return this.#devicesLeftOut;
  }

  /** Takes the next piece of the layer's tar.
   * @throws OciBuildError UNPACK_MEMBER_REFUSED, UNPACK_LIMIT_EXCEEDED, TAR_MALFORMED, TAR_TYPE_UNSUPPORTED,
   * TAR_LIMIT_EXCEEDED, TAR_PATH_UNSAFE, TAR_FIELD_INVALID */
  take(piece: Buffer): Buffer[] {
    const out: Buffer[] = [];
    const end = this.#offset + piece.length;
    this.#headers.checkSize(end);
    this.#passData(piece, out);
    while (this.#dataEnd <= end) {
      const header = this.#headers.next(piece, this.#offset);
      if (header === undefined) break;
      const size = header.type === "file" ? header.first : 0;
      this.#dataNext = this.#headers.dataOffset;
      this.#dataEnd = this.#dataNext + (this.#takeMember(tarEntryOf(header), out) === "with-data" ? size : 0);
      this.#passData(piece, out);
    }
    if (this.#headers.isAtEnd) this.#checkRest(piece);
    this.#offset = end;
    return out;
  }

  /** Says that the layer's tar has no more bytes.
   * @throws OciBuildError TAR_MALFORMED when it ends too early */
  finish(): Buffer {
    this.#headers.finish(this.#offset);
    return Buffer.alloc(END_BLOCKS * BLOCK_BYTES);
  }

  /** Passes on what a piece has of the data at hand, and fills up their last block. */
  #passData(piece: Buffer, out: Buffer[]): void {
    const end = Math.min(this.#dataEnd, this.#offset + piece.length);
    if (this.#dataNext >= end) return;
    out.push(piece.subarray(this.#dataNext - this.#offset, end - this.#offset));
    this.#dataNext = end;
    const inLastBlock = (this.#dataEnd - this.#headers.dataOffset) % BLOCK_BYTES;
    if (end === this.#dataEnd && inLastBlock > 0) out.push(Buffer.alloc(BLOCK_BYTES - inLastBlock));
  }

  #takeMember(member: TarEntry, out: Buffer[]): "with-data" | "without-data" {
    const path = cleanArchivePath(member.path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name.startsWith(WHITEOUT_PREFIX)) {
      this.#takeMarker(path, name, out);
      return "without-data";
    }
    const entry = this.#entry(member, path);
    // A link to itself says nothing.
    if (entry.type === "hardlink" && entry.target === path) return "without-data";
    this.#write(path, this.#paths.add(entry), out);
    return entry.type === "file" ? "with-data" : "without-data";
  }

  #takeMarker(path: string, name: string, out: Buffer[]): void {
    const directory = path.slice(0, Math.max(0, path.length - name.length - 1));
    if (name === OPAQUE_NAME) this.#write(path, this.#paths.hideBelow(directory), out);
    else if (!name.startsWith(IGNORED_PREFIX)) {
      const hidden = name.slice(WHITEOUT_PREFIX.length);
      if (hidden === "" || hidden === "." || hidden === "..") throw this.#refused(path, "deletes no file");
      this.#write(path, this.#paths.hide(directory === "" ? hidden : `${directory}/${hidden}`), out);
    }
  }

  /** A member as it is to be written. */
  #entry(member: TarEntry, path: string): TarEntry {
    if (path === "" && member.type !== "directory")
      throw this.#refused(path, `makes the root a ${member.type}`);
    if (member.type === "hardlink") {
      return { ...member, path, target: cleanArchivePath(member.target), xattrs: undefined };
    }
    const entry = { ...member, path, xattrs: writableXattrs(member.xattrs) };
    if (entry.type !== "character-device" && entry.type !== "block-device") return entry;
    if (this.#options.mapping === "root") return entry;
    if (!path.startsWith("dev/")) this.#devicesLeftOut += 1;
    return whiteout(path);
  }

  #write(path: string, verdict: PathVerdict, out: Buffer[]): void {
    if (verdict.kind === "refused") throw this.#refused(path, verdict.problem);
    for (const entry of verdict.write) out.push(encodeEntryHeader(entry));
    const { maxEntries } = this.#options.limits;
    if (this.#paths.count > maxEntries) throw this.#tooLarge("entries", maxEntries);
  }

  /** Whatever follows the end of a tar is read by some tools and not by others. */
  #checkRest(piece: Buffer): void {
    const rest = piece.subarray(Math.max(0, this.#headers.position - this.#offset));
    if (!rest.equals(Buffer.alloc(rest.length)))
      throw this.#refused("", "is followed by bytes that are no member");
  }

  #refused(path: string, problem: string): Error {
    const { diffId } = this.#options;
    return executorError("UNPACK_MEMBER_REFUSED", {
      message: `cannot unpack layer ${diffId}: ${JSON.stringify(path)} ${problem}`,
      data: { diffId, path, problem },
    });
  }

  #tooLarge(limit: string, max: number): Error {
    const { diffId } = this.#options;
    return executorError("UNPACK_LIMIT_EXCEEDED", {
      message: `cannot unpack layer ${diffId}: it has more than ${max} ${limit}`,
      data: { diffId, limit, max },
    });
  }
}
