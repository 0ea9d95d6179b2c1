import { blockState, numberField } from "../tar/header-block.js";
import { memberTypes } from "../tar/member-types.js";
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

const types: ReadonlyMap<string, TarHeaderType> = new Map<string, TarHeaderType>([
  ...memberTypes,
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
  const state = blockState(block, new DataView(block.buffer, block.byteOffset, block.length), 0);
  if (state === "zeros") return undefined;
  if (state === "damaged") throw tarInvalid(offset, "a block without the checksum of a header");
  const size = numberField(block, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw tarInvalid(offset, "a size that is no number");
  const name = textField(block, 0, 100);
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? textField(block, 345, 155) : "";
  return {
    type: types.get(block.toString("latin1", 156, 157)) ?? "unknown",
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkName: textField(block, 157, 100),
    size,
  };
}

function textField(block: Buffer, offset: number, length: number): string {
  const text = block.toString("latin1", offset, offset + length);
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}
