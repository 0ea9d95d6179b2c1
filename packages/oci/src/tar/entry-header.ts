// tar-stream's packer is not used here: it clamps owners above 2097151 and times outside 32 bits, writes PAX records in
// insertion order and as text only, and has no form for names that are not UTF-8.
import { isUtf8 } from "node:buffer";
import type { DeviceEntry, DirectoryEntry, FifoEntry, FileEntry, SymlinkEntry, Xattrs } from "../entry.js";
import type { LayerHardLink } from "../layer/layer-entry.js";
import { encodePath, isUtf8Path } from "../path-bytes.js";
import { checkHeaderFields, tarFieldError } from "./check-header-fields.js";
import { encodePaxRecords, type PaxRecords } from "./pax-records.js";
import { plainHeader } from "./plain-header.js";
import { fallbackName, splitUstarName, type UstarName } from "./split-name.js";
import {
  BLOCK_BYTES,
  fitsOctal,
  octalDigits,
  paddingBytes,
  type UstarFields,
  writeUstarBlock,
} from "./ustar-block.js";

/** What a tar header can describe. */
export type TarEntry = DirectoryEntry | FileEntry | LayerHardLink | SymlinkEntry | FifoEntry | DeviceEntry;

/** Go's archive/tar, and so every container tool, reads no longer extended header. */
export const PAX_MAX_BYTES: number = 1024 * 1024;

/** A link target of more bytes needs a PAX record. */
const LINK_BYTES = 100;
const XATTR_KEYWORD = "SCHILY.xattr.";

const typeflags = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  "character-device": "3",
  "block-device": "4",
  directory: "5",
  fifo: "6",
} as const satisfies Record<TarEntry["type"], string>;

const none = new Uint8Array();
const noXattrs: Xattrs = new Map();

/** The header of the records themselves. Its name is seen only by readers without PAX; a fixed one keeps layers of
 * different names alike for the compressor. */
const paxBlock = {
  name: Buffer.from("PaxHeaders.0/pax"),
  prefix: none,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeSec: 0,
  typeflag: "x",
  linkName: none,
  deviceMajor: 0,
  deviceMinor: 0,
} as const;

/** The header of one member: a ustar block, preceded by PAX records only for what ustar cannot say.
 *
 * PAX carries names that do not fit or are not ASCII (names that are not UTF-8 stay raw in the ustar fields when they
 * fit, since a PAX path is defined as UTF-8), owners above 2097151, sizes from 8 GiB, times outside 0 to 8589934591,
 * and xattrs as GNU tar, Go and libarchive know them. The same entry always gives the same bytes.
 * @throws OciBuildError TAR_FIELD_INVALID, PATH_NOT_ENCODABLE
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_02 */
export function encodeEntryHeader(entry: TarEntry): Buffer {
  return headerInto(Buffer.allocUnsafe(BLOCK_BYTES), entry);
}

/** The same, in a block of the caller's where that is room enough.
 * @throws OciBuildError as `encodeEntryHeader` */
export function headerInto(block: Buffer, entry: TarEntry): Buffer {
  return plainHeader(entry, block) ?? anyHeader(entry);
}

function anyHeader(entry: TarEntry): Buffer {
  checkHeaderFields(entry);
  const records = new Map<string, Uint8Array>();
  const fields = ustarFields(entry, records);
  addXattrs(entry, records);
  if (records.size === 0) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES).fill(0);
    writeUstarBlock(block, 0, fields);
    return block;
  }
  return withPaxHeader(entry, records, fields);
}

function ustarFields(entry: TarEntry, records: Map<string, Uint8Array>): UstarFields {
  const { name, prefix } = nameFields(entry, records);
  return {
    name,
    prefix,
    mode: entry.mode,
    uid: octalOrRecord(records, "uid", entry.uid, octalDigits.id),
    gid: octalOrRecord(records, "gid", entry.gid, octalDigits.id),
    size: octalOrRecord(records, "size", entry.type === "file" ? entry.size : 0, octalDigits.size),
    mtimeSec: octalOrRecord(records, "mtime", entry.mtimeSec, octalDigits.mtime),
    typeflag: typeflags[entry.type],
    linkName: linkField(entry, records),
    deviceMajor: "deviceMajor" in entry ? entry.deviceMajor : 0,
    deviceMinor: "deviceMinor" in entry ? entry.deviceMinor : 0,
  };
}

function nameFields(entry: TarEntry, records: Map<string, Uint8Array>): UstarName {
  const text = memberName(entry);
  const bytes = encodePath(text);
  const split = splitUstarName(bytes);
  if (split !== undefined && isSafeInUstar(bytes, text)) return split;
  records.set("path", bytes);
  return fallbackName(entry.path);
}

function linkField(entry: TarEntry, records: Map<string, Uint8Array>): Uint8Array {
  if (entry.type !== "hardlink" && entry.type !== "symlink") return none;
  const bytes = encodePath(entry.target);
  if (bytes.length <= LINK_BYTES && isSafeInUstar(bytes, entry.target)) return bytes;
  records.set("linkpath", bytes);
  return fallbackName(entry.target).name;
}

/** A directory's name ends with a slash; the root is `./`, as GNU tar names it. */
function memberName(entry: TarEntry): string {
  if (entry.path === "") return "./";
  return entry.type === "directory" ? `${entry.path}/` : entry.path;
}

/** UTF-8 beyond ASCII goes to PAX, which names the charset; bytes that are not UTF-8 have no better place than here.
 * As many bytes as code units have only ASCII, and units that stand for such bytes. */
function isSafeInUstar(bytes: Uint8Array, text: string): boolean {
  return bytes.length === text.length || !isUtf8Path(text);
}

function octalOrRecord(
  records: Map<string, Uint8Array>,
  keyword: string,
  value: number,
  digits: number,
): number {
  if (fitsOctal(value, digits)) return value;
  records.set(keyword, Buffer.from(String(value)));
  return 0;
}

function addXattrs(entry: TarEntry, records: Map<string, Uint8Array>): void {
  for (const [name, value] of entry.xattrs ?? noXattrs) {
    // The first "=" ends a keyword, and readers end it at a NUL.
    if (name === "" || /[=\0]/.test(name)) throw tarFieldError(entry.path, "xattr", name);
    records.set(XATTR_KEYWORD + name, value);
  }
}

function withPaxHeader(entry: TarEntry, records: Map<string, Uint8Array>, fields: UstarFields): Buffer {
  // Standard, and what makes Python and libarchive take the bytes as they are.
  if (holdsRawBytes(records)) records.set("hdrcharset", Buffer.from("BINARY"));
  const body = encodePaxRecords(records);
  if (body.length > PAX_MAX_BYTES) throw tarFieldError(entry.path, "extended header", `${body.length} bytes`);
  const bodyEnd = BLOCK_BYTES + body.length + paddingBytes(body.length);
  const header = Buffer.alloc(bodyEnd + BLOCK_BYTES);
  writeUstarBlock(header, 0, { ...paxBlock, size: body.length });
  header.set(body, BLOCK_BYTES);
  writeUstarBlock(header, bodyEnd, fields);
  return header;
}

function holdsRawBytes(records: PaxRecords): boolean {
  return ["path", "linkpath"].some((keyword) => !isUtf8(records.get(keyword) ?? none));
}
