import { malformedTar } from "./malformed-tar.js";
import type { PaxRecords } from "./pax-records.js";

/** A number of a header that cannot be negative; a record of the field's name goes before the header.
 * @throws OciBuildError TAR_MALFORMED */
export function memberNumber(value: number, field: string, records?: PaxRecords): number {
  const number = decimalRecord(records, field) ?? value;
  if (!Number.isSafeInteger(number) || number < 0) throw noNumber(field);
  return number;
}

/** Whole seconds since 1970; fractions, which only records have, go down.
 * @throws OciBuildError TAR_MALFORMED */
export function memberTime(value: number, records: PaxRecords): number {
  const text = recordText(records, "mtime");
  if (text !== undefined && !/^-?[0-9]+(?:\.[0-9]*)?$/.test(text)) throw noNumber("mtime");
  const seconds = text === undefined ? value : Math.floor(Number(text));
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
  if (records.size === 0) return undefined;
  const record = records.get(keyword);
  return record === undefined || record.length === 0 ? undefined : Buffer.from(record).toString("latin1");
}

function noNumber(field: string): Error {
  return malformedTar(`a header has no valid ${field}`);
}
