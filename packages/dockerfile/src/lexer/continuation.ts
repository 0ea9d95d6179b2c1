import type { EscapeCharacter } from "../tree/ast.js";

/** The offset of the escape character that continues the line, -1 when the line ends the instruction.
 *
 *     foo \      continues        foo \·     continues, blanks may follow
 *     foo \\     ends             foo \\\    ends, as in BuildKit, though the last `\` is not escaped
 *     \          continues
 */
export function continuationOffset(line: string, escapeCharacter: EscapeCharacter): number {
  let at = line.length - 1;
  while (at >= 0 && (line[at] === " " || line[at] === "\t")) at -= 1;
  if (at < 0 || line[at] !== escapeCharacter) return -1;
  return at > 0 && line[at - 1] === escapeCharacter ? -1 : at;
}
