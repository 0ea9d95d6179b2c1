import type { TarEntry } from "./entry-header.js";
import { BLOCK_BYTES, fitsOctal, octalDigits, sumOf, writeOctal, writeUstarBlock } from "./ustar-block.js";

const SLASH = 0x2f;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

const typeflags = { file: 0x30, hardlink: 0x31, symlink: 0x32, directory: 0x35 } as const;

type PlainEntry = Extract<TarEntry, { type: keyof typeof typeflags }>;

const none = new Uint8Array();

/** What all plain headers have alike, with the spaces that stand for the checksum while it is added up. */
const blank = Buffer.alloc(BLOCK_BYTES);
writeUstarBlock(blank, 0, {
  ...{ name: none, prefix: none, linkName: none, typeflag: "0" },
  ...{ mode: 0, uid: 0, gid: 0, size: 0, mtimeSec: 0, deviceMajor: 0, deviceMinor: 0 },
});
blank.fill(" ", 148, 156);

/** The header that `encodeEntryHeader` gives most members: files, directories and links of which a ustar header says
 * everything, with names in ASCII. It is written over what is in the block, and nothing else is made, for that would take
 * longer than the header. Undefined for all others. */
export function plainHeader(entry: TarEntry, block: Buffer): Buffer | undefined {
  if (!isPlain(entry) || !hasPlainNumbers(entry)) return undefined;
  const slash = splittingSlash(entry);
  const target = "target" in entry ? entry.target : "";
  if (slash === undefined || target.length > NAME_BYTES) return undefined;
  block.set(blank);
  if (!writeName(block, entry, slash) || !writeAscii(block, 157, target)) return undefined;
  writeOctal(block, 100, 7, entry.mode);
  writeOctal(block, 108, octalDigits.id, entry.uid);
  writeOctal(block, 116, octalDigits.id, entry.gid);
  if (entry.type === "file") writeOctal(block, 124, octalDigits.size, entry.size);
  writeOctal(block, 136, octalDigits.mtime, entry.mtimeSec);
  block[156] = typeflags[entry.type];
  const sum = sumOf(block, 0, 157 + target.length) + sumOf(block, 257, 88 + Math.max(slash, 0));
  writeOctal(block, 148, 6, sum);
  return block;
}

function isPlain(entry: TarEntry): entry is PlainEntry {
  const { type, path, xattrs } = entry;
  return type in typeflags && path !== "" && (xattrs === undefined || xattrs.size === 0);
}

function hasPlainNumbers(entry: PlainEntry): boolean {
  return (
    isPlainNumber(entry.mode, 4) &&
    isPlainNumber(entry.uid, octalDigits.id) &&
    isPlainNumber(entry.gid, octalDigits.id) &&
    isPlainNumber(entry.mtimeSec, octalDigits.mtime) &&
    (entry.type !== "file" || isPlainNumber(entry.size, octalDigits.size))
  );
}

function isPlainNumber(value: number, digits: number): boolean {
  return Number.isInteger(value) && fitsOctal(value, digits);
}

/** Where a name is split over two fields, as `splitUstarName` does it: -1 when it need not be, undefined when it cannot. */
function splittingSlash({ type, path }: PlainEntry): number | undefined {
  const length = type === "directory" ? path.length + 1 : path.length;
  if (length <= NAME_BYTES) return -1;
  const slash = path.indexOf("/", length - NAME_BYTES - 1);
  return slash > 0 && slash <= PREFIX_BYTES ? slash : undefined;
}

/** A directory's name ends with a slash. False where a name is not ASCII. */
function writeName(block: Buffer, { type, path }: PlainEntry, slash: number): boolean {
  const name = slash < 0 ? path : path.slice(slash + 1);
  if (type === "directory") block[name.length] = SLASH;
  return writeAscii(block, 0, name) && (slash < 0 || writeAscii(block, 345, path.slice(0, slash)));
}

function writeAscii(block: Buffer, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit >= 0x80) return false;
    block[offset + index] = unit;
  }
  return true;
}
