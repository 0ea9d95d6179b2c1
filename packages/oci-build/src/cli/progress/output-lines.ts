import { escapeControls } from "../escape-controls.js";
import { redact } from "../redact.js";

/** Well-formed escape sequences: colours, cursor moves, window titles and links. */
const ESCAPE_SEQUENCE = new RegExp(
  [
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)`,
    String.raw`\u001b(?![[\]PX^_])[ -/]*[0-~]`,
  ].join("|"),
  "g",
);

/** What a command wrote, as lines to be shown: of a line that it has written over and over, such as a progress bar, what
 * a terminal would show in the end; escape sequences are left out, other control characters are made visible. Lines stand
 * behind something, so that none can pass for one of ours. */
export function outputLines(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => {
    const plain = line.replace(ESCAPE_SEQUENCE, "").replace(/\r+$/, "");
    return escapeControls(redact(plain.slice(plain.lastIndexOf("\r") + 1)), "keep-lines");
  });
}
