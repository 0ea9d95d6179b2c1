import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { applyEdits, type TextEdit } from "./text-edit.js";

/** A text after fixes, and the diagnostics whose fixes were applied. */
export interface FixResult {
  readonly text: string;
  readonly fixed: readonly Diagnostic[];
}

interface OwnedEdit extends TextEdit {
  readonly owner: number;
}

/** Applies the fixes of diagnostics about one file, each diagnostic's all or none: where two overlap, the earlier
 * diagnostic wins, and checking the result again finds the other. `file` chooses the diagnostics: those of that name,
 * or without it those of the Dockerfile. */
export function applyFixes(text: string, diagnostics: readonly Diagnostic[], file?: string): FixResult {
  const fixable = diagnostics.filter(
    (diagnostic) => diagnostic.file === file && diagnostic.fixes !== undefined,
  );
  const edits = fixable
    .flatMap(({ fixes = [] }, owner): OwnedEdit[] => fixes.map((edit) => ({ ...edit, owner })))
    .sort((a, b) => a.span.start.offset - b.span.start.offset);
  const refused = findConflicts(edits);
  const accepted = edits.filter(({ owner }) => !refused.has(owner));
  return { text: applyEdits(text, accepted), fixed: fixable.filter((_, owner) => !refused.has(owner)) };
}

/** The owners whose edits overlap those of an earlier one. Any overlap is one with the last edit that is still wanted,
 * because those do not overlap each other. */
function findConflicts(sorted: readonly OwnedEdit[]): ReadonlySet<number> {
  const refused = new Set<number>();
  let last: OwnedEdit | undefined;
  for (const edit of sorted) {
    if (refused.has(edit.owner)) continue;
    if (last === undefined || refused.has(last.owner) || edit.span.start.offset >= last.span.end.offset)
      last = edit;
    else if (edit.owner > last.owner) refused.add(edit.owner);
    else {
      refused.add(last.owner);
      last = edit;
    }
  }
  return refused;
}
