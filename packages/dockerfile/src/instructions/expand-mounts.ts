import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { toDiagnostic } from "../diagnostics/report.js";
import type { ExpandError, ExpandedWord } from "../expand/expand-options.js";
import type { RunInstruction, RunMount } from "./instruction.js";
import { readMount } from "./read-mount.js";

/** The mounts of a RUN with their values expanded, and what is wrong with them now that they are known. Any value
 * but `from` may hold variables: `--mount=type=cache,target=$HOME/.cache,uid=$UID`. */
export function expandMounts(
  run: RunInstruction,
  expand: (value: string) => ExpandedWord | ExpandError,
): { readonly mounts: readonly RunMount[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const mounts = run.mountSpecs.flatMap((spec) => {
    const mount = readMount(spec, expand, (finding) => diagnostics.push(toDiagnostic(finding)));
    return mount ?? [];
  });
  return { mounts, diagnostics };
}
