import { tarInvalid } from "./byte-cursor.js";

export const TAR_BLOCK_BYTES = 512;

/** What a tar member is. `sparse` and `unknown` ones cannot be read by their bytes alone. */
export type TarMemberType =
  | "file"
  | "hardlink"
  | "symlink"
  | "character-device"
  | "block-device"
  | "directory"
  | "fifo"
  | "sparse"
  | "unknown";

/** What the type field of a header says, with those that only carry fields of the next member. */
type TarHeaderType = TarMemberType | "pax" | "pax-global" | "gnu-long-name" | "gnu-long-link";

/** A header block. Names are byte strings: one character for each byte. */
export interface TarHeader {
  readonly type: TarHeaderType;
  readonly name: string;
  readonly linkName: string;
  readonly size: number;
}

const types: ReadonlyMap<string, TarHeaderType> = new Map([
  ["\0", "file"],
  ["0", "file"],
  ["7", "file"],
  ["1", "hardlink"],
  ["2", "symlink"],
  ["3", "character-device"],
  ["4", "block-device"],
  ["5", "directory"],
  ["6", "fifo"],
  ["S", "sparse"],
  ["x", "pax"],
  ["g", "pax-global"],
  ["L", "gnu-long-name"],
  ["K", "gnu-long-link"],
]);

/** Reads one header, or gives undefined for a block of zeros.
 *
 * ```
 * offset   0 name 100   100 mode 8   108 uid 8   116 gid 8   124 size 12   136 mtime 12   148 checksum 8
 *        156 type 1     157 link 100     257 magic 8     345 prefix 155 (only where the magic is "ustar\0")
 * ```
 * @throws OciBuildError OCI_TAR_INVALID
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
export function decodeTarHeader(block: Buffer, offset: number): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (!hasChecksum(block)) throw tarInvalid(offset, "a block without the checksum of a header");
  const size = decodeNumber(block.subarray(124, 136));
  if (size === undefined) throw tarInvalid(offset, "a size that is no number");
  const name = textField(block, 0, 100);
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? textField(block, 345, 155) : "";
  return {
    type: types.get(block.toString("latin1", 156, 157)) ?? "unknown",
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkName: textField(block, 157, 100),
    size,
  };
}

/** Old tars summed signed bytes, so both sums are taken. */
function hasChecksum(block: Buffer): boolean {
  let unsigned = 8 * 0x20;
  let signed = 8 * 0x20;
  for (let at = 0; at < TAR_BLOCK_BYTES; at++) {
    if (at >= 148 && at < 156) continue;
    unsigned += block.readUInt8(at);
    signed += block.readInt8(at);
  }
  const stated = decodeNumber(block.subarray(148, 156));
  return stated === unsigned || stated === signed;
}

/** Octal digits, or base-256 behind a byte 0x80. Undefined for anything else, negative or too large. */
function decodeNumber(field: Buffer): number | undefined {
  let value = 0;
  if (field[0] === 0x80) {
    for (const byte of field.subarray(1)) value = value * 256 + byte;
  } else {
    const digits = /^ *([0-7]*)[ \0]*$/.exec(field.toString("latin1"))?.[1];
    if (digits === undefined) return undefined;
    value = digits === "" ? 0 : Number.parseInt(digits, 8);
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

function textField(block: Buffer, offset: number, length: number): string {
  const text = block.toString("latin1", offset, offset + length);
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}
