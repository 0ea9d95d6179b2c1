/** White space beyond ASCII as Go's `unicode.IsSpace` has it; `\s` of JavaScript lacks U+0085 and has U+FEFF. */
const spaceBeyondAscii = /^[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Whether the character is white space. An empty text is not. */
export function isSpace(character: string | undefined): boolean {
  if (character === undefined || character === "") return false;
  const code = character.charCodeAt(0);
  return code < 0x80 ? code === 0x20 || (code >= 0x09 && code <= 0x0d) : spaceBeyondAscii.test(character);
}

/** Whether the character separates the words of FROM, COPY, EXPOSE and the like: ASCII blanks only. */
export function isBlank(character: string | undefined): boolean {
  return (
    character === " " || character === "\t" || character === "\r" || character === "\v" || character === "\f"
  );
}

/** The text without white space around it. */
export function trimSpace(text: string): string {
  const end = trimEndOffset(text, 0);
  return text.slice(skipSpace(text, 0, end), end);
}

/** The offset of the first character from `start` on that is not white space, at most `end`. */
export function skipSpace(text: string, start: number, end: number = text.length): number {
  let at = start;
  while (at < end && isSpace(text[at])) at += 1;
  return at;
}

/** The offset after the last character before `end` that is not white space, at least `start`. */
export function trimEndOffset(text: string, start: number, end: number = text.length): number {
  let at = end;
  while (at > start && isSpace(text[at - 1])) at -= 1;
  return at;
}
