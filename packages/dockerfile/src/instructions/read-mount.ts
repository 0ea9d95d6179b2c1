import { quoted } from "../diagnostics/quoted.js";
import type { Report } from "../diagnostics/report.js";
import { referenceUrl } from "../diagnostics/report.js";
import type { ExpandError, ExpandedWord } from "../expand/expand-options.js";
import { mayChange } from "../expand/may-change.js";
import type { MountOption, MountSpec, RunMount, Word } from "./instruction.js";
import type { MountDraft } from "./mount-draft.js";
import { readMountOption } from "./read-mount-option.js";

/** How the values of mount options are expanded. Before variables are known, values with a `$` are left out. */
export type MountExpander = ((value: string) => ExpandedWord | ExpandError) | "later";

/** The mount that options spell; reports what is wrong with them. `from` is never expanded. */
export function readMount(spec: MountSpec, expand: MountExpander, onFinding: Report): RunMount | undefined {
  const problems: string[] = [];
  const report: Report = (finding) => {
    problems.push(finding.rule);
    onFinding({ docs: referenceUrl("run---mount"), ...finding });
  };
  const draft: MountDraft = { type: "bind", required: false };
  let isComplete = true;
  for (const option of spec.options) {
    const key = option.key.text.toLowerCase();
    const value = expandOption({ option, key, expand, report });
    if (value === "skip") isComplete = false;
    else readMountOption({ option, key, value, draft, report });
  }
  if (isComplete) checkMount(draft, spec, report);
  return problems.length > 0 ? undefined : toMount(draft, spec);
}

interface OptionSource {
  readonly option: MountOption;
  readonly key: string;
  readonly expand: MountExpander;
  readonly report: Report;
}

/** The value of an option; `skip` for one that cannot be read now, or not at all. */
function expandOption({ option, key, expand, report }: OptionSource): Word | undefined | "skip" {
  const { value } = option;
  if (value === undefined) return undefined;
  if (key === "from") {
    if (/\$[^\n]/.test(value.text)) reportVariable(value, report);
    return value;
  }
  if (expand === "later") return mayChange(value.text) && isChecked(key) ? "skip" : value;
  const expanded = expand(value.text);
  if (expanded.ok) return { text: expanded.value, span: value.span };
  report({ rule: expanded.rule, message: expanded.message, span: value.span });
  return "skip";
}

const textKeys: ReadonlySet<string> = new Set(["source", "src", "target", "dst", "destination", "id", "env"]);

/** Whether the value must be one of a set or a number, so that it can be read only when variables are known. */
function isChecked(key: string): boolean {
  return !textKeys.has(key);
}

function reportVariable(value: Word, report: Report): void {
  report({
    rule: "DOCKERFILE_VARIABLE_NOT_ALLOWED",
    message: `from is ${quoted(value.text)}, but variables are not expanded there`,
    span: value.span,
    hint: `Give the image a stage of its own (FROM ${value.text} AS name) and use its name`,
  });
}

function checkMount(draft: MountDraft, spec: MountSpec, report: Report): void {
  const problem = mountProblem(draft);
  if (problem !== undefined) report({ rule: "DOCKERFILE_INVALID_MOUNT", message: problem, span: spec.span });
  const { target } = draft;
  if (target !== undefined && /^\/+(?:\.?\/+)*\.?$/.test(target.text)) {
    report({ rule: "DOCKERFILE_INVALID_MOUNT", message: "the target of a mount is /", span: target.span });
  }
}

/** What does not go together, the first problem only. */
function mountProblem(draft: MountDraft): string | undefined {
  const { type } = draft;
  const hasFileInfo = type === "secret" || type === "ssh" || type === "cache";
  const wrong = (["mode", "uid", "gid"] as const).find((key) => !hasFileInfo && draft[key] !== undefined);
  if (wrong !== undefined) return `a ${type} mount has no option ${wrong}`;
  if (draft.sharing !== undefined && type !== "cache") return `a ${type} mount has no option sharing`;
  if (type === "ssh" && isGiven(draft.source)) return "an ssh mount has no option source";
  if (type !== "secret") return undefined;
  if (isGiven(draft.from)) return "a secret mount has no option from";
  if (isGiven(draft.source) && isGiven(draft.id))
    return "a secret mount has source and id, which mean the same";
  const isNamed = isGiven(draft.source) || isGiven(draft.id) || isGiven(draft.target);
  return isNamed ? undefined : "a secret mount needs id or target";
}

function isGiven(word: Word | undefined): boolean {
  return word !== undefined && word.text !== "";
}

function toMount(draft: MountDraft, { span }: MountSpec): RunMount {
  const { type, id, source, from, env, required, mode, uid, gid, sizeBytes } = draft;
  // Without a target BuildKit mounts on the working directory.
  const target = draft.target ?? { text: "", span };
  switch (type) {
    case "bind":
      return { type, target, source, from, readWrite: draft.readOnly === false, span };
    case "cache": {
      const { readOnly = false, sharing = "shared" } = draft;
      return { type, id, target, source, from, readOnly, sharing, mode, uid, gid, span };
    }
    case "tmpfs":
      return { type, target, sizeBytes, span };
    case "secret":
    case "ssh":
      return { type, id: id ?? source, target: draft.target, env, required, mode, uid, gid, span };
  }
}
