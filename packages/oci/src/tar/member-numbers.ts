import { malformedTar } from "./malformed-tar.js";
import type { PaxRecords } from "./pax-records.js";

/** A number of a header that cannot be negative; a record of the field's name goes before the header.
 * @throws OciBuildError TAR_MALFORMED */
export function memberNumber(value: number | undefined, field: string, records?: PaxRecords): number {
  const number = decimalRecord(records, field) ?? value;
  if (number === undefined || !Number.isSafeInteger(number) || number < 0) throw noNumber(field);
  return number;
}

/** The bytes of data behind a header, once tar-stream and its record agree on them.
 * @throws OciBuildError TAR_MALFORMED */
export function memberSize(framed: number | undefined, records: PaxRecords): number {
  const size = memberNumber(framed, "size");
  const stated = decimalRecord(records, "size");
  if (stated !== undefined && stated !== size) throw noNumber("size");
  return size;
}

/** Whole seconds since 1970; fractions, which only records have, go down.
 * @throws OciBuildError TAR_MALFORMED */
export function memberTime(value: Date | undefined, records: PaxRecords): number {
  const text = recordText(records, "mtime");
  if (text !== undefined && !/^-?[0-9]+(?:\.[0-9]*)?$/.test(text)) throw noNumber("mtime");
  const seconds = Math.floor(text === undefined ? (value?.getTime() ?? Number.NaN) / 1000 : Number(text));
  if (!Number.isSafeInteger(seconds)) throw noNumber("mtime");
  // -0 and 0 are one time.
  return seconds + 0;
}

function decimalRecord(records: PaxRecords | undefined, keyword: string): number | undefined {
  const text = records === undefined ? undefined : recordText(records, keyword);
  if (text === undefined) return undefined;
  if (!/^[0-9]+$/.test(text)) throw noNumber(keyword);
  return Number(text);
}

/** An empty record takes back one for all members. */
function recordText(records: PaxRecords, keyword: string): string | undefined {
  const record = records.get(keyword);
  return record === undefined || record.length === 0 ? undefined : Buffer.from(record).toString("latin1");
}

function noNumber(field: string): Error {
  return malformedTar(`a header has no valid ${field}`);
}
