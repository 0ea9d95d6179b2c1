import { describeFiles, type Told } from "./describe-files.js";
import { explainForm } from "./explain-form.js";
import type { MissReason, StepExplanation } from "./step-explanation.js";

/** Why a step misses, for people. Paths below the step's destination are told from there, as its author thinks of them.
 * Files are only counted where something else says why they changed. */
export function describeReasons({
  reasons,
  destination,
}: Pick<StepExplanation, "reasons" | "destination">): readonly Told[] {
  const hasCause = reasons.some(({ kind }) => CAUSE_KINDS.has(kind));
  return reasons.map((reason) => {
    if (reason.kind !== "files") return { headline: headlineOf(reason), details: [] };
    const told = describeFiles(reason, destination ?? "/");
    return hasCause ? { ...told, details: [] } : told;
  });
}

/** The reasons in a line, with the first few files. */
export function summarizeReasons(explanation: Pick<StepExplanation, "reasons" | "destination">): string {
  const told = describeReasons(explanation).map(({ headline, details }) => {
    const [some, more] = [details.slice(0, SUMMARY_DETAILS_MAX), details.slice(SUMMARY_DETAILS_MAX)];
    return some.length === 0 ? headline : `${headline}: ${some.join(", ")}${more.length === 0 ? "" : ", …"}`;
  });
  return told.join("; ");
}

const SUMMARY_DETAILS_MAX = 3;

/** Reasons that files change for. */
const CAUSE_KINDS: ReadonlySet<MissReason["kind"]> = new Set(["instruction", "variable", "parent"]);

function headlineOf(reason: Exclude<MissReason, { kind: "files" }>): string {
  switch (reason.kind) {
    case "no-cache":
      return "cache not used (--no-cache or --no-cache-filter)";
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
    case "below":
      return reason.step === undefined
        ? "what it runs on changed: the base image, or a step that is gone"
        : `parent step ${reason.step.id} changed (${reason.step.instruction})`;
    case "input":
      return describeInput(reason);
    case "after":
      return `known when step ${reason.step.id} has been executed (${reason.step.instruction})`;
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

function describeInput({ name, before, after }: Extract<MissReason, { kind: "input" }>): string {
  if (before === undefined && after === undefined) return `${name} changed`;
  return `${name} changed: ${shownValue(before)} → ${shownValue(after)}`;
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
