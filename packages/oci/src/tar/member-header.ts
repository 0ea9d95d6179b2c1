import type { Xattrs } from "../entry.js";
import { ociError } from "../errors.js";
import { decodePath } from "../path-bytes.js";
import type { TarEntry } from "./entry-header.js";
import { numberField, textField } from "./header-block.js";
import type { HeaderExtensions } from "./header-extensions.js";
import { malformedTar } from "./malformed-tar.js";
import { memberNumber, memberTime } from "./member-numbers.js";
import { MemberPath } from "./member-path.js";
import { memberTypes } from "./member-types.js";
import type { PaxRecords } from "./pax-records.js";
import type { TarHeader } from "./tar-header.js";

const XATTR_KEYWORD = "SCHILY.xattr.";
const SPARSE_KEYWORD = "GNU.sparse.";

const types: ReadonlyMap<number, TarEntry["type"]> = new Map(
  memberTypes.map(([flag, type]) => [flag.charCodeAt(0), type]),
);

/** The header of the member at hand, overwritten with each: of 100,000 objects, collecting them takes as long as reading
 * what is in them. */
export class MemberHeader implements TarHeader {
  type: TarEntry["type"] = "file";
  mode = 0;
  uid = 0;
  gid = 0;
  mtimeSec = 0;
  first = 0;
  second = 0;
  text = "";
  xattrs: Xattrs | undefined = undefined;
  readonly #path = new MemberPath();

  get directory(): string {
    return this.#path.directory;
  }

  get name(): string {
    return this.#path.name;
  }

  /** Reads the header at an offset, with what stood before it:
   *
   *     0 name 100 · 100 mode 8 · 108 uid 8 · 116 gid 8 · 124 size 12 · 136 mtime 12 · 148 checksum 8 · 156 type 1
   *     157 link name 100 · 257 "ustar\0" "00" · 265 user 32 · 297 group 32 · 329 major 8 · 337 minor 8
   *     345 prefix 155 · 500 unused 12
   *
   * User and group names are not looked at: ids alone count.
   * @throws OciBuildError TAR_MALFORMED, TAR_TYPE_UNSUPPORTED
   * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
  read(header: Buffer, offset: number, extensions: HeaderExtensions): void {
    const { records } = extensions;
    this.#readPath(header, offset, extensions);
    if (records.size > 0 && hasKeyword(records, SPARSE_KEYWORD)) throw this.#unsupported("sparse file");
    this.mode = memberNumber(numberField(header, offset + 100, 8), "mode") & 0o7777;
    this.uid = memberNumber(numberField(header, offset + 108, 8), "uid", records);
    this.gid = memberNumber(numberField(header, offset + 116, 8), "gid", records);
    this.mtimeSec = memberTime(numberField(header, offset + 136, 12), records);
    this.xattrs = records.size === 0 ? undefined : xattrsOf(records);
    const size = memberNumber(numberField(header, offset + 124, 12), "size", records);
    this.type = this.#typeOf(header[offset + 156] ?? 0);
    this.first = this.type === "file" ? size : 0;
    if (this.type === "file" || this.type === "directory") this.#clearSpecial();
    else this.#readSpecial(header, offset, extensions);
    // Some readers skip the data of such members and some take them for headers: none is the only safe size.
    if (size !== 0 && this.type !== "file" && header[offset + 156] !== DIRECTORY_FLAG) {
      throw malformedTar(`${this.#shown()} is a ${this.type} with data`);
    }
  }

  #readPath(header: Buffer, offset: number, { records, name }: HeaderExtensions): void {
    const path = nameOf(records, "path") ?? name;
    if (path === undefined) this.#path.readHeader(header, offset);
    else this.#path.set(path);
  }

  /** Before POSIX, a slash at the end of its name was all that made a directory. */
  #typeOf(flag: number): TarEntry["type"] {
    const type = types.get(flag);
    if (type === undefined) throw this.#unsupported(`type ${JSON.stringify(String.fromCharCode(flag))}`);
    return type === "file" && this.name.endsWith("/") ? "directory" : type;
  }

  #clearSpecial(): void {
    this.second = 0;
    this.text = "";
  }

  #readSpecial(header: Buffer, offset: number, { records, linkName }: HeaderExtensions): void {
    this.#clearSpecial();
    if (this.type === "hardlink" || this.type === "symlink") {
      const target = nameOf(records, "linkpath") ?? linkName ?? textField(header, offset + 157, 100);
      if (target === "") throw malformedTar(`${this.#shown()} is a link to nothing`);
      this.text = target;
    } else if (this.type !== "fifo") {
      this.first = memberNumber(numberField(header, offset + 329, 8), "device number");
      this.second = memberNumber(numberField(header, offset + 337, 8), "device number");
    }
  }

  #shown(): string {
    return JSON.stringify(this.directory + this.name);
  }

  #unsupported(type: string): Error {
    return ociError("TAR_TYPE_UNSUPPORTED", {
      message: `archive member ${this.#shown()} has an unsupported type: ${type}`,
      data: { path: this.directory + this.name, type },
    });
  }
}

const DIRECTORY_FLAG = 0x35;

/** An empty record takes back one for all members. */
function nameOf(records: PaxRecords, keyword: string): string | undefined {
  const record = records.size === 0 ? undefined : records.get(keyword);
  if (record === undefined || record.length === 0) return undefined;
  if (record.includes(0)) throw malformedTar(`a ${keyword} holds NUL`);
  return decodePath(record);
}

/** Sorted by name. Most records are others, so nothing is made before the first one is found. */
function xattrsOf(records: PaxRecords): Xattrs | undefined {
  if (!hasKeyword(records, XATTR_KEYWORD)) return undefined;
  const named = [...records]
    .filter(([keyword]) => keyword.startsWith(XATTR_KEYWORD))
    .map(([keyword, value]) => [keyword.slice(XATTR_KEYWORD.length), Uint8Array.from(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(named);
}

function hasKeyword(records: PaxRecords, start: string): boolean {
  for (const keyword of records.keys()) if (keyword.startsWith(start)) return true;
  return false;
}
