/** Everything in a tar is a whole number of these. */
export const BLOCK_BYTES = 512;

/** Two blocks of zeros end a tar. */
export const TAR_END_BYTES: number = 2 * BLOCK_BYTES;

/** What one ustar header says. Numbers that do not fit are the caller's affair, see `fitsOctal`. */
export interface UstarFields {
  readonly name: Uint8Array;
  readonly prefix: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeSec: number;
  readonly typeflag: string;
  readonly linkName: Uint8Array;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
}

/** The digits that fit the field of each number, before the NUL that ends it. */
export const octalDigits = { id: 7, size: 11, mtime: 11, device: 7 } as const;

/** Whether a number can be said by so many octal digits. */
export function fitsOctal(value: number, digits: number): boolean {
  return value >= 0 && value < 8 ** digits;
}

/** Bytes of zeros that follow data of this size. */
export function paddingBytes(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Writes one header into 512 zero bytes at `offset`.
 *
 *     0 name 100 · 100 mode 8 · 108 uid 8 · 116 gid 8 · 124 size 12 · 136 mtime 12 · 148 checksum 8 · 156 type 1
 *     157 link name 100 · 257 "ustar\0" "00" · 265 user 32 · 297 group 32 · 329 major 8 · 337 minor 8
 *     345 prefix 155 · 500 unused 12
 *
 * User and group names stay empty: ids alone count in an image. */
export function writeUstarBlock(target: Buffer, offset: number, fields: UstarFields): void {
  target.set(fixedBytes, offset + 148);
  target.set(fields.name, offset);
  writeOctal(target, offset + 100, 7, fields.mode);
  writeOctal(target, offset + 108, octalDigits.id, fields.uid);
  writeOctal(target, offset + 116, octalDigits.id, fields.gid);
  writeOctal(target, offset + 124, octalDigits.size, fields.size);
  writeOctal(target, offset + 136, octalDigits.mtime, fields.mtimeSec);
  target[offset + 156] = fields.typeflag.charCodeAt(0);
  if (fields.linkName.length > 0) target.set(fields.linkName, offset + 157);
  if (fields.deviceMajor > 0) writeOctal(target, offset + 329, octalDigits.device, fields.deviceMajor);
  if (fields.deviceMinor > 0) writeOctal(target, offset + 337, octalDigits.device, fields.deviceMinor);
  if (fields.prefix.length > 0) target.set(fields.prefix, offset + 345);
  writeOctal(target, offset + 148, 6, blockSum(target, offset, fields));
}

/** What most headers have alike, from the checksum on: its eight spaces, the magic, device numbers of zero. */
const fixedBytes: Uint8Array = Buffer.from(
  `${" ".repeat(8)}${"\0".repeat(101)}ustar\u000000${"\0".repeat(64)}0000000\u00000000000\0`,
  "latin1",
);

/** Digits by hand: a string for each of seven fields of each of 100,000 headers is what a profile shows first. */
export function writeOctal(target: Buffer, offset: number, digits: number, value: number): void {
  let index = offset + digits - 1;
  let rest = value;
  for (; rest >= 2 ** 31; index -= 1) {
    const higher = Math.floor(rest / 8);
    target[index] = 0x30 + (rest - higher * 8);
    rest = higher;
  }
  for (let bits = rest | 0; index >= offset; index -= 1) {
    target[index] = 0x30 + (bits & 7);
    bits >>>= 3;
  }
  target[offset + digits] = 0;
}

/** Adds up the bytes where any but zero can be. */
function blockSum(target: Buffer, offset: number, { name, linkName, prefix }: UstarFields): number {
  return (
    sumOf(target, offset, name.length) +
    sumOf(target, offset + 100, 57 + linkName.length) +
    sumOf(target, offset + 257, 88 + prefix.length)
  );
}

/** The sum of so many bytes. */
export function sumOf(target: Buffer, start: number, length: number): number {
  let sum = 0;
  for (let index = start; index < start + length; index += 1) sum += target[index] ?? 0;
  return sum;
}
