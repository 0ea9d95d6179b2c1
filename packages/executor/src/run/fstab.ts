import type { MountLine } from "./backend.js";

/** The lines of a table that `mount -a -T` makes from top to bottom.
 * @see https://man7.org/linux/man-pages/man5/fstab.5.html */
export function formatFstab(lines: readonly MountLine[]): string {
  return lines.map((line) => `${formatLine(line)}\n`).join("");
}

function formatLine({ type, source, target, options }: MountLine): string {
  const fields = [source, target, type === "bind" ? "none" : type, options.join(",")];
  return `${fields.map(escapeField).join(" ")} 0 0`;
}

/** White space ends a field, and a number sign at its start begins a comment. */
function escapeField(text: string): string {
  return text.replaceAll(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
