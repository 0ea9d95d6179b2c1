import type { DiagnosticNote } from "../diagnostics/diagnostic.js";
import type { TextEdit } from "../edit/text-edit.js";
import type { InstructionBase } from "../instructions/instruction.js";
import type { Span } from "../tree/span.js";
import type { CheckFacts } from "./facts/check-facts.js";
import type { PlacedInstruction } from "./facts/placed-instruction.js";
import type { CheckRuleName } from "./rule-descriptions.js";

/** Where the pages of the rules are, relative to the repository. */
const checkDocsFolder = "docs/checks";

/** One check as data. */
export interface CheckRuleInfo {
  /** Stable: BuildKit's where the rule is BuildKit's. */
  readonly name: string;
  readonly description: string;
  /** `docs/checks/NAME.md` */
  readonly docs: string;
  /** Whether the rule runs unless it is skipped, or only when `experimental=` names it. */
  readonly default: "on" | "off";
  /** Experimental rules are off, and `experimental=all` turns them on. */
  readonly stability: "stable" | "experimental";
  readonly origin: "buildkit" | "oci-build";
}

/** What a rule says about a place. */
export interface CheckFinding {
  /** The instruction whose comments may skip the rule; without it and `placed` the finding is about the whole file. */
  readonly owner?: InstructionBase | undefined;
  /** In place of `owner`, for rules that look at instructions where they run. */
  readonly placed?: PlacedInstruction | undefined;
  readonly span: Span;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly notes?: readonly DiagnosticNote[] | undefined;
  readonly file?: string | undefined;
  readonly fixes?: readonly TextEdit[] | undefined;
}

/** Takes one finding of the rule that runs. */
export type ReportCheck = (finding: CheckFinding) => void;

/** A check and how it runs. */
export interface CheckRule extends Omit<CheckRuleInfo, "name" | "description"> {
  readonly name: CheckRuleName;
  readonly check: (facts: CheckFacts, report: ReportCheck) => void;
}

type RuleSpec = Pick<CheckRule, "name" | "check"> &
  Partial<Pick<CheckRule, "default" | "stability" | "origin">>;

/** A rule with its defaults: on, stable, BuildKit's. */
export function defineRule(spec: RuleSpec): CheckRule {
  return {
    default: "on",
    stability: "stable",
    origin: "buildkit",
    ...spec,
    docs: `${checkDocsFolder}/${spec.name}.md`,
  };
}
