import { decodePath, encodePath } from "../path-bytes.js";

/** Extended header records by keyword. Values are bytes: those of `SCHILY.xattr.*` are not text. */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;

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
    const space = body.indexOf(SPACE, offset);
    const end = offset + recordLength(body.subarray(offset, space));
    const equals = body.indexOf(EQUALS, space);
    // Also false when any of the three was not found.
    if (!(offset < space && space < equals && equals < end && body[end - 1] === NEWLINE)) return undefined;
    records.set(decodePath(body.subarray(space + 1, equals)), body.subarray(equals + 1, end - 1));
    offset = end;
  }
  return records;
}

function encodeRecord(key: string, value: Uint8Array): Uint8Array[] {
  const head = Buffer.concat([Buffer.from(" "), encodePath(key), Buffer.from("=")]);
  const rest = head.length + value.length + 1;
  let length = rest + String(rest).length;
  // The digits of the length count too, and may carry it over a power of ten.
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return [Buffer.from(String(length)), head, value, Buffer.of(NEWLINE)];
}

/** NaN for what is no plain decimal number, so that every comparison with it fails. */
function recordLength(digits: Uint8Array): number {
  const text = Buffer.from(digits.subarray(0, 16)).toString("latin1");
  return digits.length <= 15 && /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
}
