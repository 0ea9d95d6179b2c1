/** Direction marks and overrides, which make text read other than it is. */
const directionMark = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
const replacement = "\uFFFD";

/** How a character of a source is shown: C0 control characters as their pictures (U+2400…), so that no escape
 * sequence reaches a terminal; C1 controls, direction marks and lone surrogates as U+FFFD; a byte order mark not at
 * all. */
export function printableCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (code === 0xfeff) return "";
  const isUnpaired = code >= 0xd800 && code <= 0xdfff;
  const isLineSeparator = code === 0x2028 || code === 0x2029;
  if ((code >= 0x80 && code < 0xa0) || isUnpaired || isLineSeparator) return replacement;
  return directionMark.test(character) ? replacement : character;
}

/** A text of one line that is safe to print; line breaks and tabs become blanks. */
export function printableText(text: string): string {
  let result = "";
  for (const character of text) {
    result += character === "\n" || character === "\t" ? " " : printableCharacter(character);
  }
  return result;
}
