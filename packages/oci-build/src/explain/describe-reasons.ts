import { describeFiles, type Told } from "./describe-files.js";
import { explainForm } from "./explain-form.js";
import type { MissReason } from "./step-explanation.js";

/** A reason for people. */
export function describeReason(reason: MissReason): Told {
  return reason.kind === "files"
    ? describeFiles(reason.changes, reason.count)
    : { headline: headlineOf(reason), details: [] };
}

/** All reasons in a line. */
export function describeReasons(reasons: readonly MissReason[]): string {
  return reasons.map((reason) => describeReason(reason).headline).join("; ");
}

function headlineOf(reason: Exclude<MissReason, { kind: "files" }>): string {
  switch (reason.kind) {
    case "no-cache":
      return "cache not used (--no-cache)";
    case "first-build":
      return "first build of this step";
    case "new-step":
      return "first build of this step: the last build had none like it";
    case "instruction":
      return `instruction changed: ${reason.before} → ${reason.after}`;
    case "variable":
      return describeVariable(reason);
    case "parent":
      return describeParent(reason);
    case "collected":
      return `record was collected on ${day(reason.timeSec)} (${CAUSES[reason.cause] ?? reason.cause})`;
    case "form":
      return `form changed: ${explainForm(reason.before, reason.after)}, the content is the same`;
    case "damaged":
      return reason.part === "record" ? "record damaged" : "record damaged: its layer cannot be read";
    case "forgotten":
      return "nothing changed, but the cache has no record of it any more";
    case "unknown-before":
      return "what it wrote changed; the files of the last build are not known any more";
  }
}

/** By the name of the policy that took a record. */
const CAUSES: Readonly<Record<string, string>> = {
  age: "age limit",
  size: "size limit",
  dangling: "no build used it",
  all: "everything was pruned",
  project: "its project was pruned",
  tag: "its tag was pruned",
};

function describeVariable({
  scope,
  name,
  before,
  after,
  hidden,
}: Extract<MissReason, { kind: "variable" }>): string {
  if (hidden) return `${scope} ${name} changed (the value is not shown)`;
  return `${scope} ${name} ${shownValue(before)} → ${shownValue(after)}`;
}

function shownValue(value: string | undefined): string {
  if (value === undefined) return "(unset)";
  return value === "" ? '""' : value;
}

function describeParent({ fact, before, after, step }: Extract<MissReason, { kind: "parent" }>): string {
  const who = step === undefined ? "parent changed" : `parent step ${step.id} changed (${step.instruction})`;
  switch (fact) {
    case "destination":
      return `${who}: the destination ${before} is ${after} now`;
    case "existing":
      return after.startsWith(before === "/" ? "/" : `${before}/`)
        ? `${who}: ${after} exists now`
        : `${who}: ${before} does not exist any more`;
    case "found":
      return `${who}: the destination was ${article(before)} and is ${article(after)}`;
    case "owner":
      return `${who}: the owner's ids ${before} → ${after}`;
  }
}

function article(found: string): string {
  return found === "nothing" ? "not there" : `a ${found}`;
}

function day(timeSec: number): string {
  return new Date(timeSec * 1000).toISOString().slice(0, "2026-11-20".length);
}
