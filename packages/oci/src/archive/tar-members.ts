import { type ByteCursor, tarInvalid } from "./byte-cursor.js";
import { decodeTarHeader, TAR_BLOCK_BYTES, type TarHeader, type TarMemberType } from "./tar-header.js";

/** Longer extended headers and names are refused, as Go's archive/tar does. */
const EXTENDED_HEADER_MAX_BYTES: number = 1024 * 1024;

/** One member of a tar. Names are byte strings, as they stand: one character for each byte.
 * `size` counts the bytes from `dataOffset`; what has no data has 0, and `statedSize` is what its header says. */
export interface TarMember {
  readonly type: TarMemberType;
  readonly name: string;
  readonly linkName: string;
  readonly size: number;
  readonly statedSize: number;
  readonly dataOffset: number;
}

/** Lists the members of a tar without keeping their bytes. Reads ustar, PAX and GNU names, in Go's way where readers
 * differ: what cannot have data has none, whatever its size says.
 * @throws OciBuildError OCI_TAR_INVALID */
export async function* tarMembers(cursor: ByteCursor): AsyncGenerator<TarMember> {
  let extended: ExtendedFields = {};
  for (;;) {
    const offset = cursor.offset;
    const block = await cursor.take(TAR_BLOCK_BYTES);
    if (block.length === 0) return;
    if (block.length < TAR_BLOCK_BYTES) throw tarInvalid(offset, "a part of a block");
    const header = decodeTarHeader(block, offset);
    if (header === undefined) return;
    const fields = await extendedFields(cursor, header);
    if (fields !== undefined) {
      extended = { ...extended, ...fields };
      continue;
    }
    const member = withExtendedFields(header, extended, cursor.offset);
    extended = {};
    yield member;
    await cursor.skip(member.size);
    // Bytes that only fill the last block may be missing at the end, as umoci leaves them out and Go lets it.
    await cursor.take(padded(member.size) - member.size);
  }
}

interface ExtendedFields {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: string;
  readonly sparse?: "sparse";
}

async function extendedFields(cursor: ByteCursor, header: TarHeader): Promise<ExtendedFields | undefined> {
  switch (header.type) {
    case "pax":
      return paxFields(await extendedData(cursor, header), cursor.offset);
    case "pax-global":
      await extendedData(cursor, header);
      return {};
    case "gnu-long-name":
      return { path: untilNul(await extendedData(cursor, header)) };
    case "gnu-long-link":
      return { linkpath: untilNul(await extendedData(cursor, header)) };
    default:
      return undefined;
  }
}

async function extendedData(cursor: ByteCursor, { size }: TarHeader): Promise<string> {
  const offset = cursor.offset;
  if (size > EXTENDED_HEADER_MAX_BYTES) throw tarInvalid(offset, `an extended header of ${size} bytes`);
  const data = await cursor.take(padded(size));
  if (data.length < size) throw tarInvalid(offset, "the end of the file inside an extended header");
  return data.toString("latin1", 0, size);
}

function withExtendedFields(header: TarHeader, extended: ExtendedFields, dataOffset: number): TarMember {
  const name = extended.path ?? header.name;
  const statedSize = extended.size === undefined ? header.size : Number(extended.size);
  if (!Number.isSafeInteger(statedSize))
    throw tarInvalid(dataOffset, `the size ${String(extended.size).slice(0, 30)}`);
  const type = memberType(header, extended, name);
  const size = type === "file" || type === "sparse" || type === "unknown" ? statedSize : 0;
  return { type, name, linkName: extended.linkpath ?? header.linkName, size, statedSize, dataOffset };
}

/** Before ustar a directory was a file whose name ends in a slash. */
function memberType(header: TarHeader, extended: ExtendedFields, name: string): TarMemberType {
  if (extended.sparse !== undefined) return "sparse";
  if (header.type === "file" && name.endsWith("/")) return "directory";
  return header.type as TarMemberType;
}

/** The records that matter here; each is `length key=value\n`, the length counting all of it. */
function paxFields(data: string, offset: number): ExtendedFields {
  const fields: { path?: string; linkpath?: string; size?: string; sparse?: "sparse" } = {};
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(" ", at);
    const digits = data.slice(at, space);
    const end = at + Number(digits);
    const equals = data.indexOf("=", space);
    const isRecord = /^\d{1,7}$/.test(digits) && equals > space && equals < end && data[end - 1] === "\n";
    if (!isRecord) throw tarInvalid(offset, "a PAX record that is none");
    const key = data.slice(space + 1, equals);
    const value = data.slice(equals + 1, end - 1);
    if (key === "path" || key === "linkpath" || (key === "size" && /^\d+$/.test(value))) fields[key] = value;
    else if (key.startsWith("GNU.sparse.")) fields.sparse = "sparse";
    at = end;
  }
  return fields;
}

function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

function padded(size: number): number {
  return Math.ceil(size / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}
