import type { Header } from "tar-stream";
import type { EntryMeta, Xattrs } from "../entry.js";
import { ociError } from "../errors.js";
import { decodePath } from "../path-bytes.js";
import type { TarEntry } from "./entry-header.js";
import type { Extensions } from "./extension-records.js";
import { malformedTar } from "./malformed-tar.js";
import { memberNumber, memberSize, memberTime } from "./member-numbers.js";
import type { PaxRecords } from "./pax-records.js";

const XATTR_KEYWORD = "SCHILY.xattr.";
const SPARSE_KEYWORD = "GNU.sparse.";

/** What a member is, from its header as tar-stream reads it (names as Latin-1) and the records before it.
 * Names stand as in the archive, see `cleanArchivePath`.
 * @throws OciBuildError TAR_MALFORMED, TAR_TYPE_UNSUPPORTED */
export function memberEntry(header: Header, extensions: Extensions): TarEntry {
  const records: PaxRecords = new Map([...extensions.global, ...extensions.local]);
  const path = nameOf(records, "path", header.name);
  if (isSparse(records)) throw unsupported(path, "sparse file");
  const xattrs = xattrsOf(records);
  const meta: EntryMeta = {
    path,
    mode: memberNumber(header.mode, "mode") & 0o7777,
    uid: memberNumber(header.uid, "uid", records),
    gid: memberNumber(header.gid, "gid", records),
    mtimeSec: memberTime(header.mtime, records),
    ...(xattrs.size === 0 ? {} : { xattrs }),
  };
  const size = memberSize(header.size, records);
  const { type } = header;
  if (type === "file" || type === "contiguous-file") return fileOrDirectory(meta, size);
  if (type === "directory") return { type, ...meta };
  const special = specialEntry(header, meta, records);
  if (special === undefined) throw unsupported(path, `type ${JSON.stringify(extensions.typeflag)}`);
  // Some readers skip the data of such members and some take them for headers: none is the only safe size.
  if (size !== 0) throw malformedTar(`${JSON.stringify(path)} is a ${special.type} with data`);
  return special;
}

/** Before POSIX, a slash at the end of its name was all that made a directory. */
function fileOrDirectory(meta: EntryMeta, size: number): TarEntry {
  if (!meta.path.endsWith("/")) return { type: "file", ...meta, size };
  if (size !== 0) throw malformedTar(`${JSON.stringify(meta.path)} is a directory with data`);
  return { type: "directory", ...meta };
}

function specialEntry(header: Header, meta: EntryMeta, records: PaxRecords): TarEntry | undefined {
  switch (header.type) {
    case "link":
    case "symlink": {
      const target = nameOf(records, "linkpath", header.linkname);
      if (target === "") throw malformedTar(`${JSON.stringify(meta.path)} is a link to nothing`);
      return { type: header.type === "link" ? "hardlink" : "symlink", ...meta, target };
    }
    case "fifo":
      return { type: header.type, ...meta };
    case "character-device":
    case "block-device": {
      const deviceMajor = memberNumber(header.devmajor, "device number");
      const deviceMinor = memberNumber(header.devminor, "device number");
      return { type: header.type, ...meta, deviceMajor, deviceMinor };
    }
    default:
      return undefined;
  }
}

/** tar-stream gives null for a name that is empty. */
function nameOf(records: PaxRecords, keyword: string, latin1: string | null): string {
  const record = records.get(keyword);
  // An empty record takes back one for all members.
  const bytes = record === undefined || record.length === 0 ? Buffer.from(latin1 ?? "", "latin1") : record;
  if (bytes.includes(0)) throw malformedTar(`a ${keyword} holds NUL`);
  return decodePath(bytes);
}

function xattrsOf(records: PaxRecords): Xattrs {
  const found = [...records].filter(([keyword]) => keyword.startsWith(XATTR_KEYWORD));
  return new Map(
    found
      .map(([keyword, value]) => [keyword.slice(XATTR_KEYWORD.length), Uint8Array.from(value)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
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
