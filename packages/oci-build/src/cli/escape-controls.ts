/** Control characters, and the marks that turn the direction of text or break lines unseen. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text from outside with its control characters and direction marks made visible, so that it cannot move the cursor,
 * set colours, begin a line of its own or read other than it is. `keep-lines` leaves line feeds and tabs. */
export function escapeControls(text: string, lines: "escape-lines" | "keep-lines" = "escape-lines"): string {
  return text.replace(UNSAFE, (character) => {
    if (character === "\n" || character === "\t") {
      if (lines === "keep-lines") return character;
      return character === "\n" ? "\\n" : "\\t";
    }
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
