import { decodePath, encodePath } from "../path-bytes.js";

/** Extended header records by keyword. Values are bytes: those of `SCHILY.xattr.*` are not text. */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;
const ZERO = 0x30;

/** More digits than any length has; their number is still a safe integer. */
const LENGTH_DIGITS_MAX = 15;

interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** The body of an extended header, records sorted by keyword. One record is
 *
 *     18 path=some/path\n
 *     ^^ decimal length of the whole record, itself included
 *
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03 */
export function encodePaxRecords(records: PaxRecords): Buffer {
  const keys = [...records.keys()].sort();
  return Buffer.concat(keys.flatMap((key) => encodeRecord(key, records.get(key) ?? new Uint8Array())));
}

/** The records of an extended header's body, or undefined when it is malformed. Of equal keywords the last holds. */
export function decodePaxRecords(body: Uint8Array): PaxRecords | undefined {
  const records = new Map<string, Uint8Array>();
  let offset = 0;
  while (offset < body.length) {
    const space = endOfDigits(body, offset);
    const end = offset + decimal(body, offset, space);
    const equals = equalsBetween(body, space, end);
    // The last comparison fails also where the end lies beyond the body.
    const isRecord = body[space] === SPACE && space + 1 < equals && body[end - 1] === NEWLINE;
    if (!isRecord) return undefined;
    records.set(keywordOf(body, space + 1, equals), body.subarray(equals + 1, end - 1));
    offset = end;
  }
  return records;
}

function endOfDigits(body: Uint8Array, start: number): number {
  let at = start;
  while (at < start + LENGTH_DIGITS_MAX && isDigit(body[at])) at += 1;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

function decimal(body: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + ((body[at] ?? ZERO) - ZERO);
  return value;
}

/** The place of the first "=", or 0. */
function equalsBetween(body: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end && at < body.length; at += 1) if (body[at] === EQUALS) return at;
  return 0;
}

/** Those that many members of many archives have. */
const usualKeywords = ["mtime", "atime", "ctime", "path", "linkpath", "size", "uid", "gid", "uname", "gname"];

/** Usual keywords are compared where they stand: making a string of bytes takes longer than all the rest. */
function keywordOf(body: Uint8Array, start: number, end: number): string {
  for (const keyword of usualKeywords) if (isTextAt(body, { start, end }, keyword)) return keyword;
  return decodePath(body.subarray(start, end));
}

function isTextAt(body: Uint8Array, { start, end }: ByteSpan, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== body[start + at]) return false;
  return true;
}

function encodeRecord(key: string, value: Uint8Array): Uint8Array[] {
  const head = Buffer.concat([Buffer.from(" "), encodePath(key), Buffer.from("=")]);
  const rest = head.length + value.length + 1;
  let length = rest + String(rest).length;
  // The digits of the length count too, and may carry it over a power of ten.
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return [Buffer.from(String(length)), head, value, Buffer.of(NEWLINE)];
}
