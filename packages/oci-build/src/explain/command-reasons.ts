import type { KeyDifference, KeyField } from "@oci-build/cache";
import type { MissReason } from "./step-explanation.js";

/** What of a command changed while the instruction has the same first line: the SHELL, or lines of a here-document. */
export function commandReasons({ name, before, after }: KeyDifference): readonly MissReason[] {
  const [was, is] = [wordsOf(before), wordsOf(after)];
  const shell = input("SHELL", was.slice(0, -1).join(" "), is.slice(0, -1).join(" "));
  const text = textReason(was.at(-1) ?? "", is.at(-1) ?? "");
  const reasons = [...(was.length > 1 && is.length > 1 ? shell : []), ...text];
  return reasons.length > 0 ? reasons : [{ kind: "input", name, before: undefined, after: undefined }];
}

function wordsOf(field: KeyField | undefined): readonly string[] {
  return field?.kind === "string-list" ? field.value : [];
}

/** The first line that differs, where there are several. */
function textReason(was: string, is: string): readonly MissReason[] {
  const [before, after] = [was.split("\n"), is.split("\n")];
  if (before.length === 1 && after.length === 1) return input("command", was, is);
  const index = before.findIndex((line, at) => line !== after[at]);
  const first = index < 0 ? before.length : index;
  return input(`line ${first + 1} of the command`, before[first], after[first]);
}

function input(name: string, before: string | undefined, after: string | undefined): readonly MissReason[] {
  return before === after ? [] : [{ kind: "input", name, before, after }];
}
