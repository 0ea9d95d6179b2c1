import type { LineBreak } from "../edit/line-break.js";
import type { EscapeCharacter } from "../tree/ast.js";

/** What the file itself decides about how it is written. */
export interface FormatStyle {
  readonly escape: EscapeCharacter;
  readonly lineBreak: LineBreak;
}

/** What continuation lines begin with. */
export const indentation = "    ";
