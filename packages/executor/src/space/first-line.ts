const DETAIL_MAX_LENGTH = 200;

/** What programs of the host said first, fit for the middle of a sentence; only lines with `word` in them, if given. */
export function firstLine(text: string, word = ""): string {
  const line = text.split("\n").find((part) => part.trim() !== "" && part.includes(word)) ?? "";
  return line
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/\.$/, "")
    .slice(0, DETAIL_MAX_LENGTH);
}
