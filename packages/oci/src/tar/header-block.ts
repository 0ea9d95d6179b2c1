import { decodePath } from "../path-bytes.js";
import { BLOCK_BYTES } from "./ustar-block.js";

/** What a block is that stands where a header may: `damaged` when its checksum is not its own. */
export type BlockState = "header" | "zeros" | "damaged";

const checksumField = { offset: 148, length: 8 } as const;
const SPACE = 0x20;
const ZERO_DIGIT = 0x30;

/** Looks at the checksum of the block at an offset. Some old writers summed signed bytes, so either sum is right. */
export function blockState(bytes: Buffer, view: DataView, offset: number): BlockState {
  const sum = byteSum(view, offset, BLOCK_BYTES);
  if (sum === 0) return "zeros";
  const { offset: field, length } = checksumField;
  const unsigned = sum - byteSum(view, offset + field, length) + length * SPACE;
  const stated = numberField(bytes, offset + field, length);
  if (stated === unsigned) return "header";
  return stated === unsigned - 256 * highBytes(bytes, offset) ? "header" : "damaged";
}

/** The sum of so many bytes, a multiple of four and no more than a block, added up in pairs. */
function byteSum(view: DataView, offset: number, length: number): number {
  let even = 0;
  let odd = 0;
  for (let at = offset; at < offset + length; at += 4) {
    const word = view.getInt32(at);
    even += word & 0x00ff00ff;
    odd += (word >>> 8) & 0x00ff00ff;
  }
  return (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16);
}

/** How many bytes are negative as signed ones; the checksum counts as spaces. */
function highBytes(bytes: Buffer, offset: number): number {
  let count = 0;
  for (let at = offset; at < offset + BLOCK_BYTES; at += 1) count += (bytes[at] ?? 0) >> 7;
  for (let at = offset + 148; at < offset + 156; at += 1) count -= (bytes[at] ?? 0) >> 7;
  return count;
}

/** A number of a header: octal digits, which spaces and NULs may surround, or the base-256 of GNU tar, whose first byte
 * has its highest bit set. NaN for anything else. */
export function numberField(bytes: Buffer, offset: number, length: number): number {
  const end = offset + length;
  if ((bytes[offset] ?? 0) >= 0x80) return base256(bytes, offset, end);
  let at = offset;
  while (at < end && isBlank(bytes[at])) at += 1;
  let value = 0;
  for (; at < end && !isBlank(bytes[at]); at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO_DIGIT;
    if (digit < 0 || digit > 7) return Number.NaN;
    value = value * 8 + digit;
  }
  return value;
}

/** A name of a header, up to its first NUL. */
export function textField(bytes: Buffer, offset: number, length: number): string {
  let end = offset;
  let bits = 0;
  for (; end < offset + length; end += 1) {
    const byte = bytes[end] ?? 0;
    if (byte === 0) break;
    bits |= byte;
  }
  if (end === offset) return "";
  if (bits >= 0x80) return decodePath(bytes.subarray(offset, end));
  return bytes.toString("latin1", offset, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0;
}

/** Two's complement, but for the first byte, which only tells the sign. */
function base256(bytes: Buffer, offset: number, end: number): number {
  const first = bytes[offset];
  if (first !== 0x80 && first !== 0xff) return Number.NaN;
  let value = first === 0xff ? -1 : 0;
  for (let at = offset + 1; at < end; at += 1) value = value * 256 + (bytes[at] ?? 0);
  return value;
}
