import type { EntryMeta, Xattrs } from "../entry.js";
import { ociError } from "../errors.js";
import { decodePath } from "../path-bytes.js";
import type { TarEntry } from "./entry-header.js";
import { numberField, textField } from "./header-block.js";
import type { HeaderExtensions } from "./header-extensions.js";
import { malformedTar } from "./malformed-tar.js";
import { memberNumber, memberTime } from "./member-numbers.js";
import type { PaxRecords } from "./pax-records.js";

const XATTR_KEYWORD = "SCHILY.xattr.";
const SPARSE_KEYWORD = "GNU.sparse.";

/** Only in headers with this magic, NUL included, is there a prefix: GNU tar has times at its place. */
const ustarMagic = Buffer.from("ustar\0", "latin1");

/** What a member is, from its header at an offset and what stood before it:
 *
 *     0 name 100 · 100 mode 8 · 108 uid 8 · 116 gid 8 · 124 size 12 · 136 mtime 12 · 148 checksum 8 · 156 type 1
 *     157 link name 100 · 257 "ustar\0" "00" · 265 user 32 · 297 group 32 · 329 major 8 · 337 minor 8
 *     345 prefix 155 · 500 unused 12
 *
 * Names stand as in the archive, see `cleanArchivePath`. User and group names are not looked at: ids alone count.
 * @throws OciBuildError TAR_MALFORMED, TAR_TYPE_UNSUPPORTED
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
export function memberEntry(header: Buffer, offset: number, extensions: HeaderExtensions): TarEntry {
  const { records } = extensions;
  const path = nameOf(records, "path") ?? extensions.name ?? nameField(header, offset);
  if (records.size > 0 && isSparse(records)) throw unsupported(path, "sparse file");
  const meta = withXattrs(
    {
      path,
      mode: memberNumber(numberField(header, offset + 100, 8), "mode") & 0o7777,
      uid: memberNumber(numberField(header, offset + 108, 8), "uid", records),
      gid: memberNumber(numberField(header, offset + 116, 8), "gid", records),
      mtimeSec: memberTime(numberField(header, offset + 136, 12), records),
    },
    records,
  );
  const size = memberNumber(numberField(header, offset + 124, 12), "size", records);
  const typeflag = header[offset + 156] ?? 0;
  if (typeflag === 0 || fileFlags.includes(typeflag)) return fileOrDirectory(meta, size);
  if (typeflag === directoryFlag) return { type: "directory", ...meta };
  const special = specialEntry(header, offset, { meta, typeflag, extensions });
  if (special === undefined) {
    throw unsupported(path, `type ${JSON.stringify(String.fromCharCode(typeflag))}`);
  }
  // Some readers skip the data of such members and some take them for headers: none is the only safe size.
  if (size !== 0) throw malformedTar(`${JSON.stringify(path)} is a ${special.type} with data`);
  return special;
}

/** Files, and contiguous ones, which no system has any more. */
const fileFlags: readonly number[] = [0x30, 0x37];
const directoryFlag = 0x35;

function nameField(header: Buffer, offset: number): string {
  const name = textField(header, offset, 100);
  // Before the magic is looked at, since most names have no prefix.
  if (header[offset + 345] === 0 || ustarMagic.compare(header, offset + 257, offset + 263) !== 0) return name;
  return `${textField(header, offset + 345, 155)}/${name}`;
}

/** Before POSIX, a slash at the end of its name was all that made a directory. */
function fileOrDirectory(meta: EntryMeta, size: number): TarEntry {
  if (!meta.path.endsWith("/")) return { type: "file", ...meta, size };
  if (size !== 0) throw malformedTar(`${JSON.stringify(meta.path)} is a directory with data`);
  return { type: "directory", ...meta };
}

interface Special {
  readonly meta: EntryMeta;
  readonly typeflag: number;
  readonly extensions: HeaderExtensions;
}

function specialEntry(
  header: Buffer,
  offset: number,
  { meta, typeflag, extensions }: Special,
): TarEntry | undefined {
  switch (String.fromCharCode(typeflag)) {
    case "1":
      return { type: "hardlink", ...meta, target: targetOf(header, offset, { meta, extensions }) };
    case "2":
      return { type: "symlink", ...meta, target: targetOf(header, offset, { meta, extensions }) };
    case "3":
      return { type: "character-device", ...meta, ...deviceNumbers(header, offset) };
    case "4":
      return { type: "block-device", ...meta, ...deviceNumbers(header, offset) };
    case "6":
      return { type: "fifo", ...meta };
    default:
      return undefined;
  }
}

function targetOf(
  header: Buffer,
  offset: number,
  { meta, extensions }: Pick<Special, "meta" | "extensions">,
): string {
  const field = extensions.linkName ?? textField(header, offset + 157, 100);
  const target = nameOf(extensions.records, "linkpath") ?? field;
  if (target === "") throw malformedTar(`${JSON.stringify(meta.path)} is a link to nothing`);
  return target;
}

function deviceNumbers(
  header: Buffer,
  offset: number,
): { readonly deviceMajor: number; readonly deviceMinor: number } {
  const deviceMajor = memberNumber(numberField(header, offset + 329, 8), "device number");
  const deviceMinor = memberNumber(numberField(header, offset + 337, 8), "device number");
  return { deviceMajor, deviceMinor };
}

/** An empty record takes back one for all members. */
function nameOf(records: PaxRecords, keyword: string): string | undefined {
  if (records.size === 0) return undefined;
  const record = records.get(keyword);
  if (record === undefined || record.length === 0) return undefined;
  if (record.includes(0)) throw malformedTar(`a ${keyword} holds NUL`);
  return decodePath(record);
}

function withXattrs(meta: EntryMeta, records: PaxRecords): EntryMeta {
  if (records.size === 0) return meta;
  const found = [...records].filter(([keyword]) => keyword.startsWith(XATTR_KEYWORD));
  if (found.length === 0) return meta;
  const named = found
    .map(([keyword, value]) => [keyword.slice(XATTR_KEYWORD.length), Uint8Array.from(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const xattrs: Xattrs = new Map(named);
  return { ...meta, xattrs };
}

function isSparse(records: PaxRecords): boolean {
  return [...records.keys()].some((keyword) => keyword.startsWith(SPARSE_KEYWORD));
}

function unsupported(path: string, type: string): Error {
  return ociError("TAR_TYPE_UNSUPPORTED", {
    message: `archive member ${JSON.stringify(path)} has an unsupported type: ${type}`,
    data: { path, type },
  });
}
