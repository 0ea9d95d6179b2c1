import { malformedTar } from "./malformed-tar.js";
import { decodePaxRecords, type PaxRecords } from "./pax-records.js";
import { BLOCK_BYTES, paddingBytes } from "./ustar-block.js";

/** What stands in front of a member's own header. */
export interface Extensions {
  /** Records for this member only. */
  readonly local: PaxRecords;
  /** Records for this member and all that follow, newer ones added to those given. */
  readonly global: PaxRecords;
  readonly typeflag: string;
}

/** The records for all members that say where bytes belong. tar-stream heeds them only in part, and Go not at all. */
const notForAll = ["path", "linkpath", "size"];

/** Reads the extended headers in front of a member from all bytes between the data before and its own data. The
 * frame is known to be right: tar-stream found the member by it.
 *
 * tar-stream gives records as text, which destroys values of xattrs and names that are not UTF-8, and leaves records
 * for all members out where a member has none of its own.
 * @throws OciBuildError TAR_MALFORMED */
export function readExtensions(bytes: Buffer, earlier: PaxRecords): Extensions {
  let local: PaxRecords = new Map();
  let global = earlier;
  let offset = 0;
  for (; offset + BLOCK_BYTES < bytes.length; ) {
    const bodySize = extensionSize(bytes, offset);
    const body = bytes.subarray(offset + BLOCK_BYTES, offset + BLOCK_BYTES + bodySize);
    const typeflag = bytes.toString("latin1", offset + 156, offset + 157);
    if (typeflag === "x") local = recordsOf(body);
    if (typeflag === "g") global = new Map([...global, ...globalRecordsOf(body)]);
    offset += BLOCK_BYTES + bodySize + paddingBytes(bodySize);
  }
  return { local, global, typeflag: bytes.toString("latin1", offset + 156, offset + 157) };
}

/** The size field of an extended header; a lone block of zeros in front of a header has none. */
function extensionSize(bytes: Buffer, offset: number): number {
  const text = bytes
    .toString("latin1", offset + 124, offset + 136)
    .replace(/[\0 ]+$/, "")
    .trimStart();
  if (!/^[0-7]*$/.test(text)) throw malformedTar("an extended header has a size that is no octal number");
  return text === "" ? 0 : Number.parseInt(text, 8);
}

function recordsOf(body: Uint8Array): PaxRecords {
  const records = decodePaxRecords(body);
  if (records === undefined) throw malformedTar("an extended header holds no list of records");
  return records;
}

function globalRecordsOf(body: Uint8Array): PaxRecords {
  const records = recordsOf(body);
  for (const keyword of notForAll) {
    if (records.has(keyword)) throw malformedTar(`a global extended header gives all members one ${keyword}`);
  }
  return records;
}
