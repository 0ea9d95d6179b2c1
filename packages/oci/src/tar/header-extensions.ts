import { decodePath } from "../path-bytes.js";
import { malformedTar } from "./malformed-tar.js";
import { decodePaxRecords, type PaxRecords } from "./pax-records.js";
import { tarTooLarge } from "./tar-too-large.js";

/** The type flags of headers that only say more of a member behind them. */
export type ExtensionFlag = "x" | "g" | "L" | "K";

/** The records for all members that say where bytes belong. Readers heed them only in part, and Go not at all. */
const notForAll = ["path", "linkpath", "size"];

/** They are kept to the end of the tar; git writes one. */
const GLOBAL_RECORDS_MAX = 1000;

const noRecords: PaxRecords = new Map();

/** What stands in front of the next member's own header: records, and the long names of GNU tar. */
export class HeaderExtensions {
  /** Of the next member alone, newer ones over those for all members. */
  records: PaxRecords = noRecords;
  name: string | undefined;
  linkName: string | undefined;
  #global: PaxRecords = noRecords;
  #local: PaxRecords = noRecords;

  /** Takes the body of an extended header; it may be overwritten afterwards.
   * @throws OciBuildError TAR_MALFORMED, TAR_LIMIT_EXCEEDED */
  take(flag: ExtensionFlag, body: Buffer): void {
    if (flag === "L") this.name = untilNul(body);
    else if (flag === "K") this.linkName = untilNul(body);
    else this.#takeRecords(flag, Buffer.from(body));
  }

  #takeRecords(flag: "x" | "g", body: Buffer): void {
    if (flag === "x") this.#local = recordsOf(body);
    else this.#global = new Map([...this.#global, ...globalRecordsOf(body)]);
    if (this.#global.size > GLOBAL_RECORDS_MAX)
      throw tarTooLarge("records for all members", GLOBAL_RECORDS_MAX);
    this.records = merged(this.#global, this.#local);
  }

  /** Forgets what was for the member that just came. */
  memberCame(): void {
    if (this.#local.size > 0) this.records = this.#global;
    this.#local = noRecords;
    this.name = undefined;
    this.linkName = undefined;
  }
}

/** What an extended header is, if a type flag is that of one. */
export function extensionFlag(typeflag: number): ExtensionFlag | undefined {
  switch (typeflag) {
    case 0x78:
      return "x";
    case 0x67:
      return "g";
    case 0x4c:
      return "L";
    case 0x4b:
      return "K";
    default:
      return undefined;
  }
}

function merged(global: PaxRecords, local: PaxRecords): PaxRecords {
  return global.size === 0 ? local : new Map([...global, ...local]);
}

function untilNul(body: Buffer): string {
  const end = body.indexOf(0);
  return decodePath(end < 0 ? body : body.subarray(0, end));
}

function recordsOf(body: Buffer): PaxRecords {
  const records = decodePaxRecords(body);
  if (records === undefined) throw malformedTar("an extended header holds no list of records");
  return records;
}

function globalRecordsOf(body: Buffer): PaxRecords {
  const records = recordsOf(body);
  for (const keyword of notForAll) {
    if (records.has(keyword)) throw malformedTar(`a global extended header gives all members one ${keyword}`);
  }
  return records;
}
