/** Characters that terminals draw two columns wide: East Asian Wide and Fullwidth, and emoji. Coarse, and rather too
 * wide than too narrow. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;
/** Without variation selector 16, which makes the character before it an emoji and so wider. */
const ZERO_WIDTH = /(?!\ufe0f)[\p{Mn}\p{Me}\p{Cf}]/u;
const ASCII = /^[ -~]*$/;
const ELLIPSIS = "…";

/** How many columns of a terminal a text takes that holds no control characters. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += characterColumns(character);
  return columns;
}

function characterColumns(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text, or its beginning and an ellipsis, in at most so many columns. */
export function fitColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return "";
  let [kept, used] = ["", 0];
  for (const character of text) {
    const width = characterColumns(character);
    if (used + width > columns - 1) break;
    kept += character;
    used += width;
  }
  return kept + ELLIPSIS;
}

/** The text with blanks behind it, in so many columns; longer text as it is. */
export function padColumns(text: string, columns: number): string {
  return text + " ".repeat(Math.max(columns - columnsOf(text), 0));
}
