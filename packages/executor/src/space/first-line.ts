const DETAIL_MAX_LENGTH = 200;

/** What a program of the host said first, fit for the middle of a sentence. */
export function firstLine(text: string): string {
  const line = text.split("\n").find((part) => part.trim() !== "") ?? "";
  return line
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/\.$/, "")
    .slice(0, DETAIL_MAX_LENGTH);
}
