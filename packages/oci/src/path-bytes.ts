import { isUtf8 } from "node:buffer";
import { ociError } from "./errors.js";

/** A byte that is no part of valid UTF-8 is kept as this code unit plus the byte: always U+DC80 to U+DCFF, because
 * only bytes from 0x80 on can be invalid. Python calls the same rule surrogateescape (PEP 383). */
const ESCAPE_BASE = 0xdc00;

/** Cheap to look for, and rarely there. */
const anySurrogate = /[\ud800-\udfff]/;
const loneSurrogate = /\p{Surrogate}/u;
const loneSurrogates = /\p{Surrogate}/gu;

/** The text of a path or link target that a file system or an archive gave as bytes.
 * Valid UTF-8 is decoded; every other byte becomes one lone surrogate U+DC80 to U+DCFF. No two byte strings give the
 * same text, and `encodePath` gives the bytes back. */
export function decodePath(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString("utf8") : decodeEscaping(buffer);
}

/** The bytes of a path: UTF-8, and for lone surrogates U+DC80 to U+DCFF the bytes they stand for.
 * @throws OciBuildError PATH_NOT_ENCODABLE for any other lone surrogate: it stands for no byte */
export function encodePath(path: string): Buffer {
  return isUtf8Path(path) ? Buffer.from(path, "utf8") : encodeEscaped(path);
}

/** Whether a path's bytes are all valid UTF-8. */
export function isUtf8Path(path: string): boolean {
  return !anySurrogate.test(path) || !loneSurrogate.test(path);
}

function decodeEscaping(bytes: Buffer): string {
  const parts: string[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const length = sequenceLength(bytes, offset);
    if (length === 0) parts.push(String.fromCharCode(ESCAPE_BASE + bytes.readUInt8(offset)));
    else parts.push(bytes.toString("utf8", offset, offset + length));
    offset += Math.max(length, 1);
  }
  return parts.join("");
}

/** The length of the UTF-8 sequence that begins here, or 0 when none does. */
function sequenceLength(bytes: Buffer, offset: number): number {
  const first = bytes.readUInt8(offset);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (offset + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(offset, offset + length)) ? length : 0;
}

function encodeEscaped(path: string): Buffer {
  const parts: Buffer[] = [];
  let offset = 0;
  for (const match of path.matchAll(loneSurrogates)) {
    const byte = path.charCodeAt(match.index) - ESCAPE_BASE;
    if (byte < 0x80 || byte > 0xff) throw notEncodable(path);
    parts.push(Buffer.from(path.slice(offset, match.index), "utf8"), Buffer.of(byte));
    offset = match.index + 1;
  }
  parts.push(Buffer.from(path.slice(offset), "utf8"));
  return Buffer.concat(parts);
}

function notEncodable(path: string): Error {
  return ociError("PATH_NOT_ENCODABLE", {
    message: `path ${JSON.stringify(path)} holds half of a surrogate pair that stands for no byte`,
    data: { path },
    hint: "Rename the file so that its name is valid Unicode.",
  });
}
