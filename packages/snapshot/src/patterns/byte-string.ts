import { encodePath } from "@oci-build/oci";

const ascii = /^\p{ASCII}*$/u;

/** The bytes of a path, one character (U+0000 to U+00FF) for each. ASCII text is its own byte string.
 * Go's matching is defined on bytes, so that a `*` may end inside a character. */
export function byteString(path: string): string {
  return ascii.test(path) ? path : encodePath(path).toString("latin1");
}

/** What Go reads in place of a byte that is not UTF-8, and its length in bytes. */
const invalid = 0xfffd * 4 + 1;

/** The character at a byte offset: its code point times four plus its length in bytes.
 * Decodes as Go's `utf8.DecodeRuneInString`: a bad byte is U+FFFD of length 1. */
export function decodeRune(bytes: string, at: number): number {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return first * 4 + 1;
  if (first < 0xc2 || first > 0xf4) return invalid;
  const second = continuation(bytes, at + 1);
  if (second < 0) return invalid;
  if (first < 0xe0) return (((first & 0x1f) << 6) | second) * 4 + 2;
  const third = continuation(bytes, at + 2);
  if (third < 0) return invalid;
  if (first < 0xf0) return checkedRune(((first & 0x0f) << 12) | (second << 6) | third, 3);
  const fourth = continuation(bytes, at + 3);
  if (fourth < 0) return invalid;
  return checkedRune(((first & 0x07) << 18) | (second << 12) | (third << 6) | fourth, 4);
}

function continuation(bytes: string, at: number): number {
  const byte = bytes.charCodeAt(at);
  return byte >= 0x80 && byte < 0xc0 ? byte & 0x3f : -1;
}

/** Overlong forms, surrogates and what lies beyond Unicode are no characters. */
function checkedRune(rune: number, size: 3 | 4): number {
  const least = size === 3 ? 0x800 : 0x10000;
  const surrogate = rune >= 0xd800 && rune < 0xe000;
  return rune < least || surrogate || rune > 0x10ffff ? invalid : packRune(rune, size);
}

function packRune(rune: number, size: number): number {
  // Four does not fit the two lower bits; 0 stands for it.
  return rune * 4 + (size & 3);
}

/** The code point of a decoded character. */
export function runeOf(decoded: number): number {
  return decoded >> 2;
}

/** The length in bytes of a decoded character. */
export function runeSize(decoded: number): number {
  return decoded & 3 || 4;
}
