import { explainMiss, type KeyDifference, type KeyField, looksSecret } from "@oci-build/cache";
import { commandReasons } from "./command-reasons.js";
import type { ChangedParent } from "./input-reasons.js";
import { isMountDifference, mountReasons, withMountNames } from "./mount-reasons.js";
import type { MissReason } from "./step-explanation.js";

/** Marks the fields of a RUN's key in a log. */
const PREFIX = "run ";

/** The fields of a RUN's key as a log has them. */
export function runFields(fields: readonly KeyField[]): readonly KeyField[] {
  return fields.map((field): KeyField => ({ ...field, name: PREFIX + field.name }));
}

/** What `runFields` made; empty for another step. */
export function readRunFields(fields: readonly KeyField[]): readonly KeyField[] {
  return fields
    .filter(({ name }) => name.startsWith(PREFIX))
    .map((field): KeyField => ({ ...field, name: field.name.slice(PREFIX.length) }));
}

/** A RUN at one time: its text, and the fields of its key. */
export interface RunState {
  readonly instruction: string | undefined;
  readonly fields: readonly KeyField[];
}

/** What of a RUN's key changed since an earlier build. `argNames` tells which variables are ARGs. */
export function runReasons(
  {
    before,
    after,
    argNames,
  }: { readonly before: RunState; readonly after: RunState; readonly argNames: ReadonlySet<string> },
  parent: ChangedParent | undefined,
): readonly MissReason[] {
  const isOtherText =
    before.instruction !== undefined &&
    after.instruction !== undefined &&
    before.instruction !== after.instruction;
  const text: readonly MissReason[] = isOtherText
    ? [{ kind: "instruction", before: before.instruction, after: after.instruction }]
    : [];
  const differences = explainMiss(withMountNames(before.fields), withMountNames(after.fields));
  const told = differences.flatMap((difference): readonly MissReason[] => {
    if (difference.name === "parents") return [{ kind: "below", step: parent }];
    if (difference.name === "environment") return variableReasons(difference, argNames);
    // The text says it better.
    if (COMMAND_FIELDS.has(difference.name)) return isOtherText ? [] : commandReasons(difference);
    return isMountDifference(difference) ? mountReasons(difference, differences) : inputReasons(difference);
  });
  const isReordered =
    !differences.some(isMountDifference) && explainMiss(before.fields, after.fields).some(isMountDifference);
  return [...text, ...told, ...(isReordered ? [reorderedMounts] : [])];
}

const reorderedMounts: MissReason = {
  ...{ kind: "input", name: "order of the mounts" },
  ...{ before: undefined, after: undefined },
};

const COMMAND_FIELDS: ReadonlySet<string> = new Set(["command", "script"]);

function variableReasons({ parts }: KeyDifference, argNames: ReadonlySet<string>): readonly MissReason[] {
  return parts.map(({ part, before, after }): MissReason => {
    const name = String(part);
    const scope = argNames.has(name) ? "ARG" : "ENV";
    const hidden = looksSecret(name);
    const values = hidden ? { before: undefined, after: undefined } : { before, after };
    return { kind: "variable", scope, name, ...values, hidden };
  });
}

/** Lists of options are told part by part, everything else as a whole. */
function inputReasons({ name, before, after, parts }: KeyDifference): readonly MissReason[] {
  if (before?.kind === "pair-list" && after?.kind === "pair-list") {
    return parts.map((part) => ({
      kind: "input",
      name: `${name}: ${part.part}`,
      before: part.before,
      after: part.after,
    }));
  }
  return [{ kind: "input", name, before: shownValue(before), after: shownValue(after) }];
}

/** A value for people; digests say nothing to them. */
function shownValue(field: KeyField | undefined): string | undefined {
  if (field === undefined || field.kind === "digest" || field.kind === "digest-list") return undefined;
  if (field.kind === "string-list") return field.value.join(" ");
  if (field.kind === "pair-list") return field.value.map((pair) => pair.join("=")).join(" ");
  return field.kind === "absent" ? undefined : String(field.value);
}
